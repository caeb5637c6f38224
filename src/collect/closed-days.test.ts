/** What is stored and served of a registry that publishes days, whenever the runs were: every day that has ended is exact. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setUp } from '../../test/support/api.ts';
import { createFixedClock } from '../../test/support/fixed-clock.ts';
import { addDays, dayOf, fromEpochDay, toEpochDay, type Day } from '../core/model/day.ts';
import { AppError } from '../core/model/errors.ts';
import { listMarks, type ImageSeries } from '../core/model/history.ts';
import type { Reading } from '../core/model/reading.ts';
import { toPulls } from '../core/numbers/series.ts';
import { createPublisher, minutesADay, type PublishedPage, type Publisher } from '../core/numbers/testing/published-pages.ts';
import type { Source } from '../core/ports.ts';
import { tracked } from './testing/fake-registry.ts';
import { createTestEngine, type TestEngine } from './testing/test-engine.ts';

interface Course extends Pick<TestEngine, 'store' | 'clock'> {
  /** A run at this moment, which is not before the last one; without a page the registry does not answer. */
  readonly run: (at: number, page: PublishedPage | undefined) => Promise<void>;
  readonly series: () => Promise<ImageSeries>;
}

function createCourse(startedAt: number, { backfill = true } = {}): Course {
  let page: PublishedPage | undefined;
  const ghcr = tracked({ id: 'ghcr', targets: ['acme/app'] });
  const source: Source = {
    ...ghcr.source,
    async read() {
      if (!page) throw new AppError('invalid_response', 'the page could not be understood');
      const { readAt, total: pullCount, bars: recentDays } = page;
      const reading: Reading = { registry: 'ghcr', repo: 'acme/app', readAt: new Date(readAt).toISOString(), pullCount, recentDays };
      return { reading };
    },
  };
  const clock = createFixedClock(new Date(startedAt).toISOString(), { manual: true });
  const { store, run } = createTestEngine([{ ...ghcr, source }], { clock, backfill });
  return {
    store,
    clock,
    async run(at, shown) {
      await clock.advance(Math.max(0, at - clock.now()));
      page = shown;
      await run();
    },
    async series() {
      const [series] = await store.totals({});
      if (!series) throw new Error('nothing is stored');
      return series;
    },
  };
}

/** Runs at moments with what the page says then: total, label of the newest bar, bars. */
async function runAll(pages: readonly (readonly [string, number, Day, readonly number[]])[], options = {}): Promise<Course> {
  const course = createCourse(Date.parse(pages[0]?.[0] ?? ''), options);
  for (const [readAt, total, label, counts] of pages) {
    const bars = counts.map((pulls, at) => ({ day: addDays(label, -at), pulls }));
    await course.run(Date.parse(readAt), { readAt: Date.parse(readAt), total, bars });
  }
  return course;
}

function totalsOf({ days, totals }: ImageSeries): Record<Day, number> {
  return Object.fromEntries(Array.from(days, (day, at) => [fromEpochDay(day), totals[at] ?? Number.NaN]));
}

async function servedPulls({ store }: Course): Promise<unknown> {
  return (await setUp([], { store })).json('/api/pulls/daily');
}

function pullsRow(day: Day, pulls: number): object {
  return { timestamp: `${day}T00:00:00Z`, repo: 'acme/app', daily_pulls: pulls };
}

