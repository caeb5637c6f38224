import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOf } from '../model/day.ts';
import { formatChange, formatCount, formatExact, formatMonth, formatShortDay, formatShortMonth } from './format.ts';

const count = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

/** A count back from its short form. */
function valueOf(text: string): number {
  const [, digits = '', unit = ''] = /^([\d.]+)([kMBT]?)$/.exec(text) ?? [];
  return Number(digits) * 1000 ** ['', 'k', 'M', 'B', 'T'].indexOf(unit);
}

describe('formatCount', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1k'],
    [1_234, '1.2k'],
    [9_949, '9.9k'],
    [9_950, '10k'],
    [12_345, '12k'],
    [999_499, '999k'],
    [999_500, '1M'],
    [999_950, '1M'],
    [1_234_567, '1.2M'],
    [5_000_000_000, '5B'],
  ])('writes %i as %s', (value, text) => {
    expect(formatCount(value)).toBe(text);
  });

  it('is never longer than five characters and never a thousand of a unit', () => {
    fc.assert(
      fc.property(count, (value) => {
        const text = formatCount(value);
        expect(text.length).toBeLessThanOrEqual(5);
        expect(text).not.toMatch(/^1000[kMB]/);
      }),
    );
  });

  it('is off by a twentieth at most', () => {
    fc.assert(
      fc.property(count, (value) => {
        expect(Math.abs(valueOf(formatCount(value)) - value)).toBeLessThanOrEqual(value * 0.0501);
      }),
    );
  });

  it('never shows the smaller of two counts as the larger', () => {
    fc.assert(
      fc.property(count, count, (a, b) => {
        expect(valueOf(formatCount(Math.min(a, b)))).toBeLessThanOrEqual(valueOf(formatCount(Math.max(a, b))));
      }),
    );
  });
});

describe('formatExact', () => {
  it('keeps every digit', () => {
    expect(formatExact(1_234_567)).toBe('1,234,567');
    fc.assert(
      fc.property(count, (value) => {
        expect(Number(formatExact(value).replaceAll(',', ''))).toBe(value);
      }),
    );
  });
});

describe('formatChange', () => {
  it.each([
    [3, 1, '+2'],
    [1, 3, '−2'],
    [0, 0, '0'],
    [60, 49, '+11'],
    [60, 50, '+20%'],
    [150, 100, '+50%'],
    [50, 100, '−50%'],
    [100, 100, '0%'],
    [5_000, 0, '+5,000'],
    [5_000, 50, '+9,900%'],
  ])('from %i, which was %i, is %s', (now, before, text) => {
    expect(formatChange(now, before)).toBe(text);
  });

  it('has no direction where the percentage rounds to none', () => {
    expect([formatChange(1_001, 1_000), formatChange(999, 1_000)]).toEqual(['0%', '0%']);
  });

  it('is not said where a period is not wholly known', () => {
    expect([formatChange(5, undefined), formatChange(undefined, 5)]).toEqual([undefined, undefined]);
  });

  it('never turns its direction, and has a percentage from 50 on only', () => {
    fc.assert(
      fc.property(count, count, (now, before) => {
        const text = formatChange(now, before) ?? '';
        expect(['0', now < before ? '−' : '+']).toContain(text[0]);
        expect(text.endsWith('%')).toBe(before >= 50);
      }),
    );
  });
});

function written(options: Intl.NumberFormatOptions, value: number): string {
  return new Intl.NumberFormat('en', options).format(value);
}

describe('numbers and months', () => {
  const nearSteps = fc
    .tuple(fc.integer({ min: 1, max: 9_999 }), fc.integer({ min: 0, max: 11 }), fc.integer({ min: -2, max: 2 }))
    .map(([digits, zeros, more]) => Math.max(0, digits * 10 ** zeros + more));

  it('are written as Intl writes them in English', () => {
    fc.assert(
      fc.property(fc.oneof(count, nearSteps, fc.nat({ max: 2_000_000 })), (value) => {
        expect(formatCount(value)).toBe(written({ notation: 'compact' }, value).replace('K', 'k').replaceAll(',', ''));
        expect(formatExact(value)).toBe(written({}, value));
        expect(formatExact(-value)).toBe(value === 0 ? '0' : written({}, -value));
        expect(formatExact(value / 4)).toBe(written({}, value / 4));
      }),
      { numRuns: 3_000 },
    );
    fc.assert(
      fc.property(fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }), (date) => {
        const dated = (options: Intl.DateTimeFormatOptions): string =>
          new Intl.DateTimeFormat('en', { ...options, timeZone: 'UTC' }).format(date);
        const day = dayOf(date.getTime());
        expect(formatMonth(day)).toBe(dated({ month: 'long', year: 'numeric' }));
        expect(formatShortMonth(day)).toBe(dated({ month: 'short', year: 'numeric' }));
        expect(formatShortDay(day)).toBe(dated({ day: 'numeric', month: 'short' }));
      }),
    );
  });
});
