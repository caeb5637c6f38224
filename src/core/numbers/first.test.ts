import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createFirst, firstSorted } from './first.ts';

function compare(a: readonly [number, number], b: readonly [number, number]): number {
  return a[0] - b[0];
}

it('keeps the first items in an order, whatever order they come in', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(9), fc.nat())), fc.integer({ min: 1, max: 12 }), (items, count) => {
      const first = createFirst<readonly [number, number]>(count, compare);
      for (const item of items) first.add(item);

      // What is the same stays in the order in which it came.
      expect(first.items()).toEqual(items.toSorted(compare).slice(0, count));
    }),
  );
});

it('the first in an order are those of all in that order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat()), { maxLength: 60 }), fc.nat(12), (items, count) => {
      expect(firstSorted(items, compare, count)).toEqual(items.toSorted(compare).slice(0, count));
    }),
  );
});
