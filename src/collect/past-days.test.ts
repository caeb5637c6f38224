import { describe, expect, it } from 'vitest';
import { createFixedClock } from '../../test/support/fixed-clock.ts';
import { createRecordingLog } from '../../test/support/recording-log.ts';
import { AppError } from '../core/model/errors.ts';
import { snapshotDay, type Reading } from '../core/model/reading.ts';
import type { SnapshotStore } from '../core/ports.ts';
import { createMemoryStore } from '../store/memory.ts';
import { createLookUp, createPastDays, type PastDaysDeps } from './past-days.ts';
import { reading, start } from './testing/fake-registry.ts';

const recentDays = [
  { day: '2026-03-14', pulls: 5 },
  { day: '2026-03-13', pulls: 20 },
  { day: '2026-03-12', pulls: 30 },
];
/** Of a registry without a lifetime total: what it published since a day, and no more. */
const summed: Reading = { ...reading('quay', 'acme/app', 55), recentDays, totalSince: '2026-03-12' };

function setUp({ store = createMemoryStore(), backfill = { retentionDays: 0 } }: Partial<Pick<PastDaysDeps, 'store' | 'backfill'>> = {}) {
  const log = createRecordingLog();
  return { store, log, addPastDays: createPastDays({ store, clock: createFixedClock(start), log, backfill }) };
}

function totals(readings: readonly Reading[]): unknown {
  return Object.fromEntries(readings.map((each) => [snapshotDay(each), each.pullCount]));
}

const broken: SnapshotStore = { ...createMemoryStore(), totals: () => Promise.reject(new AppError('unreachable', 'the database is away')) };

describe('the past of a reading', () => {
  it('is nothing where the registry publishes no days, and the store is not even asked', async () => {
    const { addPastDays, log } = setUp({ store: broken });

    expect(await addPastDays(reading('dockerhub', 'acme/app', 10))).toEqual([reading('dockerhub', 'acme/app', 10)]);
    expect(log.lines).toEqual([]);
  });

  it('is the sum of the days that a registry without a lifetime total publishes, going on from the stored sum', async () => {
    const { store, addPastDays } = setUp();
    await store.save([{ ...reading('quay', 'acme/app', 1000, '2026-03-11T12:00:00.000Z'), day: '2026-03-11', totalSince: '2026-01-01' }]);

    const readings = await addPastDays(summed);

    expect(totals(readings)).toEqual({ '2026-03-12': 1030, '2026-03-13': 1050, '2026-03-14': 1055 });
    expect(new Set(readings.map(({ totalSince }) => totalSince))).toEqual(new Set(['2026-01-01']));
  });

  it('leaves out days of a sum that retention would delete again, but never the newest', async () => {
    const { addPastDays } = setUp({ backfill: { retentionDays: 1 } });

    expect(totals(await addPastDays(summed))).toEqual({ '2026-03-13': 50, '2026-03-14': 55 });
  });

  it('corrects stored days of a sum without backfill, and adds none', async () => {
    const store = createMemoryStore();
    await store.save([{ ...reading('quay', 'acme/app', 40, '2026-03-13T12:00:00.000Z'), day: '2026-03-13', totalSince: '2026-03-12' }]);
    const addPastDays = createPastDays({ store, clock: createFixedClock(start), log: createRecordingLog() });

    expect(totals(await addPastDays(summed))).toEqual({ '2026-03-13': 50, '2026-03-14': 55 });
  });

  it.each([
    ['a lifetime total is stored as it is', { ...reading('ghcr', 'acme/app', 10), recentDays }, 1],
    ['a sum is not stored, as it would look like a fall', summed, 0],
  ])('when the store cannot be asked, %s', async (_, read, stored) => {
    const { addPastDays, log } = setUp({ store: broken });

    expect(await addPastDays(read)).toEqual([read].slice(0, stored));
    expect(log.lines).toMatchObject([
      { level: 'warn', fields: { registry: read.registry, repo: 'acme/app', reason: 'the database is away' } },
    ]);
  });
});

describe('a look-up for several images', () => {
  it('is made once, when the first of them is wanted, and finds each', async () => {
    const memory = createMemoryStore();
    await memory.save([reading('ghcr', 'acme/app', 10), reading('ghcr', 'acme/tool', 20), reading('quay', 'acme/app', 30)]);
    const queried: unknown[] = [];
    const store: SnapshotStore = { ...memory, totals: (query) => (queried.push(query.repos), memory.totals(query)) };
    const lookUp = createLookUp(store, 'ghcr', ['acme/app', 'acme/tool', 'acme/new']);
    expect(queried).toEqual([]);

    const found = [await lookUp('acme/tool'), await lookUp('acme/app'), await lookUp('acme/new')];

    expect(found.map(({ series, latest }) => [series && Array.from(series.totals), latest?.pullCount])).toEqual([
      [[20], 20],
      [[10], 10],
      [undefined, undefined],
    ]);
    expect(queried).toEqual([new Set(['acme/app', 'acme/tool', 'acme/new'])]);
  });

  it('is made again for the next image after it has failed', async () => {
    let failures = 1;
    const memory = createMemoryStore();
    await memory.save([reading('ghcr', 'acme/app', 10)]);
    const store: SnapshotStore = { ...memory, totals: (query) => (failures-- > 0 ? broken.totals(query) : memory.totals(query)) };
    const lookUp = createLookUp(store, 'ghcr', ['acme/app']);

    await expect(lookUp('acme/app')).rejects.toMatchObject({ code: 'unreachable' });

    expect(await lookUp('acme/app')).toMatchObject({ latest: { pullCount: 10 } });
  });
});
