/** What every store does when it is asked for totals day by day: it says what it says of series. */
import { beforeEach, describe, expect, it } from 'vitest';
import { toEpochDay } from '../../core/model/day.ts';
import type { DailyTotals, DayNote, ImageSeries } from '../../core/model/history.ts';
import type { Mark } from '../../core/model/mark.ts';
import type { DayRange, SeriesQuery } from '../../core/model/query.ts';
import { collectSeries } from '../../core/views/collected-series.ts';
import { reading } from './readings.ts';
import { useStore, type MakeStore } from './store-under-test.ts';

type Known = readonly [day: number, total: number, mark?: Mark | undefined, note?: DayNote | undefined];

/** `registry repo` → what is known before the range and in it. */
type Answer = Readonly<Record<string, { readonly before: Known | undefined; readonly known: readonly Known[] }>>;

async function collect({ images, before, days }: DailyTotals): Promise<Answer> {
  const known = images.map((): Known[] => []);
  for await (const { day, totals, marks, notes } of days) {
    for (const [position, total] of totals.entries()) {
      if (!Number.isNaN(total)) known[position]?.push([day, total, marks?.[position], notes.get(position)]);
    }
  }
  return Object.fromEntries(
    images.map(({ registry, repo }, position) => {
      const [day = Number.NaN, total = Number.NaN] = [before.days[position], before.totals[position]];
      return [`${registry} ${repo}`, { before: Number.isNaN(day) ? undefined : [day, total], known: known[position] ?? [] }];
    }),
  );
}

/** The same from the whole series. */
function expected(series: readonly ImageSeries[], { from = '0000-01-01', to = '9999-12-31' }: DayRange): Answer {
  return Object.fromEntries(
    series.map(({ registry, repo, days, totals, marks, notes }) => {
      const all = Array.from(days, (day, at): Known => [day, totals[at] ?? 0, marks.at(at), notes?.get(day)]);
      const before = all.findLast(([day]) => day < toEpochDay(from));
      return [
        `${registry} ${repo}`,
        {
          before: before && [before[0], before[1]],
          known: all.filter(([day]) => day >= toEpochDay(from) && day <= toEpochDay(to)),
        },
      ];
    }),
  );
}

const queries: readonly SeriesQuery[] = [
  {},
  { registries: new Set(['ghcr']) },
  { repos: new Set(['acme/app', 'b/x']) },
  { registries: new Set(['dockerhub']), repos: new Set(['acme/app']) },
];

const ranges: readonly DayRange[] = [
  {},
  { from: '2026-03-15' },
  { from: '2026-03-15', to: '2026-04-02' },
  { to: '2026-03-14' },
  { from: '2025-01-01', to: '2025-01-02' },
  { from: '2026-05-01' },
];

export function describeDailyTotals(name: string, make: MakeStore): void {
  describe(`${name} day by day`, () => {
    const given = useStore(make);

    beforeEach(async () => {
      await given.store.save([
        reading('acme/app', 10, '2026-03-12T10:00:00'),
        reading('acme/app', 11, '2026-03-14T10:00:00'),
        reading('acme/app', 15, '2026-03-20T10:00:00', {
          mark: 'frozen',
          discrepancy: { kind: 'frozen', by: -9, since: '2026-03-19T10:00:00.000Z' },
        }),
        reading('acme/app', 12, '2026-04-03T10:00:00', { dayPulls: 3 }),
        reading('acme/app', 7, '2026-03-14T11:00:00', { registry: 'ghcr', mark: 'backfilled' }),
        reading('acme/app', 9, '2026-04-02T11:00:00', { registry: 'ghcr', mark: 'closed' }),
        reading('b/x', 1, '2026-03-14T12:00:00', { registry: 'ghcr' }),
        reading('A/y', 1, '2026-04-03T12:00:00'),
      ]);
    });

    async function expectSame(): Promise<void> {
      for (const query of queries) {
        const series = await given.store.totals(query);
        for (const range of ranges) {
          expect(await collect(await given.store.dailyTotals(query, range, { withMarks: true }))).toEqual(expected(series, range));
        }
      }
    }

    it('has the days of series, and the newest known one before a range', async () => {
      const { images } = await given.store.dailyTotals({});

      expect(images).toEqual((await given.store.totals({})).map(({ registry, repo }) => ({ registry, repo })));
      await expectSame();
    });

    it.each([1, 2, 100])('comes to the same whole series, %d at a time', async (atOnce) => {
      const found: ImageSeries[] = [];
      for await (const some of collectSeries(await given.store.dailyTotals({}, {}, { withMarks: true }), atOnce)) found.push(...some);

      expect(expected(found, {})).toEqual(expected(await given.store.totals({}), {}));
      expect(found.length).toBe(4);
    });

    it('has the days whose snapshots were pruned', async () => {
      expect(await given.store.prune('2026-03-15')).toEqual(['2026-03-12', '2026-03-14']);
      await expectSame();
    });

    it('has no day that is after tomorrow', async () => {
      await given.store.save([reading('acme/app', 99, '2027-01-01T10:00:00'), reading('late/one', 99, '2027-01-01T10:00:00')]);
      const days: number[] = [];
      for await (const { day } of (await given.store.dailyTotals({}, { from: '2026-04-03' })).days) days.push(day);

      expect(days).toEqual([toEpochDay('2026-04-03')]);
    });

    it('gives the newest values of an image as another object after any of its totals has changed', async () => {
      const objectOf = async (repo: string): Promise<unknown> => (await given.store.latest({})).find((image) => image.repo === repo);
      const before = await objectOf('acme/app');
      await given.store.save([
        reading('acme/app', 11, '2025-03-14T10:00:00'),
        reading('b/x', 2, '2026-03-15T12:00:00', { registry: 'ghcr' }),
      ]);
      const between = await objectOf('acme/app');
      await given.store.save([reading('acme/app', 12, '2025-03-14T11:00:00')]);

      expect(between).not.toBe(before);
      expect(await objectOf('acme/app')).not.toBe(between);
      expect(await objectOf('acme/app')).toEqual(between);
    });

    it('may be left at any moment', async () => {
      for await (const { day } of (await given.store.dailyTotals({})).days) {
        expect(day).toBe(toEpochDay('2026-03-12'));
        break;
      }

      await expectSame();
    });
  });
}
