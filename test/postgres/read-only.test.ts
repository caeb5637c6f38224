/** Reading a database: it never changes the tables, says which version is there, and needs no right but to read. */
import { inspect } from 'node:util';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/app/system-clock.ts';
import { openDatabase } from '../../src/store/postgres/database.ts';
import { openPostgresHistory, type PostgresHistory } from '../../src/store/postgres/history.ts';
import type { Migration } from '../../src/store/postgres/schema.ts';
import { openPostgresStore } from '../../src/store/postgres/store.ts';
import { event, reading } from '../../src/store/testing/readings.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { openSqlClient, readMigrations, startPostgres, type TestDatabase } from '../support/postgres.ts';
import { runProgram } from '../support/program.ts';

let database: TestDatabase;
let migrations: readonly Migration[];
let directory: string;

beforeAll(async () => {
  [database, migrations, directory] = await Promise.all([
    startPostgres(),
    readMigrations(),
    mkdtemp(join(tmpdir(), 'registry-stats-reader-')),
  ]);
  const admin = await openSqlClient(database.urlOf('postgres'));
  await admin.query(`CREATE ROLE looker LOGIN PASSWORD 'look'`);
  await admin.end();
});

afterAll(async () => {
  await database.dispose();
  await rm(directory, { recursive: true });
});

const log = createRecordingLog();
const openHistory = (url: string, own = migrations): Promise<PostgresHistory> =>
  openPostgresHistory({ url, migrations: own, clock: systemClock, log });
const older = (): readonly Migration[] => migrations.slice(0, -1);
const versions = (): readonly string[] => migrations.map(({ name }) => name.replace('.sql', ''));

/** A database of the version before, with one total as that version wrote it. */
async function createOlder(): Promise<string> {
  const url = await database.create();
  const store = await openPostgresStore({ url, migrations: older(), clock: systemClock, log });
  await store.database.query(sql`
    WITH image AS (INSERT INTO images (registry, repo) VALUES ('ghcr', 'acme/app') RETURNING id), days AS (INSERT INTO snapshot_days VALUES ('2026-03-14'))
    SELECT FROM image`);
  await store.close();
  return url;
}

/** A database with one total and one event. */
async function createFilled(): Promise<string> {
  const url = await database.createWithTables();
  const store = await openPostgresStore({ url, migrations, clock: systemClock, log });
  await store.save([reading('acme/app', 7, '2026-03-14')], [event('image_gone', '2026-03-14T09:00:00.000Z')]);
  await store.close();
  return url;
}

/** The same database for a user who may only read. */
async function asReader(url: string): Promise<string> {
  const admin = await openSqlClient(url);
  await admin.query(`GRANT USAGE ON SCHEMA registry_stats TO looker; GRANT SELECT ON ALL TABLES IN SCHEMA registry_stats TO looker`);
  await admin.end();
  return url.replace('postgres:secret', 'looker:look');
}

/** Everything that a migration would change. */
async function schemaOf(url: string): Promise<unknown> {
  const client = await openSqlClient(url);
  const tables = await client.query(`SELECT table_schema, table_name, column_name FROM information_schema.columns
    WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2, 3`);
  const schemas = await client.query(`SELECT nspname FROM pg_namespace ORDER BY 1`);
  await client.end();
  return { tables, schemas };
}

async function run(args: readonly string[], url: string) {
  const program = runProgram(args, { env: { DATABASE_URL: url, LOG_LEVEL: 'error' } });
  return { code: await program.exited, stdout: program.output(), stderr: program.log() };
}

