import { describe, expect, it } from 'vitest';
import { createFixedClock, type FixedClock } from '../../test/support/fixed-clock.ts';
import { foundEvents } from '../../test/support/found-events.ts';
import { addDays, dayOf, fromEpochDay, toEpochDay, type Day } from '../core/model/day.ts';
import { formatRepo, parseRepo } from '../core/model/image-ref.ts';
import type { SnapshotStore } from '../core/ports.ts';
import { toLines } from '../core/numbers/daily-rows.ts';
import { pullsByDay, totalsByDay } from '../core/numbers/series.ts';
import { seriesWithFreezes } from '../core/views/frozen-series.ts';
import { detailedPullValues, findStillImages } from '../core/views/pull-details.ts';
import { createMemoryStore } from '../store/memory.ts';
import { reading, tracked } from './testing/fake-registry.ts';
import { createTestEngine, type TestEngine } from './testing/test-engine.ts';
import type { TrackedRegistry } from './plan.ts';
import { createWorkList } from './work-list.ts';

const hour = 3_600_000;
const start = '2026-03-02T00:10:00.000Z';

/** Counters that grow by so many pulls an hour, but stand still between two moments. */
function hub(clock: FixedClock, [from, to]: readonly [string, string]): TrackedRegistry {
  const registry = tracked({ targets: ['acme/app', 'acme/tool'] });
  const shownAt = (): number => (clock.now() >= Date.parse(from) && clock.now() < Date.parse(to) ? Date.parse(from) : clock.now());
  const perHour: Readonly<Record<string, number>> = { 'acme/app': 60, 'acme/tool': 2 };
  return {
    ...registry,
    source: {
      ...registry.source,
      async read(ref) {
        const repo = formatRepo(ref);
        const pulls = Math.floor(((shownAt() - Date.parse(start)) / hour) * (perHour[repo] ?? 0));
        return { reading: reading('dockerhub', repo, 1_000 + pulls, new Date(clock.now()).toISOString()) };
      },
    },
  };
}

interface Course {
  readonly store: SnapshotStore;
  /** The times under which a registry's freeze was among the events of a run, each once. */
  readonly said: ReadonlySet<string>;
  /** What was said of it, in order, each text once. */
  readonly texts: ReadonlySet<string>;
}

/** Runs once an hour between two moments, after weeks in which it did so too; the process is another one after each restart, for which the service is down. */
async function collect(
  frozen: readonly [string, string],
  [from, until]: readonly [string, string],
  restarts: readonly string[] = [],
  downMs = 0,
): Promise<Course> {
  const clock = createFixedClock(from, { manual: true });
  const store = await watchedStore(dayOf(Date.parse(from)));
  const [said, texts] = [new Set<string>(), new Set<string>()];
  const make = (): TestEngine =>
    createTestEngine([hub(clock, frozen)], {
      store,
      clock,
      listeners: [
        async (end) => {
          for (const { kind, time, text } of await end.events(dayOf(Date.parse(frozen[0])))) {
            if (kind !== 'frozen') continue;
            said.add(time);
            texts.add(text);
          }
        },
      ],
    });
  let { engine } = make();
  engine.start();
  let left = [...restarts];
  while (clock.now() < Date.parse(until)) {
    await clock.advance(hour / 2);
    const next = left[0];
    if (next === undefined || clock.now() < Date.parse(next)) continue;
    left = left.slice(1);
    await engine.stop();
    await clock.advance(downMs);
    ({ engine } = make());
    engine.start();
  }
  await engine.stop();
  return { store, said, texts };
}

/** Every day from the start to before this one, and that the counters were watched all the time. */
async function watchedStore(before: Day): Promise<SnapshotStore> {
  const store = createMemoryStore();
  const days = Array.from({ length: toEpochDay(before) - toEpochDay(dayOf(Date.parse(start))) }, (_, at) =>
    addDays(dayOf(Date.parse(start)), at),
  );
  const source = (day: Day): TrackedRegistry['source'] => hub(createFixedClock(`${day}T23:10:00.000Z`), [start, start]).source;
  for (const day of days) {
    const read = await Promise.all(['acme/app', 'acme/tool'].map((repo) => source(day).read(parseRepo(repo))));
    await store.save(read.map((each) => each.reading));
  }
  const watched = `${addDays(before, -20)}T10:10:00.000Z`;
  await store.save([], [{ time: watched, seenAt: watched, registry: 'dockerhub', kind: 'counters_paused', detail: 'acme' }]);
  return store;
}

async function frozenTexts(store: SnapshotStore, repo?: string): Promise<string[]> {
  const images = repo === undefined ? {} : { repos: new Set([repo]) };
  return Array.from(await foundEvents({ store, groups: [] }, { images, range: {}, kinds: new Set(['frozen']) }), ({ text }) => text);
}

/** What `/api/pulls/daily?details=true` says of an image: the days that each value covers, and how it is known. */
async function detailsSince(store: SnapshotStore, from: Day, repo: string): Promise<(readonly [Day, number, string])[]> {
  const query = { repos: new Set([repo]) };
  const totals = await store.dailyTotals(query, { from }, { withMarks: true });
  const lines = toLines(
    totals.images.map((image, position) => ({ ...image, position })),
    { split: false },
  );
  const found: (readonly [Day, number, string])[] = [];
  const still = await findStillImages(store, totals.images, query, from);
  for await (const { day, values, detailsOf } of detailedPullValues(totals, lines, still)) {
    for (const [at, value] of values.entries()) {
      if (!Number.isNaN(value)) found.push([fromEpochDay(day), detailsOf(at).days, detailsOf(at).mark]);
    }
  }
  return found;
}

