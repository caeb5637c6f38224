import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImageSeries } from '../model/history.ts';
import { daySumsOf } from './day-sums.ts';
import { toEpochDay } from '../model/day.ts';
import { averageDays, averageRows } from './moving-average.ts';

function image(totals: Readonly<Record<number, number>>, still: readonly number[] = []): ImageSeries {
  const days = Object.keys(totals).map(Number);
  return {
    registry: 'ghcr',
    repo: 'acme/app',
    days,
    totals: Object.values(totals),
    marks: days.map(() => 'read' as const),
    still: new Set(still),
  };
}

function averages(...series: readonly ImageSeries[]): Record<number, number> {
  const rows = averageRows(
    'all',
    series.flatMap((each) => [...daySumsOf(each)]),
    {},
  );
  return Object.fromEntries(rows.map(({ day, value }) => [toEpochDay(day), value]));
}

describe('the moving average', () => {
  it('begins when the pulls of seven days are known', () => {
    expect(averages(image({ 10: 0, 11: 7, 12: 7, 13: 7, 14: 7, 15: 7, 16: 7 }))).toEqual({});
    expect(averages(image({ 10: 0, 11: 7, 12: 7, 13: 7, 14: 7, 15: 7, 16: 7, 17: 14, 18: 14 }))).toEqual({ 17: 2, 18: 1 });
  });

  it('spreads a value over the days that it covers, also those on which the registry did not count', () => {
    const spread = { 17: 10, 18: 10, 19: 10, 20: 10 };

    expect(averages(image({ 10: 0, 15: 50, 20: 100 }))).toEqual(spread);
    expect(averages(image({ 10: 0, 15: 50, 16: 50, 17: 50, 18: 50, 19: 50, 20: 100 }, [16, 17, 18, 19]))).toEqual(spread);
  });

  it('adds up over images, also those that came later, and is cut to its range after that', () => {
    const old = image({ 10: 0, 20: 100 });
    const late = image({ 18: 0, 19: 7, 20: 7 });

    expect(averages(old, late)).toEqual({ 17: 10, 18: 10, 19: 11, 20: 11 });
    expect(averageRows('all', [...daySumsOf(old)], { from: '1970-01-19', to: '1970-01-20' }).map(({ value }) => value)).toEqual([10, 10]);
  });

  it('lies between the smallest and the largest day of its week', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { minLength: averageDays, maxLength: 60 }), (pulls) => {
        let total = 5;
        const totals = [total, ...pulls.map((each) => (total += each))];
        const found = averages(image(Object.fromEntries(totals.map((each, at) => [100 + at, each]))));
        expect(Object.keys(found)).toHaveLength(pulls.length - averageDays + 1);
        for (const [day, value] of Object.entries(found)) {
          const end = Number(day) - 100;
          const week = pulls.slice(end - averageDays, end);
          expect(value).toBeGreaterThanOrEqual(Math.min(...week) - 0.05);
          expect(value).toBeLessThanOrEqual(Math.max(...week) + 0.05);
          expect(value).toBeCloseTo(week.reduce((sum, each) => sum + each, 0) / averageDays, 0);
        }
      }),
    );
  });
});
