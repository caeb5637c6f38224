import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toEpochDay } from '../model/day.ts';
import { compareImages, imageKey, type ImageName } from '../model/image.ts';
import { seriesValues } from '../numbers/series-values.ts';
import { latestOfDay } from '../numbers/testing/latest-image.ts';
import { trackedImages, trackedListOf, type TrackedImage } from './images.ts';
import type { Mark } from '../model/mark.ts';
import type { ImageSeries, LatestImage } from '../model/history.ts';

const now = Date.parse('2026-03-14T10:00:00Z');
const dayMs = 86_400_000;

const app: ImageName = { registry: 'ghcr', repo: 'acme/app' };

/** The newest values of an image that was read at 9 o'clock of a day. */
function latest(name: ImageName, day: string, more: Partial<LatestImage> = {}): LatestImage {
  return latestOfDay(name, day, { pullCount: 100, readAt: `${day}T09:00:00.000Z`, ...more });
}

/** Totals of days in a row. */
function series(name: ImageName, firstDay: string, totals: readonly number[], known: readonly Mark[] = []): ImageSeries {
  const first = toEpochDay(firstDay);
  return { ...name, days: totals.map((_, at) => first + at), totals, marks: totals.map((_, at) => known[at] ?? 'read') };
}

/** What is shown on 2026-03-14 at 10 o'clock, when a day without a read makes stale. */
function shown(images: readonly LatestImage[], history: readonly ImageSeries[], configured: readonly ImageName[] = []) {
  const newestDay = images
    .map(({ day }) => day)
    .toSorted()
    .at(-1);
  // What the series of an image comes to is kept with its newest values.
  const kept = images.map((image) => {
    const own = history.find((each) => imageKey(each) === imageKey(image));
    return own ? { ...image, ...seriesValues(own) } : image;
  });
  return trackedImages({ latest: kept, newestDay }, configured, { now, staleAfterMs: dayMs });
}

function readAgo(ms: number): LatestImage {
  return latest(app, '2026-03-13', { readAt: new Date(now - ms).toISOString() });
}

function namesOf(images: readonly TrackedImage[]): string[] {
  return images.map(({ registry, repo }) => `${registry} ${repo}`);
}

describe('the tracked images', () => {
  it('have what was read of them', () => {
    const details = { pullCount: 140, tagCount: 5, lastUpdated: '2026-03-01T00:00:00Z' };

    const images = shown([latest(app, '2026-03-14', details)], [series(app, '2026-03-11', [100, 110, 130, 140])]);

    expect(images).toEqual([
      {
        ...app,
        ...details,
        lastDay: { pulls: 20, change: 10 },
        lastWeek: { pulls: 30, change: undefined },
        last30Days: { pulls: 30, change: undefined },
        firstSeen: '2026-03-11',
        historySince: '2026-03-11',
        backfilledDays: 0,
        importedDays: 0,
        totalSince: undefined,
        lastRead: '2026-03-14T09:00:00.000Z',
        stale: false,
        doubt: undefined,
        weekday: { pulls: 20, earlier: [] },
        discrepancy: undefined,
      },
    ]);
  });

  it('have pulls of 1, 7 and 30 whole days that end with yesterday', () => {
    const daily = Array.from({ length: 70 }, (_, at) => at * (at + 1));

    const [image] = shown([latest(app, '2026-03-14')], [series(app, '2026-01-04', daily)]);

    // Yesterday is the day with number 68, and each day n brought 2n pulls.
    expect(image?.lastDay).toEqual({ pulls: 136, change: 2 });
    expect(image?.lastWeek).toEqual({ pulls: 7 * 2 * 65, change: 2 * 7 * 7 });
    expect(image?.last30Days).toEqual({ pulls: 30 * (39 + 68), change: 2 * 30 * 30 });
  });

  it('are those of the configuration before anything was read, without any number', () => {
    expect(shown([], [], [app])).toEqual([
      {
        ...app,
        pullCount: undefined,
        tagCount: undefined,
        lastUpdated: undefined,
        lastDay: {},
        lastWeek: {},
        last30Days: {},
        firstSeen: undefined,
        historySince: undefined,
        backfilledDays: 0,
        importedDays: 0,
        totalSince: undefined,
        lastRead: undefined,
        stale: true,
        doubt: undefined,
        weekday: { pulls: undefined, earlier: [] },
        discrepancy: undefined,
      },
    ]);
  });

  it('are there once, by registry and then name', () => {
    const [hub, tool] = [
      { registry: 'dockerhub', repo: 'acme/app' },
      { registry: 'ghcr', repo: 'acme/a-tool' },
    ];

    const images = shown([latest(app, '2026-03-14'), latest(tool, '2026-03-14')], [], [app, hub]);

    expect(namesOf(images)).toEqual(['dockerhub acme/app', 'ghcr acme/a-tool', 'ghcr acme/app']);
    expect(images.map(({ pullCount }) => pullCount)).toEqual([undefined, 100, 100]);
  });

  it('stay for 7 days after the last read, and longer where they are configured', () => {
    const old = { registry: 'ghcr', repo: 'acme/old' };
    const older = { registry: 'ghcr', repo: 'acme/older' };
    const images = [latest(app, '2026-03-14'), latest(old, '2026-03-07'), latest(older, '2026-03-06')];

    expect(namesOf(shown(images, []))).toEqual(['ghcr acme/app', 'ghcr acme/old']);
    expect(namesOf(shown(images, [], [older]))).toEqual(['ghcr acme/app', 'ghcr acme/old', 'ghcr acme/older']);
  });

  it('were first seen on the first day that was read, and have a history since the first that is known', () => {
    const history = series(app, '2026-03-11', [1, 2, 3, 4], ['backfilled', 'backfilled', 'inconsistent', 'backfilled']);

    const [image] = shown([latest(app, '2026-03-14')], [history]);

    expect(image).toMatchObject({ firstSeen: '2026-03-13', historySince: '2026-03-11', backfilledDays: 3, doubt: undefined });
  });

  it('were never seen while all their days are reconstructed', () => {
    const reconstructed = latest(app, '2026-03-13', { readAt: undefined });

    const [image] = shown([reconstructed], [series(app, '2026-03-13', [5], ['backfilled'])]);

    expect(image).toMatchObject({ firstSeen: undefined, historySince: '2026-03-13', lastRead: undefined, stale: true });
  });

  it.each(['frozen', 'inconsistent'] as const)('are in doubt when their newest total is %s', (doubt) => {
    const [image] = shown([latest(app, '2026-03-14')], [series(app, '2026-03-12', [5, 5, 5], ['read', 'read', doubt])]);

    expect(image?.doubt).toBe(doubt);
  });

  it('are no longer in doubt when a later total is good', () => {
    const [image] = shown([latest(app, '2026-03-14')], [series(app, '2026-03-13', [5, 6], ['frozen', 'read'])]);

    expect(image?.doubt).toBeUndefined();
  });

  it('are stale when they were read longer ago than the limit', () => {
    expect(shown([readAgo(dayMs)], [])[0]?.stale).toBe(false);
    expect(shown([readAgo(dayMs + 1)], [])[0]?.stale).toBe(true);
  });
});

