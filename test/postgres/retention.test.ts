/** What retention leaves as it is in PostgreSQL, also when the clock of one of several collectors is wrong. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeRetention } from '../../src/collect/testing/retention.ts';
import { tracked } from '../../src/collect/testing/fake-registry.ts';
import { createIdleStore } from '../../src/collect/testing/idle-store.ts';
import { createTestEngine } from '../../src/collect/testing/test-engine.ts';
import type { TrackedRegistry } from '../../src/collect/plan.ts';
import { dayMs } from '../../src/core/model/day.ts';
import { formatRepo } from '../../src/core/model/image-ref.ts';
import type { Clock, SnapshotStore } from '../../src/core/ports.ts';
import type { Migration } from '../../src/store/postgres/schema.ts';
import { openPostgresStore } from '../../src/store/postgres/store.ts';
import { totalsOf } from '../../src/store/testing/store-under-test.ts';
import { createFixedClock } from '../support/fixed-clock.ts';
import { readMigrations, startPostgres, type TestDatabase } from '../support/postgres.ts';
import { createRecordingLog } from '../support/recording-log.ts';

let database: TestDatabase;
let migrations: readonly Migration[];

beforeAll(async () => {
  [database, migrations] = await Promise.all([startPostgres(), readMigrations()]);
});

afterAll(() => database.dispose());

const open = (url: string, clock: Pick<Clock, 'now'>): Promise<SnapshotStore> =>
  openPostgresStore({ url, migrations, clock, log: createRecordingLog() });

describeRetention('PostgreSQL', async (clock) => {
  const url = await database.createWithTables();
  let store = await open(url, clock);
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await open(url, clock);
      return store;
    },
  };
});

/** One that dates its readings by the clock of the collector, as all do. */
function dated(clock: Clock): TrackedRegistry {
  const registry = tracked({ targets: ['acme/app'] });
  let total = 100;
  return {
    ...registry,
    source: {
      ...registry.source,
      read: async (ref) => ({
        reading: { registry: 'dockerhub', repo: formatRepo(ref), pullCount: (total += 10), readAt: new Date(clock.now()).toISOString() },
      }),
    },
  };
}

describe('a collector whose clock is eleven months ahead, on a shared database', () => {
  it.each([true, false])('deletes nothing and hides nothing from the others (totals kept: %s)', async (keepTotals) => {
    const url = await database.createWithTables();
    const clock = createFixedClock('2026-03-14T10:00:00.000Z', { manual: true });
    const wrongClock = createFixedClock('2027-02-14T10:00:00.000Z', { manual: true });
    const [store, wrongStore] = [await open(url, clock), await open(url, wrongClock)];
    const retention = { retentionDays: 30, keepTotals };
    const right = createTestEngine([dated(clock)], { ...createIdleStore(store), clock, ...retention });
    const wrong = createTestEngine([dated(wrongClock)], { ...createIdleStore(wrongStore), clock: wrongClock, ...retention });
    for (let day = 0; day < 4; day += 1) {
      await right.run();
      await clock.advance(dayMs);
    }
    const before = [await store.days(), await totalsOf(store), await store.latest({}), await store.events()];
    expect(await store.days()).toHaveLength(4);

    await wrong.run();

    const after = [await store.days(), await totalsOf(store), await store.latest({}), await store.events()];
    expect(after).toEqual(before);
    expect(await store.heldBack()).toEqual(['2027-02-14']);
    await right.run();
    expect(await store.days()).toHaveLength(5);
    await Promise.all([store.close(), wrongStore.close()]);
  });
});
