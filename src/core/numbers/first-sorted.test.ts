import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { firstSorted } from './first-sorted.ts';

function compare(a: { readonly key: number }, b: { readonly key: number }): number {
  return a.key - b.key;
}

it('the first in an order are those of all in that order', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ key: fc.nat(20), at: fc.nat() }), { maxLength: 60 }), fc.nat(12), (items, count) => {
      const keys = firstSorted(items, compare, count).map(({ key }) => key);
      expect(keys).toEqual(
        items
          .toSorted(compare)
          .slice(0, count)
          .map(({ key }) => key),
      );
    }),
  );
});
