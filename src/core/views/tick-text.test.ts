import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tickText } from './tick-text.ts';

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
    const step = fc.tuple(fc.constantFrom(1, 2, 5), fc.integer({ min: 0, max: 12 })).map(([factor, power]) => factor * 10 ** power);
    fc.assert(
      fc.property(step, fc.nat(1_000), fc.integer({ min: 2, max: 12 }), (apart, first, count) => {
        const texts = Array.from({ length: count }, (_, at) => tickText((first + at) * apart, apart));
        expect(new Set(texts).size).toBe(count);
      }),
    );
  });
});
