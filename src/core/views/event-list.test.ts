import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../store/memory.ts';
import { addDays } from '../model/day.ts';
import type { Reading } from '../model/reading.ts';
import type { SnapshotStore } from '../ports.ts';
import { findEvents, findEventsSince } from './event-list.ts';

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
        const expected = await findEvents({ store, groups: [] }, { images: {}, range: { from } });

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

    expect(events).toEqual(await findEvents({ store, groups: [] }, { images: {}, range: { from } }));
    expect(events.map(({ kind }) => kind)).toContain('frozen');
  });
});
