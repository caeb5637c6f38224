import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foundEvents } from '../../../test/support/found-events.ts';
import { createIndex } from '../../store/json-files/index.ts';
import { addDays, type Day } from '../model/day.ts';
import { compareIdentities, derivedKinds, eventIdentity, eventKinds, type RecordedEvent } from '../model/event.ts';
import type { Reading } from '../model/reading.ts';
import { includesDay } from '../model/query.ts';
import { findEventsPart, type EventSource } from './event-list.ts';
import type { EventFilter } from './event-lists.ts';
import { listEvents, type ImageEvent } from './events.ts';
import { freezesOf, seriesWithFreezes } from './frozen-series.ts';
import { withGroups, type Group } from './groups.ts';

const start = '2026-01-01';
const registries = ['dockerhub', 'ghcr'];
const repos = ['acme/app', 'acme/tool', 'other/app'];
const groups: readonly Group[] = [{ name: 'all', members: registries.map((registry) => ({ registry, repo: 'acme/app' })) }];

/** All days of all images, as the index of a folder has them. */
function createHistory(days: number) {
  const index = createIndex();
  let changes = 0;
  const store: EventSource['store'] = {
    totals: async (query) => index.totals(query),
    dailyTotals: async (query, range, options) => index.dailyTotals(query, range, options),
    daySums: async (only) => index.daySums(only),
    latest: async (query) => index.latest(query),
    events: async (query) => index.events(query),
    countEvents: async (query) => index.events(query).length,
    version: () => String(changes),
  };
  const byDay = new Map<Day, Reading[]>();
  const setDay = (day: Day, readings: readonly Reading[], events: readonly RecordedEvent[] = []): void => {
    const kept = (byDay.get(day) ?? []).filter(
      (old) => !readings.some(({ registry, repo }) => old.registry === registry && old.repo === repo),
    );
    byDay.set(day, [...kept, ...readings]);
    index.setDay(day, byDay.get(day) ?? [], events);
    changes += 1;
  };
  // Growing evenly, with a burst and a time without an update, in which 25,000 was passed.
  for (let at = 0; at < days; at += 1) {
    const pulls = 400 * (at >= 40 && at < 42 ? 39 : at) + (at > 34 ? 8_500 : 0);
    const images = registries.flatMap((registry) => repos.map((repo, place) => ({ registry, repo, place })));
    const day = addDays(start, at);
    const readings = images.map(({ registry, repo, place }) => reading(registry, repo, day, 500 + place + pulls));
    setDay(day, at > 36 && at < 45 ? readings : readings.toSpliced(at % 14, 1));
  }
  const [doubted, reset] = [addDays(start, 20), addDays(start, 25)];
  setDay(doubted, [reading('ghcr', 'acme/tool', doubted, 8_600, { mark: 'inconsistent' })]);
  const push = { time: `${reset}T09:00:00.000Z`, seenAt: `${reset}T09:00:00.000Z`, registry: 'ghcr', repo: 'acme/app' };
  setDay(reset, [reading('ghcr', 'other/app', reset, 10)], [{ ...push, kind: 'tag_pushed', detail: '1.0' }]);
  return { store, setDay };
}

function reading(registry: string, repo: string, day: Day, pullCount: number, more: Partial<Reading> = {}): Reading {
  return { registry, repo, pullCount, readAt: `${day}T10:00:00.000Z`, ...more };
}

/** The events of a filter from all whole series at once. */
async function expectedEvents({ store }: EventSource, { images, range, kinds }: EventFilter): Promise<ImageEvent[]> {
  const { query, has, hasEvent } = withGroups(images, groups);
  const { series, freezes } = await seriesWithFreezes(store, query);
  const [own, recorded] = [series.filter(has), (await store.events()).filter(hasEvent)];
  return listEvents(own, { recorded, freezes: images.repos ? freezesOf(own, freezes) : freezes })
    .filter(({ kind, time }) => kinds?.has(kind) !== false && includesDay(range, time.slice(0, 10)))
    .toSorted((a, b) => compareIdentities(eventIdentity(a), eventIdentity(b)));
}

