import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../store/memory.ts';
import { addDays } from '../model/day.ts';
import type { RecordedEvent } from '../model/event.ts';
import type { DaySum } from '../model/history.ts';
import { addDaySums, daySumKey, daySumsOf } from '../numbers/day-sums.ts';
import { findAllFreezes } from './all-freezes.ts';
import { seriesWithFreezes, stillSums } from './frozen-series.ts';

const start = '2026-01-01';
const days = 30;
const owners = ['acme', 'b'];

function hour(at: number): string {
  return `${addDays(start, Math.floor(at / 24))}T${String(at % 24).padStart(2, '0')}:10:00.000Z`;
}

/** Stops and resumes of both owners at any hours, which may follow each other at once; the last may go on. */
const courses: fc.Arbitrary<readonly RecordedEvent[]> = fc
  .array(
    fc.record({ owner: fc.constantFrom(...owners), hours: fc.uniqueArray(fc.integer({ min: 30, max: days * 24 - 1 }), { maxLength: 9 }) }),
    { maxLength: 2 },
  )
  .map((all) =>
    all.flatMap(({ owner, hours }) =>
      hours
        .toSorted((a, b) => a - b)
        .map((at, index): RecordedEvent => {
          const kind = index % 2 === 0 ? 'counters_stopped' : 'counters_resumed';
          return { time: hour(at), seenAt: hour(at), registry: 'dockerhub', kind, detail: owner };
        }),
    ),
  );

function bySum(sums: readonly DaySum[]): DaySum[] {
  return sums.toSorted((a, b) => (daySumKey(a) < daySumKey(b) ? -1 : 1));
}

describe('the sums of all images', () => {
  it('with what freezes change of them are those of the single images, whatever was recorded', async () => {
    await fc.assert(
      fc.asyncProperty(courses, fc.array(fc.nat({ max: 500 }), { minLength: days, maxLength: days }), async (recorded, pulls) => {
        const store = createMemoryStore();
        const readings = owners.flatMap((owner) => {
          let pullCount = 100;
          return pulls.map((each, at) => ({
            registry: 'dockerhub',
            repo: `${owner}/app`,
            pullCount: (pullCount += each),
            readAt: hour(at * 24 + 23),
          }));
        });
        await store.save(readings, recorded);
        const freezes = await findAllFreezes(store);
        const { series, freezes: same } = await seriesWithFreezes(store, {});

        expect(same).toEqual(freezes);
        const sums = addDaySums([...(await store.daySums()), ...(await stillSums(store, series, freezes))]);
        expect(bySum(sums)).toEqual(bySum(addDaySums(series.flatMap((image) => [...daySumsOf(image)]))));
      }),
      { numRuns: 200 },
    );
  });
});
