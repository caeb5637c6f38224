import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPullCount } from './reading.ts';

describe('a pull count', () => {
  it.each([0, 1, 2 ** 31, 11_391_000_431, Number.MAX_SAFE_INTEGER])('can be %d', (value) => {
    expect(isPullCount(value)).toBe(true);
  });

  it.each([
    ['negative', -1],
    ['a fraction', 1.5],
    ['larger than 2^53 − 1', 2 ** 53],
    ['infinite', Number.POSITIVE_INFINITY],
    ['not a number', Number.NaN],
    ['a text', '12'],
    ['a bigint', 12n],
    ['a boolean', true],
    ['null', null],
    ['missing', undefined],
    ['a list', [12]],
    ['an object that acts as a number', { valueOf: () => 12 }],
  ])('cannot be %s', (_what, value) => {
    expect(isPullCount(value)).toBe(false);
  });

  it('is the same after it was written as JSON', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(isPullCount(value)).toBe(true);
        expect(JSON.parse(JSON.stringify(value))).toBe(value);
      }),
    );
  });
});