describe('a registry that does not update its counters for hours', () => {
  it('is one event while it lasts and afterwards, across restarts, and the value after midnight covers two days', async () => {
    const { store, said, texts } = await collect(
      ['2026-03-25T20:00:00Z', '2026-03-26T06:00:00Z'],
      ['2026-03-25T14:10:00Z', '2026-03-27T12:00:00Z'],
      ['2026-03-25T19:00:00Z', '2026-03-26T03:20:00Z', '2026-03-26T04:50:00Z'],
    );
    const text = 'counter not updated from 2026-03-25 20:10 to 2026-03-26 06:10 UTC; the value of 2026-03-26 covers 2 days';

    expect([...said]).toEqual(['2026-03-25T20:10:00.000Z']);
    expect([...texts]).toEqual(['counter not updated since 2026-03-25 20:10 UTC', text]);
    expect(await frozenTexts(store)).toEqual([text]);
    expect(await frozenTexts(store, 'acme/tool')).toEqual([text]);
    expect(await detailsSince(store, '2026-03-25', 'acme/app')).toEqual([
      ['2026-03-25', 1, 'frozen'],
      ['2026-03-26', 2, 'read'],
      ['2026-03-27', 1, 'read'],
    ]);
    const { series } = await seriesWithFreezes(store, {});
    // The numbers are those of the stored totals.
    const plain = await store.totals({});
    expect([...pullsByDay(series)]).toEqual([...pullsByDay(plain)]);
    expect([...totalsByDay(series)]).toEqual([...totalsByDay(plain)]);
  });

  it('is still one event when it lasts for days', async () => {
    const { store, said } = await collect(
      ['2026-04-05T15:00:00Z', '2026-04-08T06:00:00Z'],
      ['2026-04-05T10:10:00Z', '2026-04-09T12:00:00Z'],
      ['2026-04-06T13:00:00Z'],
    );

    expect([...said]).toEqual(['2026-04-05T15:10:00.000Z']);
    expect(await frozenTexts(store)).toEqual([
      'counter not updated from 2026-04-05 15:10 to 2026-04-08 06:10 UTC; the value of 2026-04-08 covers 4 days',
    ]);
  });

  it('is found by a process that began in it, from the last total that was stored before', async () => {
    const { said } = await collect(
      ['2026-03-25T20:00:00Z', '2026-03-26T10:00:00Z'],
      ['2026-03-25T14:10:00Z', '2026-03-27T12:00:00Z'],
      ['2026-03-25T22:00:00Z'],
    );

    expect([...said]).toEqual(['2026-03-25T22:10:00.000Z']);
    const afterHours = await collect(
      ['2026-03-25T20:00:00Z', '2026-03-26T10:00:00Z'],
      ['2026-03-25T14:10:00Z', '2026-03-27T12:00:00Z'],
      ['2026-03-25T22:00:00Z'],
      3 * hour,
    );
    expect([...afterHours.said]).toEqual(['2026-03-25T22:10:00.000Z']);
  });

  it('is found by a process that only followed the runs of another one, which has ended', async () => {
    const clock = createFixedClock('2026-03-25T14:10:00Z', { manual: true });
    const store = await watchedStore('2026-03-25');
    const list = { ...createWorkList({ clock, random: () => 0.5, intervalMs: hour }), pollMs: 60_000 };
    const frozen = ['2026-03-25T20:00:00Z', '2026-03-26T06:00:00Z'] as const;
    const [first, second] = [0, 1].map(() => createTestEngine([hub(clock, frozen)], { store, clock, list }).engine);
    first?.start();
    await clock.advance(30_000);
    second?.start();
    await clock.advance(8 * hour);
    await first?.stop();
    await clock.advance(10 * hour);
    await second?.stop();

    expect(await frozenTexts(store)).toEqual([
      expect.stringMatching(
        /^counter not updated from 2026-03-25 20:\d\d to 2026-03-26 06:\d\d UTC; the value of 2026-03-26 covers 2 days$/,
      ),
    ]);
  });

  it('stays known when retention has deleted the snapshots of these days', async () => {
    const event = { registry: 'dockerhub', detail: 'acme' } as const;
    const store = await watchedStore('2026-04-20');
    const [since, resumed] = ['2026-03-25T20:10:00.000Z', '2026-03-26T06:10:00.000Z'];
    await store.save(
      [],
      [
        { ...event, kind: 'counters_stopped', time: since, seenAt: '2026-03-26T01:10:00.000Z' },
        { ...event, kind: 'counters_resumed', time: resumed, seenAt: resumed },
      ],
    );
    const before = await frozenTexts(store);
    const clock = createFixedClock('2026-04-20T00:10:00.000Z', { manual: true });
    const { run } = createTestEngine([hub(clock, [start, start])], { store, clock, retentionDays: 10 });
    for (let runs = 0; runs < 3; runs += 1) {
      await run();
      await clock.advance(24 * hour);
    }

    expect((await store.days())[0]).toBe('2026-04-12');
    expect(before).toHaveLength(1);
    expect(await frozenTexts(store)).toEqual(before);
    expect((await seriesWithFreezes(store, {})).series[0]?.still?.size).toBe(1);
  });
});
