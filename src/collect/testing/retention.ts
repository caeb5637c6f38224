/** What retention must leave as it is, whatever the store: the sums of registries without a lifetime total, and every answer made of totals. */
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFixedClock, type FixedClock } from '../../../test/support/fixed-clock.ts';
import { addDays, dayOf, fromEpochDay, toEpochDay, type Day } from '../../core/model/day.ts';
import { formatRepo } from '../../core/model/image-ref.ts';
import type { Reading } from '../../core/model/reading.ts';
import type { Clock, SnapshotStore } from '../../core/ports.ts';
import { pullsByDay, pullsByPeriod, totalsByDay } from '../../core/numbers/series.ts';
import { sumsOf } from '../../store/testing/kept.ts';
import { reading } from '../../store/testing/readings.ts';
import { totalsOf, type MakeStore, type StoreUnderTest } from '../../store/testing/store-under-test.ts';
import type { TrackedRegistry } from '../plan.ts';
import { tracked } from './fake-registry.ts';
import { createIdleStore } from './idle-store.ts';
import { createTestEngine, type TestEngine } from './test-engine.ts';

const firstRun = '2026-03-14T10:00:00.000Z';
const publishedDays = 6;

/** A registry that publishes the counts of its last days and nothing else, as Quay.io does. */
function summing(clock: Clock, pulls: (day: Day) => number): TrackedRegistry {
  const registry = tracked({ id: 'quay', targets: ['acme/app'] });
  return {
    ...registry,
    source: {
      ...registry.source,
      async read(ref) {
        const today = dayOf(clock.now());
        const recentDays = Array.from({ length: publishedDays }, (_, at) => addDays(today, -1 - at)).map((day) => ({
          day,
          pulls: pulls(day),
        }));
        const pullCount = recentDays.reduce((sum, each) => sum + each.pulls, 0);
        const readAt = new Date(clock.now()).toISOString();
        const read: Reading = {
          registry: 'quay',
          repo: formatRepo(ref),
          pullCount,
          readAt,
          totalSince: recentDays.at(-1)?.day,
          recentDays,
        };
        return { reading: read };
      },
    },
  };
}

/** Every answer that is made of totals. */
async function answersOf(store: SnapshotStore): Promise<unknown[]> {
  const series = await store.totals({});
  const options = { split: false };
  return [
    await totalsOf(store),
    [...totalsByDay(series, options)],
    [...pullsByDay(series, options)],
    [...pullsByPeriod(series, 'week', options)],
    [...pullsByPeriod(series, 'month', options)],
    await store.latest({}),
    await sumsOf(store),
  ];
}

export function describeRetention(name: string, make: MakeStore): void {
  describeSums(name, make);
  describePrunes(name, make);
}

function describeSums(name: string, make: MakeStore): void {
  describe(`${name} and RETENTION_DAYS=1`, () => {
    const epoch = toEpochDay('2026-03-08');
    const counts = new Map<Day, number>();
    const pullsOf = (day: Day): number => counts.get(day) ?? (toEpochDay(day) - epoch) * 3 + 100;
    let clock: FixedClock;
    let underTest: StoreUnderTest;
    let store: SnapshotStore;
    let engine: TestEngine;

    beforeEach(async () => {
      counts.clear();
      clock = createFixedClock(firstRun, { manual: true });
      underTest = await make(clock);
      ({ store } = underTest);
      const idle = createIdleStore(store);
      engine = createTestEngine([summing(clock, pullsOf)], { ...idle, clock, backfill: true, retentionDays: 1 });
    });

    afterEach(async () => {
      await store.close();
      await underTest.dispose?.();
    });

    async function runUntil(last: Day): Promise<void> {
      while (dayOf(clock.now()) <= last) {
        await engine.run();
        await clock.advance(Date.parse(addDays(dayOf(clock.now()), 1)) + 36_000_000 - clock.now());
      }
    }

    /** What all pulls since the first published day come to at the end of each day before this one. */
    function expectedTotals(before: Day): Record<Day, number> {
      let total = 0;
      const days = Array.from({ length: toEpochDay(before) - epoch }, (_, at) => fromEpochDay(epoch + at));
      return Object.fromEntries(days.map((day) => [day, (total += pullsOf(day))]));
    }

    it('sum goes on, and every total stays, long after the first published day', async () => {
      await runUntil('2026-03-28');

      expect(await totalsOf(store)).toEqual({ 'quay acme/app': expectedTotals('2026-03-28') });
      expect(await store.latest({})).toMatchObject([{ totalSince: '2026-03-08', historySince: '2026-03-08' }]);
      expect((await store.days()).length).toBeLessThanOrEqual(2);
    });

    it('corrections of days whose snapshots are deleted change their totals and all after them', async () => {
      await runUntil('2026-03-18');
      expect((await store.days()).every((day) => day > '2026-03-15')).toBe(true);
      counts.set('2026-03-14', 1_000);
      counts.set('2026-03-15', 0);
      await runUntil('2026-03-20');

      expect(await totalsOf(store)).toEqual({ 'quay acme/app': expectedTotals('2026-03-20') });
      store = (await underTest.reopen?.()) ?? store;
      expect(await totalsOf(store)).toEqual({ 'quay acme/app': expectedTotals('2026-03-20') });
    });
  });
}

function describePrunes(name: string, make: MakeStore): void {
  describe(`${name} before and after a prune`, () => {
    const readings = fc.array(
      fc.record({
        registry: fc.constantFrom('dockerhub', 'ghcr'),
        repo: fc.constantFrom('acme/app', 'acme/tool'),
        pullCount: fc.nat({ max: 1_000 }),
        day: fc.integer({ min: 0, max: 70 }),
        mark: fc.constantFrom('backfilled' as const, 'closed' as const, 'inconsistent' as const, undefined),
      }),
      { minLength: 1, maxLength: 25 },
    );

    it('has the same answers, whatever is pruned and however often', async () => {
      await fc.assert(
        fc.asyncProperty(readings, fc.array(fc.integer({ min: 0, max: 75 }), { minLength: 1, maxLength: 3 }), async (all, prunes) => {
          const { store, dispose } = await make(createFixedClock(firstRun, { manual: true }));
          await store.save(
            all.map(({ registry, repo, pullCount, day, mark }) => reading(repo, pullCount, addDays('2026-01-02', day), { registry, mark })),
          );
          const before = await answersOf(store);
          for (const day of prunes) {
            await store.prune(addDays('2026-01-02', day));
            expect(await answersOf(store)).toEqual(before);
          }
          await store.close();
          await dispose?.();
        }),
        { numRuns: 20 },
      );
    });
  });
}
