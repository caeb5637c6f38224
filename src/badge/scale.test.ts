import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ticks } from './scale.ts';

const value = fc.oneof(fc.nat(1_000), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));

describe('ticks', () => {
  it.each([
    [0, 10, 5, [0, 2, 4, 6, 8, 10]],
    [0, 1, 5, [0, 1]],
    [0, 0, 3, [0]],
    [0, 137, 4, [0, 50, 100, 150]],
    [480, 720, 4, [400, 500, 600, 700, 800]],
  ])('from %i to %i are round', (least, most, wanted, expected) => {
    expect(ticks(least, most, wanted)).toEqual(expected);
  });

  it('are few, and reach around all values', () => {
    fc.assert(
      fc.property(value, value, fc.integer({ min: 1, max: 10 }), (a, b, wanted) => {
        const [least, most] = [Math.min(a, b), Math.max(a, b)];
        const found = ticks(least, most, wanted);
        expect(found.length).toBeLessThanOrEqual(wanted + 3);
        expect(found[0]).toBeLessThanOrEqual(least);
        expect(found.at(-1)).toBeGreaterThanOrEqual(most);
      }),
    );
  });
});
