/** Opens the store that the configuration asks for; the only place that chooses between them. */
import type { SnapshotStore } from '../core/ports.ts';
import { readHistory, type History } from './json-files/history.ts';
import { openJsonFileStore, type JsonFileStoreDeps } from './json-files/store.ts';

export { backupFolder, type BackupDeps } from './json-files/backup/backup.ts';
export { restoreFolder, type RestoreDeps, type Restored } from './json-files/backup/restore.ts';

export type StoreDeps = JsonFileStoreDeps;

/**
 * Opens the store; it has to be closed when done.
 * @throws AppError misconfigured (its place cannot be used), conflict (another process uses it), internal (the medium fails)
 */
export function openStore(deps: StoreDeps): Promise<SnapshotStore> {
  return openJsonFileStore(deps);
}

/**
 * Reads what is stored without opening it for changes: a service may be running on it.
 * @throws AppError misconfigured when its place cannot be read
 */
export function openHistory(deps: Pick<StoreDeps, 'directory' | 'clock' | 'log'>): Promise<History> {
  return readHistory(deps);
}
