import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { withChanges } from './sorted.ts';

const byNumber = (a: number, b: number): number => a - b;

it('a sorted list with changes is that of all items, sorted', () => {
  const numbers = fc.uniqueArray(fc.nat({ max: 200 }), { maxLength: 150 });
  fc.assert(
    fc.property(numbers, fc.nat({ max: 4 }), numbers, (all, share, added) => {
      const sorted = all.toSorted(byNumber);
      const removed = all.filter((_, at) => at % 20 < share);
      const expected = [...all.filter((item) => !removed.includes(item)), ...added].toSorted(byNumber);

      expect(withChanges(sorted, { removed, added }, byNumber)).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

it('few changes of a long list are put in their places', () => {
  const sorted = Array.from({ length: 500 }, (_, at) => at * 2);
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.constantFrom(...sorted), { maxLength: 8 }),
      fc.array(fc.nat({ max: 1_100 }), { maxLength: 8 }),
      (removed, added) => {
        const expected = [...sorted.filter((item) => !removed.includes(item)), ...added].toSorted(byNumber);

        expect(withChanges(sorted, { removed, added }, byNumber)).toEqual(expected);
      },
    ),
    { numRuns: 500 },
  );
});
