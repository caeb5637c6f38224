import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dailyTotalsOf } from '../../store/daily-totals.ts';
import { fromEpochDay } from '../model/day.ts';
import type { DailyTotals } from '../model/history.ts';
import type { DayRange } from '../model/query.ts';
import { withGroups, type Group } from '../views/groups.ts';
import { dailyPullValues, dailyTotalValues, periodPullValues, toLines, type DayValues, type RowLine } from './daily-rows.ts';
import { wholePeriods, type Period } from './period.ts';
import { pullsByDay, pullsByPeriod, totalsByDay, type SeriesRow } from './series.ts';
import { anySeries, firstDay, lastDay } from './testing/any-series.ts';

const anyDay = fc.integer({ min: firstDay - 2, max: lastDay + 2 }).map(fromEpochDay);
const anyRange: fc.Arbitrary<DayRange> = fc.record({ from: anyDay, to: anyDay }, { requiredKeys: [] });

const groups: readonly Group[] = [
  {
    name: 'suite',
    members: [
      { registry: 'dockerhub', repo: 'acme/a' },
      { registry: 'ghcr', repo: 'acme/b' },
      { registry: 'ghcr', repo: 'acme/a' },
    ],
  },
  { name: 'b', members: [{ registry: 'dockerhub', repo: 'acme/a' }] },
];
const anyRepos = fc.option(fc.uniqueArray(fc.constantFrom('acme/a', 'acme/b', 'b-b/a', 'suite', 'b')), { nil: undefined });

async function collect(days: AsyncIterable<DayValues>, lines: readonly RowLine[]): Promise<SeriesRow[]> {
  const rows: SeriesRow[] = [];
  for await (const { day, values } of days) {
    for (const [at, { repo, registry }] of lines.entries()) {
      const value = values[at] ?? Number.NaN;
      if (!Number.isNaN(value)) rows.push({ day: fromEpochDay(day), repo, registry, value });
    }
  }
  return rows;
}

type ValuesOf = (totals: DailyTotals, lines: readonly RowLine[]) => AsyncIterable<DayValues>;

interface Case {
  readonly name: string;
  readonly valuesOf: ValuesOf;
  readonly expected: typeof totalsByDay;
  readonly period?: Period;
}

const cases: readonly Case[] = [
  { name: 'totals', valuesOf: dailyTotalValues, expected: totalsByDay },
  { name: 'pulls', valuesOf: dailyPullValues, expected: pullsByDay },
  ...(['week', 'month'] as const).map((period): Case => ({
    name: `pulls of each ${period}`,
    valuesOf: (totals, lines) => periodPullValues(totals, lines, period),
    expected: (series, options) => pullsByPeriod(series, period, options),
    period,
  })),
];

describe('rows that are made day by day', () => {
  it.each(cases)('are the $name of the whole series', async ({ valuesOf, expected, period }) => {
    await fc.assert(
      fc.asyncProperty(anySeries, anyRange, fc.boolean(), anyRepos, async (series, range, split, repos) => {
        const { has, named } = withGroups({ repos: repos && new Set(repos) }, groups);
        const own = series.filter(has);
        const totals = dailyTotalsOf(own, period ? wholePeriods(range, period) : range);
        const lines = toLines(named(totals.images.map((image, position) => ({ ...image, position }))), { split });

        expect(await collect(valuesOf(totals, lines), lines)).toEqual([...expected(named(own), { ...range, split })]);
      }),
      { numRuns: 300 },
    );
  });

  it('are given before the next day is read', async () => {
    const totals = dailyTotalsOf([
      { registry: 'ghcr', repo: 'acme/a', days: [1, 2], totals: [5, 7], marks: ['read' as const, 'read' as const] },
    ]);
    const read: number[] = [];
    async function* noted(): DailyTotals['days'] & AsyncGenerator {
      for await (const day of totals.days) {
        read.push(day.day);
        yield day;
      }
    }
    const rows: [number, number][] = [];
    for await (const { values } of dailyPullValues({ ...totals, days: noted() }, [{ repo: 'acme/a', positions: [0] }])) {
      for (const value of values) rows.push([value, read.length]);
    }

    expect(rows).toEqual([
      [0, 1],
      [2, 2],
    ]);
  });
});
