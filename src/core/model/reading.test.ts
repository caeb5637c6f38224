import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPullCount, markOf, type Reading } from './reading.ts';

describe('a reading', () => {
  const reading: Reading = { registry: 'ghcr', repo: 'acme/app', pullCount: 10, readAt: '2026-03-14T10:00:00.000Z' };

  it('says how its total is known: read, reconstructed, imported, or in doubt whatever else', () => {
    expect(markOf(reading)).toBe('read');
    expect(markOf({ ...reading, backfilled: true })).toBe('backfilled');
    expect(markOf({ ...reading, imported: true })).toBe('imported');
    expect(markOf({ ...reading, doubt: 'frozen' })).toBe('frozen');
    expect(markOf({ ...reading, backfilled: true, doubt: 'restated' })).toBe('restated');
  });
});

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
