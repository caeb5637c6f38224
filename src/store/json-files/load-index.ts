/** The index of a folder: from its cache, and from the files that are new or changed since. */
import type { Day } from '../../core/model/day.ts';
import { parseEvents } from '../../core/document/snapshot-events.ts';
import { parseReadings } from '../../core/document/snapshot.ts';
import type { SnapshotStore } from '../../core/ports.ts';
import { readingsByDay } from '../readings-by-day.ts';
import type { DayFolder } from './day-folder.ts';
import type { FileStamp } from './file-system.ts';
import { createIndex, type Index } from './index.ts';
import type { KeptTotals } from './kept-totals.ts';
import type { CachedIndex } from './index-cache.ts';

export interface LoadedIndex {
  readonly index: Index;
  /** Of every file that the index was made from. */
  readonly stamps: Map<Day, FileStamp>;
  /** Files that had to be read. */
  readonly filesRead: number;
}

interface StoredFiles {
  readonly folder: DayFolder;
  readonly totals: KeptTotals;
}

/** Reads the files that are new or changed, or that were invalid before; all of them without a usable cache; then what is kept of other days. Never rejects. */
export async function loadIndex(
  { folder, totals }: StoredFiles,
  days: readonly Day[],
  cached: CachedIndex | undefined,
): Promise<LoadedIndex> {
  const loaded = await loadDays(folder, days, cached);
  for await (const year of totals.load()) loaded.index.addKept(year);
  return loaded;
}

/** As SnapshotStore.readings. */
export function storedReadings({ folder, totals, index }: StoredFiles & { readonly index: Index }): SnapshotStore['readings'] {
  return (query, range) => {
    const readKept = totals.reader();
    return readingsByDay(index.allDays(), (day) => (index.isKept(day) ? readKept(day) : folder.document(day)), query, range);
  };
}

async function loadDays(folder: DayFolder, days: readonly Day[], cached: CachedIndex | undefined): Promise<LoadedIndex> {
  // Before the files are read: one that changes in between is then read again at the next start.
  const present = new Map<Day, FileStamp>();
  for (const day of days) {
    const stamp = await folder.stamp(day);
    if (stamp) present.set(day, stamp);
  }
  if (!cached) return readFiles(folder, days, present, createIndex());

  const unchanged = new Map([...present].filter(([day, { text }]) => cached.stamps.get(day) === text));
  const others = days.filter((day) => !unchanged.has(day));
  const { index, stamps, filesRead } = await readFiles(folder, others, present, createIndex(cached.state, [...unchanged.keys()]));
  if (!index.isExact()) return readFiles(folder, days, present, createIndex());
  return { index, stamps: new Map([...unchanged, ...stamps]), filesRead };
}

async function readFiles(
  folder: DayFolder,
  days: readonly Day[],
  present: ReadonlyMap<Day, FileStamp>,
  index: Index,
): Promise<LoadedIndex> {
  const stamps = new Map<Day, FileStamp>();
  for (const day of days) {
    const stamp = present.get(day);
    const file = await folder.read(day);
    if (file.kind !== 'document') continue;
    index.setDay(day, parseReadings(file.document), parseEvents(file.document));
    if (stamp) stamps.set(day, stamp);
  }
  return { index, stamps, filesRead: days.length };
}
