import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromEpochDay, toEpochDay } from '../model/day.ts';
import { endOfPeriod, startOfPeriod, wholePeriods, type Period } from './period.ts';

function spanOf(day: string, period: Period): [string, string] {
  const epochDay = toEpochDay(day);
  return [fromEpochDay(startOfPeriod(epochDay, period)), fromEpochDay(endOfPeriod(epochDay, period))];
}

describe('a period', () => {
  it.each([
    ['2026-03-08', '2026-03-02', '2026-03-08'],
    ['2026-03-09', '2026-03-09', '2026-03-15'],
    ['2026-03-15', '2026-03-09', '2026-03-15'],
    ['2027-01-01', '2026-12-28', '2027-01-03'],
    ['1970-01-01', '1969-12-29', '1970-01-04'],
    ['1969-12-28', '1969-12-22', '1969-12-28'],
  ])('the week of %s goes from Monday %s to Sunday %s', (day, monday, sunday) => {
    expect(spanOf(day, 'week')).toEqual([monday, sunday]);
  });

  it.each([
    ['2026-02-01', '2026-02-01', '2026-02-28'],
    ['2028-02-15', '2028-02-01', '2028-02-29'],
    ['2026-12-31', '2026-12-01', '2026-12-31'],
    ['2026-04-30', '2026-04-01', '2026-04-30'],
    ['1969-12-31', '1969-12-01', '1969-12-31'],
  ])('the month of %s goes from %s to %s', (day, first, last) => {
    expect(spanOf(day, 'month')).toEqual([first, last]);
  });

  it('holds its day, and begins where the one before ends', () => {
    fc.assert(
      fc.property(fc.integer({ min: -50_000, max: 50_000 }), fc.constantFrom('week' as const, 'month' as const), (day, period) => {
        const [start, end] = [startOfPeriod(day, period), endOfPeriod(day, period)];
        expect([start <= day, day <= end]).toEqual([true, true]);
        expect(endOfPeriod(start - 1, period)).toBe(start - 1);
        expect(startOfPeriod(end, period)).toBe(start);
      }),
    );
  });
});

describe('a range of whole periods', () => {
  it('has all days of the periods that the range touches, and stays open where the range is', () => {
    expect(wholePeriods({ from: '2026-03-04', to: '2026-03-10' }, 'week')).toEqual({ from: '2026-03-02', to: '2026-03-15' });
    expect(wholePeriods({ from: '2026-03-04', to: '2026-04-10' }, 'month')).toEqual({ from: '2026-03-01', to: '2026-04-30' });
    expect(wholePeriods({}, 'month')).toEqual({ from: undefined, to: undefined });
  });

  it('ends with the last day that can be written', () => {
    expect(wholePeriods({ from: '0000-01-01', to: '9999-12-31' }, 'week')).toEqual({ from: '0000-01-01', to: '9999-12-31' });
    expect(wholePeriods({ to: '9999-12-31' }, 'month').to).toBe('9999-12-31');
  });
});
