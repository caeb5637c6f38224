/** The history of a folder for those who only look: no lock is taken and nothing is written, so a running service is not disturbed. */
import type { SnapshotStore } from '../../core/ports.ts';
import { readingsByDay } from '../readings-by-day.ts';
import { maxFileBytes } from './day-file.ts';
import { createDayFolder } from './day-folder.ts';
import { nodeFileSystem } from './file-system.ts';
import { nodeHost } from './host.ts';
import { loadIndex } from './load-index.ts';
import { createSidecar, type SidecarDeps } from './sidecar.ts';
import { unusableFolder } from './storage-error.ts';

/** @throws AppError misconfigured when the folder is not there or cannot be read */
export async function readHistory(
  deps: Pick<SidecarDeps, 'directory' | 'clock' | 'log'>,
): Promise<Pick<SnapshotStore, 'totals' | 'latest' | 'days' | 'readings' | 'events'>> {
  const machine = { ...deps, files: nodeFileSystem, host: nodeHost };
  const folder = createDayFolder({ ...machine, maxBytes: maxFileBytes });
  const days = await folder.days().catch((error: unknown) => {
    throw unusableFolder(error, 'readable', { directory: deps.directory, owner: nodeHost.owner });
  });
  const { index } = await loadIndex(folder, days, await createSidecar(machine).read());
  return {
    totals: async (query) => index.totals(query),
    latest: async (query) => index.latest(query),
    days: async () => index.days(),
    readings: (query, range) => readingsByDay(index.days(), (day) => folder.document(day), query, range),
    events: async () => index.events(),
  };
}