describe('the list of a store', () => {
  const name = fc.record({ registry: fc.constantFrom('dockerhub', 'ghcr'), repo: fc.constantFrom('acme/a', 'acme/b', 'acme/c', 'acme/d') });
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('read' as const),
      name,
      day: fc.constantFrom('2026-03-05', '2026-03-13', '2026-03-14'),
      pullCount: fc.nat(99),
    }),
    fc.record({ kind: fc.constant('gone' as const), name }),
    fc.record({ kind: fc.constant('later' as const), hours: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ kind: fc.constant('configured' as const), name }),
  );

  it('is that of its images after whatever was read, went and grew old', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const store = {};
        const images = new Map<string, LatestImage>();
        let configured: readonly ImageName[] = [];
        let at = now;
        for (const each of steps) {
          if (each.kind === 'read') images.set(imageKey(each.name), latest(each.name, each.day, { pullCount: each.pullCount }));
          if (each.kind === 'gone') images.delete(imageKey(each.name));
          if (each.kind === 'later') at += each.hours * 3_600_000;
          if (each.kind === 'configured') configured = configured.concat(each.name);
          const moment = { now: at, staleAfterMs: dayMs };
          const known = { latest: [...images.values()].toSorted(compareImages), newestDay: '2026-03-14' };
          expect(trackedListOf(store, configured)(known, moment)).toEqual(trackedImages(known, configured, moment));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('has the same objects for what did not change, and is the same list where nothing did', () => {
    const [a, b] = [latest(app, '2026-03-14'), latest({ registry: 'ghcr', repo: 'acme/tool' }, '2026-03-14')];
    const store = {};
    const [list, moment] = [trackedListOf(store, []), { now, staleAfterMs: dayMs }];
    const known = { latest: [a, b], newestDay: '2026-03-14' };
    const before = list(known, moment);

    expect(list(known, { ...moment, now: now + 1 })).toBe(before);
    const after = list({ ...known, latest: [a, { ...b, pullCount: 101 }] }, moment);
    expect(after.map((image, at) => image === before[at])).toEqual([true, false]);
    expect(trackedListOf(store, [app, { registry: 'ghcr', repo: 'acme/new' }])(known, moment)).toHaveLength(3);
  });

  it('is one for each store and what is configured', () => {
    const [store, configured] = [{}, [app]];
    expect(trackedListOf(store, configured)).toBe(trackedListOf(store, configured));
    expect(trackedListOf(store, configured)).not.toBe(trackedListOf(store, []));
    expect(trackedListOf(store, configured)).not.toBe(trackedListOf({}, configured));
  });
});
