/** The store of a configuration. */
import { hostname } from 'node:os';
import migrations from '../../dist/migrations.json' with { type: 'json' };
import type { Config } from '../config/load.ts';
import type { SnapshotStore } from '../core/ports.ts';
import { openStore, type Database } from '../store/index.ts';
import type { World } from './world.ts';

/** @throws AppError when it cannot be opened */
export function openStoreOf(config: Config, { clock, log, files }: Pick<World, 'clock' | 'log' | 'files'>): Promise<SnapshotStore> {
  return openStore({ directory: config.dataDir, clock, log, files, pid: process.pid, hostname: hostname(), database: databaseOf(config) });
}

/** Undefined where snapshots are files. */
export function databaseOf({ databaseUrl }: Config): Database | undefined {
  return databaseUrl === '' ? undefined : { url: databaseUrl, migrations };
}