describe('a run on a registry that publishes days', () => {
  it('knows between midnight UTC and midnight in California which days the bars are of', async () => {
    const course = await runAll([['2026-11-10T01:30:00Z', 1000, '2026-11-09', [3, 50, 7]]]);

    expect(totalsOf(await course.series())).toEqual({ '2026-11-08': 947, '2026-11-09': 997, '2026-11-10': 1000 });
    expect(await servedPulls(course)).toEqual([pullsRow('2026-11-08', 0), pullsRow('2026-11-09', 50), pullsRow('2026-11-10', 3)]);
  });

  const noon = [
    ['2026-11-10T12:00:00Z', 100, '2026-11-10', [10, 30]],
    ['2026-11-12T12:00:00Z', 160, '2026-11-12', [10, 30, 30, 30]],
  ] as const;

  it('completes a day that was read at noon, and fills the one that nobody read', async () => {
    const course = await runAll(noon);

    expect(totalsOf(await course.series())).toEqual({ '2026-11-09': 90, '2026-11-10': 120, '2026-11-11': 150, '2026-11-12': 160 });
    expect(listMarks(await course.series())).toEqual(['backfilled', 'closed', 'backfilled', 'read']);
    expect(await servedPulls(course)).toEqual([
      pullsRow('2026-11-09', 0),
      pullsRow('2026-11-10', 30),
      pullsRow('2026-11-11', 30),
      pullsRow('2026-11-12', 10),
    ]);
  });

  it('completes it without backfill too, and adds no day that nobody read', async () => {
    const course = await runAll(noon, { backfill: false });

    expect(totalsOf(await course.series())).toEqual({ '2026-11-10': 120, '2026-11-12': 160 });
    expect(listMarks(await course.series())).toEqual(['closed', 'read']);
    expect(await servedPulls(course)).toEqual([pullsRow('2026-11-10', 0), pullsRow('2026-11-12', 40)]);
  });

  it('counts the pulls of a day on which the total fell as the registry does', async () => {
    const course = await runAll([
      ['2026-11-10T12:00:00Z', 1000, '2026-11-10', [10, 30]],
      ['2026-11-11T12:00:00Z', 500, '2026-11-11', [40, 25, 30]],
      ['2026-11-12T12:00:00Z', 525, '2026-11-12', [5, 60, 25, 30]],
    ]);

    expect(await servedPulls(course)).toEqual([
      pullsRow('2026-11-09', 0),
      pullsRow('2026-11-10', 25),
      pullsRow('2026-11-11', 60),
      pullsRow('2026-11-12', 5),
    ]);
  });
});

describe('versions that are deleted', () => {
  it('lower the total and no pulls of a day, and are told from the first run on, by how much and since when', async () => {
    const startDay = '2026-05-10';
    const counts = Array.from({ length: 45 * 24 }, (_, hour): [number, number] => [hour * 60 + 30, 2 + (hour % 5)]);
    const incidents = [{ minute: 35 * minutesADay + 600, step: -510 }];
    const truth = createPublisher({ startDay, pulls: new Map(counts), initial: 40_000, incidents });
    const momentOf = (minute: number): number => (toEpochDay(startDay) * minutesADay + minute) * 60_000;
    const noons = Array.from({ length: 10 }, (_, at) => (31 + at) * minutesADay + 720);
    const course = createCourse(momentOf(noons[0] ?? 0));
    const told: (number | undefined)[] = [];
    for (const noon of noons) {
      await course.run(momentOf(noon), truth.page(noon, 0));
      told.push((await course.store.latest({}))[0]?.discrepancy?.by);
    }
    const series = await course.series();
    const days = Array.from(series.days);

    expect(told.slice(0, 4)).toEqual([undefined, undefined, undefined, undefined]);
    expect(told[4]).toBe(-510);
    expect(toPulls(series).slice(1, -1)).toEqual(days.slice(1, -1).map((day) => truth.pullsOf(day)));
  });
});

describe('bars that stand still while the total moves', () => {
  const still = [
    ['2026-11-10T12:00:00Z', 1000, '2026-11-10', [10, 30, 30]],
    ['2026-11-12T13:00:00Z', 1050, '2026-11-12', [0, 0, 0, 30, 30]],
  ] as const;

  it('are told as frozen, by how much and since when', async () => {
    const course = await runAll(still);

    expect(await course.store.latest({})).toMatchObject([
      { mark: 'frozen', discrepancy: { kind: 'frozen', by: 60, since: '2026-11-12T13:00:00.000Z' } },
    ]);
  });

  it('leave every day exact once they have caught up', async () => {
    const course = await runAll([...still, ['2026-11-13T13:00:00Z', 1080, '2026-11-13', [5, 25, 30, 30, 30, 30]]]);

    expect((await course.store.latest({}))[0]?.discrepancy).toBeUndefined();
    expect(totalsOf(await course.series())).toMatchObject({
      '2026-11-10': 1020,
      '2026-11-11': 1050,
      '2026-11-12': 1075,
      '2026-11-13': 1080,
    });
    expect(await servedPulls(course)).toEqual(
      expect.arrayContaining([pullsRow('2026-11-10', 30), pullsRow('2026-11-11', 30), pullsRow('2026-11-12', 25)]),
    );
  });
});

