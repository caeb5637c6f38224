/** The store of a configuration. */
import { hostname } from 'node:os';
import migrations from '../../dist/migrations.json' with { type: 'json' };
import type { Config } from '../config/load.ts';
import type { NotifyingStore } from '../core/ports.ts';
import { openHistory, openStore, type Database, type History, type StoreDeps } from '../store/index.ts';
import { AppError } from '../core/model/errors.ts';
import type { World } from './world.ts';

/** @throws AppError when it cannot be opened */
export function openStoreOf(
  config: Config,
  { clock, log, files }: Pick<World, 'clock' | 'log' | 'files'>,
  opening: Pick<StoreDeps, 'signal' | 'observer' | 'mayBeReadOnly'> = {},
): Promise<NotifyingStore> {
  const who = { pid: process.pid, hostname: hostname() };
  return openStore({ ...opening, ...who, directory: config.dataDir, clock, log, files, database: databaseOf(config) });
}

/** Undefined where snapshots are files. */
export function databaseOf({ databaseUrl }: Config): Database | undefined {
  return databaseUrl === '' ? undefined : { url: databaseUrl, migrations };
}

/** The database that a service works with: one that only serves may have a replica for itself. */
export function servedDatabaseOf(config: Config): Database | undefined {
  const { role, databaseUrlRead } = config;
  return role === 'api' && databaseUrlRead !== '' ? { url: databaseUrlRead, migrations, isReplica: true } : databaseOf(config);
}

/** What is stored, only to be read. @throws AppError when it cannot be opened */
export function historyOf(config: Config, { clock, log }: World): Promise<History> {
  return openHistory({ directory: config.dataDir, clock, log, database: databaseOf(config) });
}

/** @throws AppError invalid_input where the snapshots are in a database */
export function refuseDatabase({ databaseUrl }: Config, instead: string): void {
  if (databaseUrl !== '') throw new AppError('invalid_input', `the snapshots are in PostgreSQL: use ${instead}`);
}
