/** The index of a folder: from its cache, and from the files that are new or changed since. */
import type { Day } from '../../core/model/day.ts';
import { parseEvents } from '../../core/document/snapshot-events.ts';
import { parseReadings, type SnapshotDocument } from '../../core/document/snapshot.ts';
import type { SnapshotStore } from '../../core/ports.ts';
import { readingsByDay } from '../readings-by-day.ts';
import type { DayFolder } from './day-folder.ts';
import type { FileStamp } from './file-system.ts';
import { createIndex, type Index } from './index.ts';
import { readRows, type IndexedFiles } from './image-rows.ts';
import type { KeptTotals } from './kept-totals.ts';
import type { IndexCache } from './index-cache.ts';
import { missingIn, type WantedTags } from './parse-day.ts';

export interface LoadedIndex {
  readonly index: Index;
  /** Of every file that the index was made from. */
  readonly stamps: Map<Day, FileStamp>;
  /** Files that had to be read. */
  readonly filesRead: number;
}

export interface LoadingIndex extends LoadedIndex {
  /** Reads what the index still lacks of the days that were read: before that it must not be cached. */
  readonly settle: () => Promise<void>;
}

export interface LoadOptions {
  /** Ends the loading between two files. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each file that was read, with what the index has by then; the next file is read when it resolves. */
  readonly onFile?: ((loaded: LoadingIndex, toRead: number) => Promise<void>) | undefined;
}

type Cache = Pick<IndexCache, 'read'> | undefined;

interface StoredFiles {
  readonly folder: DayFolder;
  readonly totals: KeptTotals;
}

/**
 * Reads the files that are new or changed, or that were invalid before; all of them without a usable cache; then what is kept of other days.
 * Rejects only with the signal's reason.
 */
export async function loadIndex(
  { folder, totals }: StoredFiles,
  days: readonly Day[],
  cache: Cache,
  options: LoadOptions = {},
): Promise<LoadedIndex> {
  const loaded = await loadDays(folder, days, cache, options);
  await addKept(loaded.index, totals);
  return loaded;
}

async function addKept(index: Index, totals: KeptTotals): Promise<void> {
  for await (const year of totals.load()) index.addKept(year);
}

/** As SnapshotStore.readings. */
export function storedReadings(files: StoredFiles & IndexedFiles & { readonly index: Index }): SnapshotStore['readings'] {
  const { folder, totals, index } = files;
  return (query, range) => {
    const readKept = totals.reader();
    // The rows and tags of others are most of a file.
    const readDay = async (day: Day): Promise<SnapshotDocument | undefined> =>
      (await readRows(files, day, query)) ?? folder.document(day, query.repos);
    return readingsByDay(index.allDays(), (day) => (index.isKept(day) ? readKept(day) : readDay(day)), query, range);
  };
}

async function loadDays(folder: DayFolder, days: readonly Day[], cache: Cache, options: LoadOptions): Promise<LoadedIndex> {
  // Before the files are read: one that changes in between is then read again at the next start.
  const present = new Map<Day, FileStamp>();
  for (const day of days) {
    options.signal?.throwIfAborted();
    const stamp = await folder.stamp(day);
    if (stamp) present.set(day, stamp);
  }
  const cached = await cache?.read();
  const fromFiles = (): Promise<LoadedIndex> => readFiles(folder, { days, present, index: createIndex(), stamps: new Map() }, options);
  if (!cached) return fromFiles();

  const unchanged = new Map([...present].filter(([day, { text }]) => cached.stamps.get(day) === text));
  const index = createIndex([...unchanged.keys()]);
  for await (const entry of cached.entries) index.restore(entry);
  const others = days.filter((day) => !unchanged.has(day));
  const loaded = await readFiles(folder, { days: others, present, index, stamps: unchanged }, options);
  return index.isExact() ? loaded : fromFiles();
}

/** Brings an index up to date with files that another process may have changed. Resolves to whether anything had changed. @throws the system's error when the folder cannot be listed */
export async function refreshIndex({ folder, totals }: StoredFiles, { index, stamps }: LoadedIndex): Promise<boolean> {
  const days = await folder.days();
  const present = new Set(days);
  let isChanged = false;
  for (const day of index.days().filter((each) => !present.has(each))) {
    index.removeDay(day);
    stamps.delete(day);
    isChanged = true;
  }
  for (const day of days) {
    const stamp = await folder.stamp(day);
    if (stamp && stamp.text === stamps.get(day)?.text) continue;
    isChanged = true;
    if (!(await readInto({ index, stamps }, folder, { day, stamp }))) index.removeDay(day);
  }
  if (isChanged) await addKept(index, totals);
  return isChanged;
}

interface ToRead {
  readonly days: readonly Day[];
  readonly present: ReadonlyMap<Day, FileStamp>;
  /** What is there already; what is read is added. */
  readonly index: Index;
  readonly stamps: Map<Day, FileStamp>;
}

/** So few files are read whole at once. */
const maxReadWhole = 10;
const noTags: WantedTags = new Set();

/**
 * Tags are most of the bytes, and the index has only something of the newest list of each image: all files are read without tags first, and
 * then those again that have a newest list.
 */
async function readFiles(folder: DayFolder, { days, present, index, stamps }: ToRead, options: LoadOptions): Promise<LoadedIndex> {
  const { signal, onFile } = options;
  const wanted = days.length > maxReadWhole ? noTags : undefined;
  /** What the index lacks, and the newest day that has it. */
  const cutOn = new Map<string, Day>();
  const settle = async (): Promise<void> => {
    for (const day of new Set(cutOn.values())) {
      signal?.throwIfAborted();
      if (!(await readInto({ index, stamps }, folder, { day, stamp: present.get(day) }))) index.removeDay(day);
    }
    cutOn.clear();
  };
  let filesRead = 0;
  for (const day of days) {
    signal?.throwIfAborted();
    const document = await readInto({ index, stamps }, folder, { day, stamp: present.get(day), wanted });
    for (const key of document && wanted ? missingIn(document) : []) cutOn.set(key, day);
    filesRead += 1;
    await onFile?.({ index, stamps, filesRead, settle }, days.length);
  }
  await settle();
  return { index, stamps, filesRead };
}

interface FileToRead {
  readonly day: Day;
  readonly stamp: FileStamp | undefined;
  readonly wanted?: WantedTags | undefined;
}

/** Resolves to the day's document, where it has one. */
async function readInto(
  { index, stamps }: Pick<LoadedIndex, 'index' | 'stamps'>,
  folder: DayFolder,
  { day, stamp, wanted }: FileToRead,
): Promise<SnapshotDocument | undefined> {
  stamps.delete(day);
  const file = await folder.read(day, wanted);
  if (file.kind !== 'document') return undefined;
  index.setDay(day, parseReadings(file.document), parseEvents(file.document));
  if (stamp) stamps.set(day, stamp);
  return file.document;
}
