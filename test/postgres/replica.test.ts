/** Serving from a read-only replica that follows its primary. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPostgresStore } from '../../src/store/postgres/store.ts';
import { reading } from '../../src/store/testing/readings.ts';
import { sumsOf } from '../../src/store/testing/kept.ts';
import { openSqlClient, readMigrations, startPostgres, type TestDatabase, type TestReplica } from '../support/postgres.ts';
import { startService } from '../support/program.ts';
import { createRecordingLog } from '../support/recording-log.ts';

let primary: TestDatabase;
let replica: TestReplica;
const name = 'test_1';

beforeAll(async () => {
  primary = await startPostgres();
  await primary.create();
  replica = await primary.replicate();
});

afterAll(async () => {
  await replica.dispose();
  await primary.dispose();
});

it('follows what is saved in its primary, refuses to save, and is served by an API of its own', async () => {
  const migrations = await readMigrations();
  const store = await openPostgresStore({ url: primary.urlOf(name), migrations, clock: Date, log: createRecordingLog() });
  await store.save([reading('acme/app', 100, '2026-03-14')]);
  await expect.poll(() => hasTables(replica.urlOf(name))).toBe(true);
  const copy = await openPostgresStore({
    url: replica.urlOf(name),
    migrations,
    clock: Date,
    log: createRecordingLog(),
    isReplica: true,
    replicaPollMs: 50,
  });
  const before = copy.version();

  await store.save([reading('acme/app', 130, '2026-03-15')]);

  await expect.poll(() => copy.version()).not.toBe(before);
  expect(await copy.latest({})).toEqual(await store.latest({}));
  expect(await sumsOf(copy)).toEqual(await sumsOf(store));
  await expect(copy.save([reading('acme/app', 140, '2026-03-16')])).rejects.toThrow(/is read-only/);

  const service = await startService({
    ROLE: 'api',
    DATABASE_URL: primary.urlOf(name),
    DATABASE_URL_READ: replica.urlOf(name),
    HEALTH_FILE: '',
    LISTEN_ADDR: '127.0.0.1:0',
  });
  await expect.poll(async () => (await fetch(`${service.url}/api/images`)).json()).toMatchObject([{ pull_count: 130 }]);
  expect((await fetch(`${service.url}/api/status`)).status).toBe(200);
  await service.stop();
  await Promise.all([copy.close(), store.close()]);
});

/** Whether the newest migration has come through. */
async function hasTables(url: string): Promise<boolean> {
  const client = await openSqlClient(url);
  try {
    const [row] = await client.query('SELECT count(*)::int AS count FROM image_values');
    return row?.['count'] === 1;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}
