/** The index of a folder: what the sidecar keeps, and the files that are not as it knows them. */
import { toEpochDay, type Day } from '../../core/day.ts';
import { readingsOf } from '../../core/snapshot.ts';
import type { DayFolder } from './day-folder.ts';
import type { FileStamp } from './file-system.ts';
import { createIndex, type Index } from './index.ts';
import type { Kept } from './sidecar.ts';

export interface LoadedIndex {
  readonly index: Index;
  /** Of every file that the index was made from. */
  readonly stamps: Map<Day, FileStamp>;
  /** Days whose file holds no snapshot. */
  readonly skipped: Set<Day>;
  /** Files that had to be read. */
  readonly filesRead: number;
}

/** Reads each file that is new or changed, and those after it; all of them where the sidecar knows nothing. Never rejects. */
export async function loadIndex(folder: DayFolder, days: readonly Day[], kept: Kept | undefined): Promise<LoadedIndex> {
  const present = new Map<Day, FileStamp>();
  for (const day of days) {
    const stamp = await folder.stamp(day);
    if (stamp) present.set(day, stamp);
  }
  const since = kept && (await firstChange(folder, days, present, kept));
  if (!kept) return readFiles(folder, days, present, createIndex());
  if (since === undefined) {
    const skipped = new Set(kept.skipped.filter((day) => days.includes(day)));
    return { index: createIndex(kept.images, [...kept.stamps.keys()]), stamps: only(present, kept.stamps), skipped, filesRead: 0 };
  }

  const before = createIndex(kept.images, [...kept.stamps.keys()], toEpochDay(since));
  const loaded = await readFiles(
    folder,
    days.filter((day) => day >= since),
    present,
    before,
  );
  // A detail of a changed day stood for those of earlier days: whether one of them has it now only their files know.
  if (loaded.index.lacksDetailOf(kept.images)) return readFiles(folder, days, present, createIndex());
  for (const day of kept.stamps.keys()) {
    const stamp = day < since ? present.get(day) : undefined;
    if (stamp) loaded.stamps.set(day, stamp);
  }
  for (const day of kept.skipped) if (day < since && present.has(day)) loaded.skipped.add(day);
  return loaded;
}

/** The first day whose file is not as it is kept: new, gone, or changed. */
async function firstChange(
  folder: DayFolder,
  days: readonly Day[],
  present: ReadonlyMap<Day, FileStamp>,
  { stamps, skipped }: Kept,
): Promise<Day | undefined> {
  const unusable = new Set(skipped);
  const isUnchanged = (day: Day): boolean => stamps.has(day) && stamps.get(day) === present.get(day)?.text;
  const changed = days.filter((day) => !unusable.has(day) && !isUnchanged(day));
  const gone = [...stamps.keys()].filter((day) => !present.has(day));
  // Those that could not be used are looked at each time: the log names them, and somebody may have mended one.
  for (const day of days) if (unusable.has(day) && (await folder.read(day)).kind === 'document') changed.push(day);
  return [...changed, ...gone].toSorted()[0];
}

async function readFiles(
  folder: DayFolder,
  days: readonly Day[],
  present: ReadonlyMap<Day, FileStamp>,
  index: Index,
): Promise<LoadedIndex> {
  const stamps = new Map<Day, FileStamp>();
  const skipped = new Set<Day>();
  for (const day of days) {
    const stamp = present.get(day);
    const file = await folder.read(day);
    if (file.kind !== 'document') {
      skipped.add(day);
      continue;
    }
    index.setDay(day, readingsOf(file.document));
    if (stamp) stamps.set(day, stamp);
  }
  return { index, stamps, skipped, filesRead: days.length };
}

function only(present: ReadonlyMap<Day, FileStamp>, stamps: ReadonlyMap<Day, string>): Map<Day, FileStamp> {
  return new Map([...present].filter(([day]) => stamps.has(day)));
}
