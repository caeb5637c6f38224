import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dailyTotalsOf } from '../../store/daily-totals.ts';
import { fromEpochDay } from '../model/day.ts';
import type { DailyTotals } from '../model/history.ts';
import type { DayRange } from '../model/query.ts';
import { withGroups, type Group } from '../views/groups.ts';
import { dailyPullRows, dailyTotalRows, periodPullRows, toLines, type RowLine } from './daily-rows.ts';
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

async function collect(batches: AsyncIterable<Iterable<SeriesRow>>): Promise<SeriesRow[]> {
  const rows: SeriesRow[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

type RowsOf = (totals: DailyTotals, lines: readonly RowLine[]) => AsyncIterable<Iterable<SeriesRow>>;

interface Case {
  readonly name: string;
  readonly rowsOf: RowsOf;
  readonly expected: typeof totalsByDay;
  readonly period?: Period;
}

const cases: readonly Case[] = [
  { name: 'totals', rowsOf: dailyTotalRows, expected: totalsByDay },
  { name: 'pulls', rowsOf: dailyPullRows, expected: pullsByDay },
  ...(['week', 'month'] as const).map((period): Case => ({
    name: `pulls of each ${period}`,
    rowsOf: (totals, lines) => periodPullRows(totals, lines, period),
    expected: (series, options) => pullsByPeriod(series, period, options),
    period,
  })),
];

describe('rows that are made day by day', () => {
  it.each(cases)('are the $name of the whole series', async ({ rowsOf, expected, period }) => {
    await fc.assert(
      fc.asyncProperty(anySeries, anyRange, fc.boolean(), anyRepos, async (series, range, split, repos) => {
        const { has, named } = withGroups({ repos: repos && new Set(repos) }, groups);
        const own = series.filter(has);
        const totals = dailyTotalsOf(own, period ? wholePeriods(range, period) : range);
        const lines = toLines(named(totals.images.map((image, position) => ({ ...image, position }))), { split });

        expect(await collect(rowsOf(totals, lines))).toEqual([...expected(named(own), { ...range, split })]);
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
    for await (const batch of dailyPullRows({ ...totals, days: noted() }, [{ repo: 'acme/a', positions: [0] }])) {
      for (const { value } of batch) rows.push([value, read.length]);
    }

    expect(rows).toEqual([
      [0, 1],
      [2, 2],
    ]);
  });
});