const anyDay = fc.integer({ min: 0, max: 60 }).map((at) => addDays(start, at));

const anyFilter: fc.Arbitrary<EventFilter> = fc.record({
  images: fc.record(
    {
      registries: fc.subarray(registries, { minLength: 1 }).map((names) => new Set(names)),
      repos: fc.subarray([...repos, 'all'], { minLength: 1 }).map((names) => new Set(names)),
    },
    { requiredKeys: [] },
  ),
  range: fc.record({ from: anyDay, to: anyDay }, { requiredKeys: [] }),
  kinds: fc.option(
    fc.subarray([...eventKinds], { minLength: 1 }).map((kinds) => new Set(kinds)),
    { nil: undefined },
  ),
});

const anyChange = fc.record({
  registry: fc.constantFrom(...registries),
  repo: fc.constantFrom(...repos),
  day: fc.oneof(anyDay, fc.constantFrom(addDays(start, 40), addDays(start, 41))),
  pullCount: fc.nat(60_000),
  mark: fc.constantFrom('read' as const, 'read' as const, 'inconsistent' as const, 'backfilled' as const),
  pushed: fc.boolean(),
});

describe('the events of a filter', () => {
  it('are those of the whole series, however the totals change between two looks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(anyChange, anyFilter), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 45, max: 60 }),
        async (steps, days) => {
          const { store, setDay } = createHistory(days);
          const source = { store, groups };
          await foundEvents(source, { images: {}, range: {} });
          for (const [{ registry, repo, day, pullCount, mark, pushed }, filter] of steps) {
            const time = `${day}T09:00:00.000Z`;
            const push: RecordedEvent = { time, seenAt: time, registry, repo, kind: 'tag_pushed', detail: '1.0' };
            setDay(day, [reading(registry, repo, day, pullCount, { mark })], pushed ? [push] : []);
            const expected = await expectedEvents(source, filter);

            expect(await foundEvents(source, filter)).toEqual(expected);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('are of every kind that follows from totals, and the recorded ones', async () => {
    const { store } = createHistory(60);
    const events = await foundEvents({ store, groups }, { images: {}, range: {} });

    expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set([...derivedKinds, 'tag_pushed']));
  });

  it('come in pages of either order, which make the whole', async () => {
    const { store } = createHistory(60);
    const source = { store, groups };
    await fc.assert(
      fc.asyncProperty(anyFilter, fc.integer({ min: 1, max: 5 }), fc.boolean(), async (filter, count, newestFirst) => {
        const all = await foundEvents(source, filter);
        const ordered = newestFirst ? all.toReversed() : all;
        const pages: ImageEvent[] = [];
        for (let after: readonly string[] | undefined; ;) {
          const part = await findEventsPart(source, filter, { count, newestFirst, after });
          const { events } = part;
          const { start: skipped, total } = await part.counts();
          const begin = Math.max(0, pages.length - count);
          expect([skipped, total]).toEqual([begin, all.length]);
          expect(events).toEqual(ordered.slice(begin, pages.length + count));
          pages.push(...events.slice(pages.length - begin));
          const last = events.at(-1);
          if (!last || pages.length === all.length) break;
          after = eventIdentity(last);
        }

        expect(pages).toEqual(ordered);
      }),
      { numRuns: 100 },
    );
  });

  it('are worked out anew only for images whose totals have changed', async () => {
    const { store, setDay } = createHistory(50);
    const read: (ReadonlySet<string> | undefined)[] = [];
    const totals: EventSource['store']['totals'] = (query) => {
      read.push(query.repos);
      return store.totals(query);
    };
    const source = { store: { ...store, totals }, groups };
    await foundEvents(source, { images: {}, range: {} });
    expect(read.length).toBeGreaterThan(0);
    read.length = 0;

    await foundEvents(source, { images: {}, range: {} });
    expect(read).toEqual([]);

    const today = addDays(start, 49);
    setDay(today, [reading('ghcr', 'other/app', today, 99_000)]);
    await foundEvents(source, { images: {}, range: {} });
    expect(new Set(read.flatMap((names) => [...(names ?? ['all'])]))).toEqual(new Set(['other/app']));
  });
});
