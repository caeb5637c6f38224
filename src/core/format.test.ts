import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatChange, formatCount, formatExact } from './format.ts';

describe('formatCount', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1k'],
    [1_234, '1.23k'],
    [12_345, '12.3k'],
    [999_499, '999k'],
    [999_950, '1M'],
    [1_234_567, '1.23M'],
    [5_000_000_000, '5B'],
  ])('writes %i as %s', (value, text) => {
    expect(formatCount(value)).toBe(text);
  });

  it('never needs more than six characters below a quadrillion', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_000_000_000_000 }), (value) => {
        expect(formatCount(value).length).toBeLessThanOrEqual(6);
      }),
    );
  });
});

describe('formatExact', () => {
  it('keeps every digit', () => {
    expect(formatExact(1_234_567)).toBe('1,234,567');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (value) => {
        expect(Number(formatExact(value).replaceAll(',', ''))).toBe(value);
      }),
    );
  });
});

describe('formatChange', () => {
  it.each([
    [3, 1, '+2'],
    [1, 3, '−2'],
    [0, 0, '±0'],
    [60, 49, '+11'],
    [60, 50, '+20 %'],
    [150, 100, '+50 %'],
    [50, 100, '−50 %'],
    [100, 100, '±0 %'],
    [5_000, 0, '+5,000'],
  ])('from %i, which was %i, is %s', (now, before, text) => {
    expect(formatChange(now, before)).toBe(text);
  });
});