describe('a user who may only read', () => {
  it('gets all that is stored, and the server refuses its changes', async () => {
    const history = await openHistory(await asReader(await createFilled()));

    expect(await history.days()).toEqual(['2026-03-14']);
    expect(await history.totals({})).toMatchObject([{ repo: 'acme/app', totals: [7] }]);
    expect(await history.latest({})).toMatchObject([{ repo: 'acme/app', pullCount: 7 }]);
    for await (const stored of history.readings({})) expect(stored).toMatchObject({ repo: 'acme/app', pullCount: 7 });
    expect(await history.events()).toMatchObject([{ kind: 'image_gone' }]);
    await history.close();
  });

  it('cannot change anything, even with the right to', async () => {
    const url = await createFilled();
    const readOnly = openDatabase({ url, log, isReadOnly: true });

    await expect(readOnly.query(sql`DELETE FROM events`)).rejects.toMatchObject({ cause: { code: '25006' } });

    await readOnly.close();
  });

  it('is told which rights are missing', async () => {
    const url = (await createFilled()).replace('postgres:secret', 'looker:look');

    await expect(openHistory(url)).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('GRANT USAGE ON SCHEMA registry_stats and SELECT ON ALL TABLES'),
    });
  });

  it.each([
    ['report', ['report']],
    ['export', ['export', '--format', 'ndjson']],
    ['import --dry-run', ['import', 'test/fixtures/go-folder', '--dry-run']],
  ])('can run %s', async (_command, args) => {
    const url = await createFilled();

    const result = await run(args, await asReader(url));

    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).not.toBe('');
  });
});

describe('reading tables of another version', () => {
  it('of an older one says so, and changes nothing', async () => {
    const url = await createOlder();
    const before = await schemaOf(url);
    const [needed, there] = versions().toReversed();

    await expect(openHistory(url)).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringMatching(new RegExp(`is at version ${there}, and version ${needed} is needed: run registry-stats migrate`)),
    });
    expect(await schemaOf(url)).toEqual(before);
  });

  it('of a newer one says so', async () => {
    const url = await createFilled();
    const [there, known] = versions().toReversed();

    await expect(openHistory(url, older())).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringMatching(new RegExp(`version ${there}, made by a newer registry-stats; this one knows version ${known}`)),
    });
  });

  it('or of none makes none', async () => {
    const url = await database.create();
    const before = await schemaOf(url);

    await expect(openHistory(url)).rejects.toMatchObject({ message: expect.stringContaining('no tables of registry-stats yet') });
    expect(await schemaOf(url)).toEqual(before);
  });

  it.each([
    ['report', ['report']],
    ['export', ['export', '--format', 'csv']],
    ['import --dry-run', ['import', 'test/fixtures/go-folder', '--dry-run']],
  ])('is refused by %s', async (_command, args) => {
    const url = await createOlder();
    const before = await schemaOf(url);

    const result = await run(args, await asReader(url));

    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('run registry-stats migrate') });
    expect(await schemaOf(url)).toEqual(before);
  });

  it('is mended by migrate, which changes nothing the second time', async () => {
    const url = await createOlder();

    expect(await run(['migrate'], url)).toMatchObject({ code: 0, stdout: `Applied ${migrations.at(-1)?.name}.\n` });
    expect(await run(['migrate'], url)).toMatchObject({ code: 0, stdout: 'The database is up to date.\n' });
    expect(await run(['report'], await asReader(url))).toMatchObject({ code: 0 });
  });
});

describe('an error of the database', () => {
  it.each([
    ['a wrong password', () => database.urlOf('postgres', 'postgres:Tr0ub4dor')],
    ['a missing database', () => database.urlOf('nothing', 'postgres:secret')],
    ['a host where nothing listens', () => 'postgres://postgres:Tr0ub4dor@127.0.0.1:1/x'],
    ['a parameter that is unknown', () => `${database.urlOf('postgres')}?no_such_setting=1`],
  ])('never carries the password, however deep one looks: %s', async (_what, url) => {
    const error: unknown = await openHistory(url()).catch((reason: unknown) => reason);

    expect(error).toMatchObject({ code: expect.stringMatching(/^(misconfigured|unreachable)$/) });
    expect(inspect(error, { depth: null, showHidden: true })).not.toMatch(/Tr0ub4dor|secret/);
  });
});
