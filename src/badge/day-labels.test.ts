import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromEpochDay, toEpochDay } from '../core/model/day.ts';
import { dayLabels } from './day-labels.ts';

function texts(first: string, last: string, kind: Parameters<typeof dayLabels>[2], most: number): string[] {
  return dayLabels(toEpochDay(first), toEpochDay(last), kind, most).map(({ text }) => text);
}

describe('the labels below a chart', () => {
  it('name each day of a week, then Mondays, months and years', () => {
    expect(texts('2026-03-01', '2026-03-04', 'daily', 8)).toEqual(['Mar 1', 'Mar 2', 'Mar 3', 'Mar 4']);
    expect(texts('2026-03-01', '2026-03-31', 'total', 8)).toEqual(['Mar 2', 'Mar 9', 'Mar 16', 'Mar 23', 'Mar 30']);
    expect(texts('2026-01-15', '2026-06-20', 'daily', 8)).toEqual(['Feb 2026', 'Mar 2026', 'Apr 2026', 'May 2026', 'Jun 2026']);
    expect(texts('2025-02-10', '2026-03-01', 'daily', 5)).toEqual(['Apr 2025', 'Jul 2025', 'Oct 2025', 'Jan 2026']);
    expect(texts('2016-05-01', '2026-03-01', 'daily', 8)).toEqual(['2018', '2020', '2022', '2024', '2026']);
  });

  it('name Mondays below weeks, and months below months', () => {
    expect(texts('2026-03-02', '2026-03-16', 'weekly', 8)).toEqual(['Mar 2', 'Mar 9', 'Mar 16']);
    expect(texts('2026-01-01', '2026-02-01', 'monthly', 8)).toEqual(['Jan 2026', 'Feb 2026']);
    expect(texts('2026-02-01', '2026-02-01', 'monthly', 8)).toEqual(['Feb 2026']);
  });

  it('name the first day where nothing round is in the range', () => {
    expect(texts('2026-03-03', '2026-03-20', 'daily', 1)).toEqual(['Mar 3']);
  });

  it('end with the last day there can be', () => {
    expect(texts('9999-01-01', '9999-12-31', 'daily', 3)).toEqual(['Jan 9999', 'Jul 9999']);
  });

  it('are few, in order and in the range, whatever it is', () => {
    const day = fc.integer({ min: toEpochDay('1970-01-01'), max: toEpochDay('9999-12-31') });
    const kind = fc.constantFrom('total' as const, 'daily' as const, 'weekly' as const, 'monthly' as const);
    fc.assert(
      fc.property(day, fc.oneof(fc.nat(400), fc.nat(200_000)), kind, fc.integer({ min: 1, max: 20 }), (first, length, of, most) => {
        const last = Math.min(first + length, toEpochDay('9999-12-31'));
        const days = dayLabels(first, last, of, most).map((label) => label.day);
        expect(days.length).toBeGreaterThanOrEqual(1);
        expect(days.length).toBeLessThanOrEqual(most + 1);
        expect(days).toEqual(days.toSorted((a, b) => a - b));
        expect(Math.min(...days)).toBeGreaterThanOrEqual(first);
        expect(Math.max(...days)).toBeLessThanOrEqual(last);
        expect(days.map(fromEpochDay)).toHaveLength(new Set(days).size);
      }),
    );
  });
});
