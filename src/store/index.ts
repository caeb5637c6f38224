/** Opens the store that the configuration asks for; the only place that chooses between them. */
import type { Clock, Logger, NotifyingStore, Random, SharedPace, SnapshotStore, WorkList } from '../core/ports.ts';
import { readHistory } from './json-files/history.ts';
import { createMemoryStore } from './memory.ts';
import { openJsonFileStore, type JsonFileStoreDeps } from './json-files/store.ts';
export type { OpeningObserver } from './json-files/opening.ts';
import type { Database as PostgresDatabase } from './postgres/database.ts';
import type { Migration } from './postgres/schema.ts';

export { checkFolder } from './json-files/check-folder.ts';
export { backupFolder, type BackupDeps } from './json-files/backup/backup.ts';
export { restoreFolder, type RestoreDeps, type Restored } from './json-files/backup/restore.ts';

/** A PostgreSQL database. */
export interface Database {
  /** `postgres://user:password@host:5432/database` */
  readonly url: string;
  readonly migrations: readonly Migration[];
  /** A read-only copy, which follows its primary some time later; only `openSharedStore` takes one. */
  readonly isReplica?: boolean | undefined;
}

export interface StoreDeps extends JsonFileStoreDeps {
  /** Absent: the folder is the store. */
  readonly database?: Database | undefined;
}

/**
 * Opens the store; it has to be closed when done.
 * @throws AppError misconfigured (its place cannot be used), conflict (another process uses it), unreachable (the database), internal (the medium fails)
 */
export async function openStore({ database, ...deps }: StoreDeps): Promise<NotifyingStore> {
  // Those who keep files do not pay for the database's driver.
  return database ? (await import('./postgres/store.ts')).openPostgresStore({ ...database, ...deps }) : openJsonFileStore(deps);
}

export type History = Pick<
  SnapshotStore,
  'totals' | 'dailyTotals' | 'latest' | 'daySums' | 'days' | 'readings' | 'events' | 'countEvents' | 'close'
>;

/**
 * Reads what is stored and changes nothing: a service may be running on it, and a database is not migrated. It has to be closed when done.
 * @throws AppError misconfigured when its place cannot be read or a database has another version of the tables, unreachable
 */
export async function openHistory({ database, ...deps }: Pick<StoreDeps, 'database' | 'directory' | 'clock' | 'log'>): Promise<History> {
  if (database) return (await import('./postgres/history.ts')).openPostgresHistory({ ...database, ...deps });
  return { ...(await readHistory(deps)), close: async () => undefined };
}

/** A history without a day. */
export function emptyHistory(): History {
  return createMemoryStore();
}

/**
 * Brings the schema of a database up to date. Resolves to the names of the migrations that were applied now.
 * @throws AppError misconfigured, unreachable
 */
export async function migrateDatabase(database: Database, log: Logger): Promise<readonly string[]> {
  const { migrate } = await import('./postgres/schema.ts');
  return withDatabase(database, log, (connection) => migrate(connection, database.migrations));
}

/**
 * Compares what a database keeps for lists and charts with what its totals come to; resolves to what differs, a sentence each.
 * @throws AppError misconfigured, unreachable
 */
export async function verifyDatabase(database: Database, log: Logger): Promise<readonly string[]> {
  const { verifyKept } = await import('./postgres/kept/verify.ts');
  return withDatabase(database, log, verifyKept);
}

/**
 * Works out anew what a database keeps for lists and charts; saves wait meanwhile.
 * @throws AppError misconfigured, unreachable
 */
export async function rebuildDatabase(database: Database, log: Logger): Promise<void> {
  const { rebuildAll } = await import('./postgres/kept/rebuild.ts');
  return withDatabase(database, log, rebuildAll);
}

/**
 * Connects to a database and changes nothing.
 * @throws AppError misconfigured, unreachable
 */
export async function checkDatabase(database: Database, log: Logger): Promise<void> {
  const { ping } = await import('./postgres/schema.ts');
  return withDatabase(database, log, ping);
}

async function withDatabase<T>({ url }: Database, log: Logger, step: (database: PostgresDatabase) => Promise<T>): Promise<T> {
  const { openDatabase } = await import('./postgres/database.ts');
  const database = openDatabase({ url, log });
  try {
    return await step(database);
  } finally {
    await database.close();
  }
}

/** A store that several processes use at once, and what else they share in its database. */
export interface SharedStore {
  readonly store: NotifyingStore;
  readonly sharedList: WorkList;
  readonly pace: SharedPace;
}

export interface SharedStoreDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: Random;
  /** Processes with the same name reach registries from the same address. */
  readonly egress: string;
  /** After so long without a sign of life a process counts as dead. */
  readonly silenceMs: number;
  /** From the start of a run to the start of the next; 0: one run only. */
  readonly intervalMs: number;
}

/** @throws AppError misconfigured, unreachable */
export async function openSharedStore(database: Database, { clock, log, egress, ...deps }: SharedStoreDeps): Promise<SharedStore> {
  const { openPostgresStore } = await import('./postgres/store.ts');
  const { createPostgresWorkList } = await import('./postgres/work-list/work-list.ts');
  const { createSharedPace } = await import('./postgres/work-list/pace.ts');
  const store = await openPostgresStore({ ...database, clock, log });
  const { database: connection } = store;
  return {
    store,
    sharedList: createPostgresWorkList({ ...deps, database: connection }),
    pace: createSharedPace({ database: connection, address: egress }),
  };
}
