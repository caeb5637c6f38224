/** Read-only access to the history of a folder: takes no lock and writes nothing, so it does not disturb a running service. */
import type { SnapshotStore } from '../../core/ports.ts';
import { holdBackAnswers } from '../hold-back.ts';
import { maxFileBytes, maxWholeBytes } from './whole-limit.ts';
import { createDayFolder } from './day-folder.ts';
import { nodeFileSystem } from './file-system.ts';
import { nodeHost } from './host.ts';
import { createKeptTotals } from './kept-totals.ts';
import { loadIndex, storedReadings } from './load-index.ts';
import { createIndexCache, type IndexCacheDeps } from './index-cache.ts';
import { unusableFolder } from './storage-error.ts';

/** @throws AppError misconfigured when the folder does not exist or cannot be read */
export async function readHistory(
  deps: Pick<IndexCacheDeps, 'directory' | 'clock' | 'log'>,
): Promise<Pick<SnapshotStore, 'totals' | 'dailyTotals' | 'latest' | 'daySums' | 'days' | 'readings' | 'events' | 'countEvents'>> {
  const machine = { ...deps, files: nodeFileSystem, host: nodeHost };
  const folder = createDayFolder({ ...machine, maxBytes: maxFileBytes, maxWholeBytes: maxWholeBytes() });
  const days = await folder.days().catch((error: unknown) => {
    throw unusableFolder(error, 'readable', { directory: deps.directory, owner: nodeHost.owner });
  });
  const totals = createKeptTotals(machine);
  const loaded = await loadIndex({ folder, totals }, days, createIndexCache(machine));
  const { index } = loaded;
  const answers = {
    totals: async (query) => index.totals(query),
    dailyTotals: async (query, range, options) => index.dailyTotals(query, range, options),
    latest: async (query) => index.latest(query),
    daySums: async (registries) => index.daySums(registries),
    days: async () => index.days(),
    readings: storedReadings({ folder, totals, ...loaded }),
    events: async (query) => index.events(query),
    countEvents: async (query) => index.events(query).length,
  } satisfies Partial<SnapshotStore>;
  return holdBackAnswers(answers, deps);
}
