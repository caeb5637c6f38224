/** `backup`: an archive of the folder. */
import type { Config } from '../config/load.ts';
import { type BackupDeps, backupFolder } from '../store/index.ts';
import { refuseDatabase } from './store.ts';
import { type Overrides, createWorld, version } from './world.ts';

/** The bytes of an archive of all snapshots. @throws AppError misconfigured when they cannot be read, or are in a database */
export function backupHistory(config: Config, onProgress: BackupDeps['onProgress'], overrides: Overrides = {}): AsyncIterable<Uint8Array> {
  refuseDatabase(config, 'pg_dump, or export --format ndjson');
  const { clock } = createWorld(config, overrides);
  return backupFolder({ directory: config.dataDir, clock, version, ...(onProgress ? { onProgress } : {}) });
}