const length = 75;
const startDays = ['2026-02-01', '2026-05-10', '2026-09-20'] as const;
/** Pulls by minute. */
const pulls = fc.array(fc.tuple(fc.nat(length * minutesADay - 1), fc.integer({ min: 1, max: 400 })), { maxLength: 250, size: 'max' });
/** The first run, as a minute of its day: never within seconds of midnight, when a first page does not tell its day. */
const firstMinute = fc.integer({ min: 3, max: minutesADay - 4 });
/** Minutes since the run before, up to 29 days; how late the page is; whether the registry answers. */
const runs = fc.array(
  fc.record({
    pause: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 301, max: 29 * minutesADay })),
    late: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 600 })),
    answers: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);
type Run = typeof runs extends fc.Arbitrary<readonly (infer Value)[]> ? Value : never;

function createTruth(startDay: Day, counts: readonly (readonly [number, number])[]): Publisher {
  const byMinute = new Map<number, number>();
  for (const [minute, count] of counts) byMinute.set(minute, (byMinute.get(minute) ?? 0) + count);
  return createPublisher({ startDay, pulls: byMinute, initial: 40_000 });
}

/** All runs, and a last one at noon of the day after the last page. */
async function follow(startDay: Day, truth: Publisher, { first, moments }: { first: number; moments: readonly Run[] }): Promise<Course> {
  const momentOf = (minute: number): number => (toEpochDay(startDay) * minutesADay + minute) * 60_000;
  const course = createCourse(momentOf(first));
  await course.run(momentOf(first), truth.page(first, 0));
  let [minute, madeAt, toldAt] = [first, first, first];
  for (const { pause, late, answers: isUp } of moments) {
    const next = minute + pause;
    // No outage is longer than the bars reach, and the last run is up to two days later.
    const isLong = next - toldAt > 27 * minutesADay;
    const isFar = next - toldAt > 29 * minutesADay || next >= (length - 2) * minutesADay;
    if (isFar || (isLong && !isOfItsDay(next, next))) break;
    minute = next;
    // A cache never gives an older page than before.
    if (isUp || isLong) madeAt = Math.max(madeAt, isLong ? minute : minute - late);
    if ((isUp || isLong) && isOfItsDay(minute, madeAt)) toldAt = minute;
    await course.run(momentOf(minute), isUp || isLong ? truth.page(minute, minute - madeAt) : undefined);
  }
  const noon = (Math.floor(minute / minutesADay) + 1.5) * minutesADay;
  await course.run(momentOf(noon), truth.page(noon, 0));
  return course;
}

/**
 * Whether a page tells its day, whatever is on it. Before midnight in California (08:00 UTC in winter) it may be of the day before, which
 * quiet days do not tell apart, and one from before that midnight that is read after it is stale: both are as good as an outage.
 */
function isOfItsDay(minute: number, madeAt: number): boolean {
  const isSameDay = Math.floor(minute / minutesADay) === Math.floor(madeAt / minutesADay);
  return isSameDay && madeAt % minutesADay >= 8 * 60 && minute % minutesADay < minutesADay - 3;
}

describe('whatever the moments of the runs, with outages of up to 29 days and late pages', () => {
  it('the total and the pulls of every day that has ended are those of the registry, from the first backfilled day on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...startDays), pulls, firstMinute, runs, async (startDay, counts, first, moments) => {
        const truth = createTruth(startDay, counts);
        const course = await follow(startDay, truth, { first: 31 * minutesADay + first, moments });
        const series = await course.series();
        const days = Array.from(series.days);
        const [from = 0, today = 0] = [days[0], days.at(-1)];

        expect(fromEpochDay(today)).toBe(dayOf(course.clock.now()));
        expect(from).toBeLessThanOrEqual(toEpochDay(startDay) + 31 - 28);
        expect(days).toEqual(Array.from({ length: today - from + 1 }, (_, at) => from + at));
        expect(Array.from(series.totals).slice(0, -1)).toEqual(days.slice(0, -1).map((day) => truth.endOf(day)));
        expect(toPulls(series).slice(1, -1)).toEqual(days.slice(1, -1).map((day) => truth.pullsOf(day)));
        const marks = new Set(listMarks(series).slice(0, -1));
        expect([...marks].filter((mark) => mark !== 'closed' && mark !== 'backfilled')).toEqual([]);
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });
});
