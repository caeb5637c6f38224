import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ticks, tickText } from './scale.ts';

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

describe('the text of a tick', () => {
  it.each([
    [0, 500, '0'],
    [500, 500, '500'],
    [1_500, 500, '1.5k'],
    [2_000, 500, '2k'],
    [20_000, 10_000, '20k'],
    [1_230_000, 5_000, '1.23M'],
    [1_235_000, 5_000, '1.235M'],
    [100_000_000, 50_000_000, '100M'],
  ])('of %i, %i from the next, is %s', (tick, step, text) => {
    expect(tickText(tick, step)).toBe(text);
  });

  it('is written for a scale of one value', () => {
    expect(tickText(1, 0)).toBe('1');
  });

  it('is never the text of another one', () => {
    const exact = fc.oneof(fc.nat(1_000), fc.integer({ min: 0, max: 1e15 }));
    fc.assert(
      fc.property(exact, exact, fc.integer({ min: 1, max: 8 }), (a, b, wanted) => {
        const levels = ticks(Math.min(a, b), Math.max(a, b), wanted);
        const step = (levels[1] ?? 1) - (levels[0] ?? 0);
        const texts = levels.map((level) => tickText(level, step));
        expect(new Set(texts).size).toBe(levels.length);
      }),
    );
  });
});
