import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../store/memory.ts';
import { addDays, endOfDay, fromEpochDay, toEpochDay, type Day } from '../model/day.ts';
import type { ImageSeries } from '../model/history.ts';
import type { DayRange, SeriesQuery } from '../model/query.ts';
import type { Reading } from '../model/reading.ts';
import type { SnapshotStore } from '../ports.ts';
import { toLines } from '../numbers/daily-rows.ts';
import { pullsByDay, type SeriesRow } from '../numbers/series.ts';
import { anySeries, firstDay, lastDay } from '../numbers/testing/any-series.ts';
import { isMarked, partsByDay } from '../numbers/value-parts.ts';
import { seriesWithFreezes } from './frozen-series.ts';
import { detailedPullValues, detailMarks, findStillImages, type PullDetails } from './pull-details.ts';

function readingsOf(series: readonly ImageSeries[]): Reading[] {
  return series.flatMap(({ registry, repo, days, totals, marks, notes }) =>
    Array.from(days, (day, at) => ({
      registry,
      repo,
      pullCount: totals[at] ?? 0,
      readAt: endOfDay(fromEpochDay(day)),
      day: fromEpochDay(day),
      mark: marks.at(at),
      ...notes?.get(day),
    })),
  );
}

type DetailedRow = SeriesRow & PullDetails;

async function rowsOf(store: SnapshotStore, query: SeriesQuery, range: DayRange, split: boolean): Promise<DetailedRow[]> {
  const totals = await store.dailyTotals(query, range, { withMarks: true });
  const lines = toLines(
    totals.images.map((image, position) => ({ ...image, position })),
    { split },
  );
  const rows: DetailedRow[] = [];
  const still = await findStillImages(store, totals.images, query, range.from);
  for await (const { day, values, detailsOf } of detailedPullValues(totals, lines, still)) {
    for (const [at, { repo, registry }] of lines.entries()) {
      const value = values[at] ?? Number.NaN;
      if (!Number.isNaN(value)) rows.push({ day: fromEpochDay(day), repo, registry, value, ...detailsOf(at) });
    }
  }
  return rows;
}

/** Each row from what its value is made of, from the whole series. */
async function expectedRows(store: SnapshotStore, query: SeriesQuery, range: DayRange, split: boolean): Promise<DetailedRow[]> {
  const { series } = await seriesWithFreezes(store, query);
  return Array.from(pullsByDay(series, { ...range, split }), (row) => {
    const images = series.filter(({ registry, repo }) => repo === row.repo && (!split || registry === row.registry));
    const parts = partsByDay(images, 'daily').get(row.day);
    const several = parts?.parts.get('severalDays');
    const mark = detailMarks.find((each) => parts && (isMarked(parts, each) || (each === 'frozen' && isMarked(parts, 'still'))));
    return { ...row, days: several?.days ?? 1, severalDaysPulls: several?.sum ?? 0, mark: mark ?? 'read' };
  });
}

describe('the details of daily pulls', () => {
  const anyDay = fc.integer({ min: firstDay - 2, max: lastDay + 2 }).map(fromEpochDay);
  const anyRange: fc.Arbitrary<DayRange> = fc.record({ from: anyDay, to: anyDay }, { requiredKeys: [] });

  it('are those of the whole series, whatever the range', async () => {
    await fc.assert(
      fc.asyncProperty(anySeries, anyRange, fc.boolean(), async (series, range, split) => {
        const store = createMemoryStore();
        await store.save(readingsOf(series));

        expect(await rowsOf(store, {}, range, split)).toEqual(await expectedRows(store, {}, range, split));
      }),
      { numRuns: 100 },
    );
  });

  it('know days on which the counters of an owner were not updated, also where a range begins within or after them', async () => {
    const store = createMemoryStore();
    const start = '2026-01-01';
    const image = (registry: string, repo: string, isRead: (day: Day) => boolean): Reading[] =>
      Array.from({ length: 60 }, (_, at) => ({
        registry,
        repo,
        pullCount: 1_000 + 450 * (at >= 50 && at < 53 ? 49 : at),
        readAt: `${addDays(start, at)}T10:00:00.000Z`,
      })).filter(({ readAt }) => isRead(readAt.slice(0, 10)));
    const [first, last] = [addDays(start, 50), addDays(start, 52)];
    await store.save([
      ...image('dockerhub', 'acme/app', () => true),
      // Away from the middle of the freeze until long after it.
      ...image('dockerhub', 'acme/tool', (day) => day < last || day > addDays(last, 3)),
      ...image('ghcr', 'acme/app', (day) => day > addDays(start, 40)),
      ...image('quay', 'other/app', (day) => day > first),
    ]);
    const whole = await rowsOf(store, {}, {}, true);

    expect(whole).toEqual(await expectedRows(store, {}, {}, true));
    expect(whole.filter(({ mark }) => mark === 'frozen').length).toBe(4);
    expect(whole.find(({ day, repo }) => day === addDays(last, 4) && repo === 'acme/tool')).toMatchObject({ days: 7 });
    for (let day = toEpochDay(first) - 2; day < toEpochDay(last) + 6; day += 1) {
      const from = fromEpochDay(day);
      const repos = new Set(['acme/tool', 'acme/app']);
      expect(await rowsOf(store, {}, { from }, true)).toEqual(whole.filter((row) => row.day >= from));
      expect(await rowsOf(store, { repos }, { from }, false)).toEqual(await expectedRows(store, { repos }, { from }, false));
    }
  });
});
