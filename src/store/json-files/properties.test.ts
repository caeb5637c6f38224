import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromEpochDay, toEpochDay } from '../../core/model/day.ts';
import type { Reading } from '../../core/model/reading.ts';
import type { SnapshotStore } from '../../core/ports.ts';
import { createMemoryStore } from '../memory.ts';
import { documentOf, totalsOf } from '../testing/store-under-test.ts';
import { sumsOf } from '../testing/kept.ts';
import { nodeFileSystem, type FileSystem } from './file-system.ts';
import { createTestFolder } from './testing/folder.ts';

/** The same without waiting for the disk. */
const fastFiles: FileSystem = {
  ...nodeFileSystem,
  async create(path) {
    return { ...(await nodeFileSystem.create(path)), sync: async () => undefined };
  },
  syncFolder: async () => undefined,
};

const firstDay = toEpochDay('2026-03-10');

/** Readings of a few images over a few days; no two of them were read at the same moment. */
const readings: fc.Arbitrary<Reading[]> = fc
  .array(
    fc.record({
      registry: fc.constantFrom('dockerhub', 'ghcr', 'quay'),
      repo: fc.constantFrom('acme/app', 'acme/tool', 'acme/charts%2Fapp'),
      pullCount: fc.nat(),
      day: fc.nat({ max: 4 }),
      tagCount: fc.option(fc.nat(), { nil: undefined }),
      lastUpdated: fc.option(fc.constantFrom('2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z'), { nil: undefined }),
      mark: fc.constantFrom(undefined, undefined, 'backfilled' as const),
    }),
    { maxLength: 12 },
  )
  .map((drafts) =>
    drafts.map(({ day, ...draft }, at) => {
      const seconds = String((at * 7) % 60).padStart(2, '0');
      return { ...draft, readAt: `${fromEpochDay(firstDay + day)}T10:${String(at).padStart(2, '0')}:${seconds}.000Z` };
    }),
  );

async function withStore(check: (store: SnapshotStore, reopen: () => Promise<SnapshotStore>) => Promise<void>): Promise<void> {
  const folder = await createTestFolder();
  let store = await folder.open({ files: fastFiles });
  try {
    await check(store, async () => {
      await store.close();
      store = await folder.open({ files: fastFiles });
      return store;
    });
  } finally {
    await store.close();
    await folder.remove();
  }
}

async function answersOf(store: SnapshotStore): Promise<unknown> {
  return { days: await store.days(), totals: await totalsOf(store), latest: await store.latest({}), sums: await sumsOf(store) };
}

describe('a folder of JSON files', () => {
  it('is the same after everything was saved again', async () => {
    await fc.assert(
      fc.asyncProperty(readings, (all) =>
        withStore(async (store) => {
          await store.save(all);
          const before = [await answersOf(store), await documentOf(store, '2026-03-12')];

          await store.save(all);

          expect([await answersOf(store), await documentOf(store, '2026-03-12')]).toEqual(before);
        }),
      ),
      { numRuns: 25 },
    );
  });

  it('has the same totals in whatever order, and in however many saves, the readings come', async () => {
    const shuffled = readings.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));

    await fc.assert(
      fc.asyncProperty(shuffled, ([all, other]) =>
        withStore(async (store) => {
          const atOnce = createMemoryStore();
          await atOnce.save(all);

          for (const reading of other) await store.save([reading]);

          expect(await totalsOf(store)).toEqual(await totalsOf(atOnce));
        }),
      ),
      { numRuns: 25 },
    );
  });

  it('answers as the memory store does after any saves and prunes, and again when it is opened anew', async () => {
    const prune = fc.record({ before: fc.nat({ max: 5 }).map((day) => fromEpochDay(firstDay + day)), withTotals: fc.boolean() });

    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof({ weight: 3, arbitrary: readings }, prune), { maxLength: 6 }), (steps) =>
        withStore(async (store, reopen) => {
          const memory = createMemoryStore();
          for (const step of steps) {
            for (const each of [store, memory]) await ('before' in step ? each.prune(step.before, step) : each.save(step));
            expect(await answersOf(store)).toEqual(await answersOf(memory));
          }

          expect(await answersOf(await reopen())).toEqual(await answersOf(memory));
        }),
      ),
      {
        numRuns: 40,
        examples: [
          [
            [
              [
                {
                  registry: 'quay',
                  repo: 'acme/tool',
                  pullCount: 0,
                  readAt: '2026-03-10T10:00:00.000Z',
                  tagCount: 3,
                  lastUpdated: '2026-03-01T00:00:00Z',
                },
                { registry: 'quay', repo: 'acme/tool', pullCount: 0, readAt: '2026-03-11T10:01:07.000Z' },
              ],
              { before: '2026-03-12', withTotals: false },
              { before: '2026-03-11', withTotals: true },
            ],
          ],
        ],
      },
    );
  });
});
