import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foundEvents } from '../../../test/support/found-events.ts';
import { createMemoryStore } from '../../store/memory.ts';
import { addDays } from '../model/day.ts';
import type { Reading } from '../model/reading.ts';
import type { SeriesQuery } from '../model/query.ts';
import type { SnapshotStore } from '../ports.ts';
import { findEventsSince } from './event-list.ts';

/** A store that gives of a range no more than it has to: its days, and the newest known one before it. */
function sparing(store: SnapshotStore): SnapshotStore {
  return {
    ...store,
    async totals(query, range = {}) {
      const { from = '' } = range;
      return (await store.totals(query)).map((image) => {
        const known = Array.from(image.days);
        const first = Math.max(0, known.filter((day) => from !== '' && day < Date.parse(from) / 86_400_000).length - 1);
        return {
          ...image,
          days: known.slice(first),
          totals: Array.from(image.totals).slice(first),
          marks: Array.from({ length: known.length - first }, (_, at) => image.marks.at(first + at) ?? 'read'),
        };
      });
    },
  };
}

const start = '2026-01-01';

const readings: fc.Arbitrary<readonly Reading[]> = fc.array(
  fc.record({
    registry: fc.constantFrom('dockerhub', 'ghcr'),
    repo: fc.constantFrom('acme/app', 'acme/tool'),
    pullCount: fc.oneof(fc.nat({ max: 3_000 }), fc.constantFrom(0, 100, 999, 1_000)),
    readAt: fc.integer({ min: 0, max: 20 }).map((days) => `${addDays(start, days)}T10:00:00.000Z`),
    mark: fc.constantFrom('backfilled' as const, undefined, undefined, 'inconsistent' as const),
  }),
  { minLength: 1, maxLength: 30 },
);

describe('the events since a day', () => {
  it('are those of the whole history, whatever it is and however little of it is read', async () => {
    await fc.assert(
      fc.asyncProperty(readings, fc.integer({ min: 0, max: 21 }), async (all, days) => {
        const store = createMemoryStore();
        await store.save(all);
        const from = addDays(start, days);
        const expected = await foundEvents({ store, groups: [] }, { images: {}, range: { from } });

        expect(await findEventsSince(sparing(store), [], from)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('have a freeze, the value after it without a milestone', async () => {
    const store = createMemoryStore();
    const totals = Array.from({ length: 60 }, (_, at) => 1_000 + 450 * (at === 50 ? 49 : at));
    await store.save(
      totals.map((pullCount, at) => ({
        registry: 'dockerhub',
        repo: 'acme/app',
        pullCount,
        readAt: `${addDays(start, at)}T10:00:00.000Z`,
      })),
    );
    const from = addDays(start, 50);
    const events = await findEventsSince(sparing(store), [], from);

    expect(events).toEqual(await foundEvents({ store, groups: [] }, { images: {}, range: { from } }));
    expect(events.map(({ kind }) => kind)).toContain('frozen');
  });

  it('have a freeze that was recorded, for the registry and for the images that it is about', async () => {
    const store = createMemoryStore();
    const totals = [100, 900, 1_200, 1_300];
    const read = ['acme/app', 'other/app'].flatMap((repo) =>
      totals.map((pullCount, at) => ({ registry: 'dockerhub', repo, pullCount, readAt: `${addDays(start, at)}T23:10:00.000Z` })),
    );
    const event = { registry: 'dockerhub', detail: 'acme' };
    const stopped = {
      ...event,
      kind: 'counters_stopped',
      time: `${addDays(start, 1)}T20:10:00.000Z`,
      seenAt: `${addDays(start, 2)}T01:00:00.000Z`,
    } as const;
    const resumed = {
      ...event,
      kind: 'counters_resumed',
      time: `${addDays(start, 2)}T05:10:00.000Z`,
      seenAt: `${addDays(start, 2)}T05:11:00.000Z`,
    } as const;
    await store.save(read, [stopped, resumed]);
    const kinds = new Set(['frozen', 'milestone'] as const);
    const found = async (images: SeriesQuery): Promise<string[]> =>
      Array.from(await foundEvents({ store, groups: [] }, { images, range: {}, kinds }), ({ repo = '', text }) => `${repo}: ${text}`);
    const frozen = ': counter not updated from 2026-01-02 20:10 to 2026-01-03 05:10 UTC; the value of 2026-01-03 covers 2 days';

    // The milestone of acme/app comes from the jump.
    expect(await found({})).toEqual([frozen, 'other/app: passed 1,000 pulls']);
    expect(await found({ repos: new Set(['acme/app']) })).toEqual([frozen]);
    expect(await found({ repos: new Set(['other/app']) })).toEqual(['other/app: passed 1,000 pulls']);
    // What is not stored yet counts.
    const since = await findEventsSince({ ...store, events: async () => [] }, [stopped, resumed], start);
    expect(since.filter(({ kind }) => kind === 'frozen')).toHaveLength(1);
  });
});
