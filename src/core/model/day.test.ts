import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, dayMs, dayOf, fromEpochDay, isDay, startOfDay, toEpochDay } from './day.ts';

/** Years 0001 to 9999, the ones that a day can be written in. */
const anyEpochDay = fc.integer({ min: toEpochDay('0001-01-01'), max: toEpochDay('9999-12-31') });
const anyText = fc.string({
  unit: fc.oneof(
    fc.nat(0xff_ff).map((unit) => String.fromCodePoint(unit)),
    fc.constantFrom(...Array.from('0123456789-TZ:. ')),
  ),
});

describe('a day', () => {
  it.each(['2026-03-14', '1970-01-01', '1969-12-31', '0001-01-01', '9999-12-31', '2024-02-29', '2000-02-29', '2026-12-31'])(
    'is the calendar date %s',
    (text) => {
      expect(isDay(text)).toBe(true);
    },
  );

  it.each([
    ['the 30th of February', '2026-02-30'],
    ['a leap day of a year that is not a leap year', '2026-02-29'],
    ['a leap day of a century that is not a leap year', '1900-02-29'],
    ['a 31st of a month with 30 days', '2026-04-31'],
    ['a 13th month', '2026-13-01'],
    ['a month 0', '2026-00-10'],
    ['a day 0', '2026-01-00'],
    ['missing zeros', '2026-1-5'],
    ['a short year', '026-01-05'],
    ['a long year', '12026-01-05'],
    ['slashes', '2026/01/05'],
    ['a time', '2026-01-05T00:00:00Z'],
    ['a space before', ' 2026-01-05'],
    ['a space after', '2026-01-05 '],
    ['a line break after', '2026-01-05\n'],
    ['a line before', 'x\n2026-01-05'],
    ['a signed year', '-2026-01-05'],
    ['other digits than ASCII', '２０２６-01-05'],
    ['letters', 'abcd-ef-gh'],
    ['a path', '../../2026-01-05'],
    ['nothing', ''],
  ])('is not %s', (_what, text) => {
    expect(isDay(text)).toBe(false);
  });

  it('holds the moments from its midnight in UTC to just before the next', () => {
    expect(dayOf(Date.parse('2026-03-14T00:00:00.000Z'))).toBe('2026-03-14');
    expect(dayOf(Date.parse('2026-03-14T23:59:59.999Z'))).toBe('2026-03-14');
    expect(dayOf(Date.parse('2026-03-14T23:30:00-05:00'))).toBe('2026-03-15');
  });

  it('holds the moments of its own day before 1970 too', () => {
    expect(dayOf(0)).toBe('1970-01-01');
    expect(dayOf(-1)).toBe('1969-12-31');
    expect(dayOf(-dayMs)).toBe('1969-12-31');
    expect(dayOf(-dayMs - 1)).toBe('1969-12-30');
  });

  it('is counted from 1970-01-01, in days of 24 hours', () => {
    expect(dayMs).toBe(24 * 60 * 60 * 1000);
    expect(toEpochDay('1970-01-01')).toBe(0);
    expect(toEpochDay('1970-01-02')).toBe(1);
    expect(toEpochDay('1969-12-31')).toBe(-1);
    expect(toEpochDay('2000-03-01')).toBe(11_017);
    expect(fromEpochDay(20_526)).toBe('2026-03-14');
  });

  it.each([
    ['2024-02-28', 1, '2024-02-29'],
    ['2026-02-28', 1, '2026-03-01'],
    ['2026-01-01', -1, '2025-12-31'],
    ['2026-03-14', 0, '2026-03-14'],
    ['2026-03-14', 365, '2027-03-14'],
    ['1970-01-01', -366, '1968-12-31'],
  ])('%s and %i days make %s', (day, days, expected) => {
    expect(addDays(day, days)).toBe(expected);
  });

  it('starts at midnight in UTC, written without fraction digits', () => {
    expect(startOfDay('2026-03-14')).toBe('2026-03-14T00:00:00Z');
  });
});

describe('every day', () => {
  it('is the same after it was counted and written again', () => {
    fc.assert(
      fc.property(anyEpochDay, (epochDay) => {
        const day = fromEpochDay(epochDay);
        expect(isDay(day)).toBe(true);
        expect(toEpochDay(day)).toBe(epochDay);
        expect(dayOf(Date.parse(startOfDay(day)))).toBe(day);
      }),
    );
  });

  it('sorts as text as it sorts in time', () => {
    fc.assert(
      fc.property(anyEpochDay, anyEpochDay, (a, b) => {
        expect(fromEpochDay(a) < fromEpochDay(b)).toBe(a < b);
      }),
    );
  });

  it('comes back when as many days are taken away as were added', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 2_000_000 }), fc.integer({ min: -10_000, max: 10_000 }), (epochDay, days) => {
        const day = fromEpochDay(epochDay);
        expect(addDays(addDays(day, days), -days)).toBe(day);
      }),
    );
  });

  it('is told from a date that the calendar does not have', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9999 }), fc.nat(14), fc.nat(33), (year, month, dayOfMonth) => {
        const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
        const length = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
        const text = `${padded(year, 4)}-${padded(month, 2)}-${padded(dayOfMonth, 2)}`;
        expect(isDay(text)).toBe(dayOfMonth >= 1 && dayOfMonth <= length);
      }),
    );
  });

  it('is told from any other text without an error', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(!isDay(text) || fromEpochDay(toEpochDay(text)) === text).toBe(true);
      }),
    );
  });
});

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
