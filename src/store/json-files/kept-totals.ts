/** The folder `history/`: the totals of days whose files were deleted, a file a year. A problem with one of them is logged once. */
import { join } from 'node:path';
import { addDays, type Day } from '../../core/model/day.ts';
import { AppError, errorFields } from '../../core/model/errors.ts';
import { groupBy } from '../../core/model/group-by.ts';
import { compareImages, imageKey } from '../../core/model/image.ts';
import type { Reading } from '../../core/model/reading.ts';
import { mergeReadings, type SnapshotDocument } from '../../core/document/snapshot.ts';
import { setAside } from './day-file.ts';
import type { DayFolderDeps } from './day-folder.ts';
import { replaceFile, syncFolder } from './durable-file.ts';
import { errorCode, storageError } from './storage-error.ts';
import { formatYear, isSystemError, maxYearBytes, openYear, StoppedError, throwIfStopped, type YearImages } from './year-file.ts';
import { dropBefore, mergeDay, readingsOf, yearOf, type YearImage, type YearTotals } from './year-totals.ts';

export const historyFolderName = 'history';

/** `history/2026.json` */
function yearFileName(year: number): string {
  return `${historyFolderName}/${String(year).padStart(4, '0')}.json`;
}

type YearFile =
  /** The images can be gone through again and again. */
  | { readonly kind: 'totals'; readonly images: YearImages }
  | { readonly kind: 'absent' }
  | { readonly kind: 'corrupt' }
  /** Its content is unknown, so it must not be replaced. */
  | { readonly kind: 'unreadable'; readonly error: unknown };

/** Methods that write reject with the system's error, or with StoppedError before anything is changed; calls of them must not overlap. */
export interface KeptTotals {
  /** The years that can be read, ascending, some images at a time. Never rejects. */
  load(): AsyncIterable<YearTotals>;
  /** Merges readings of days of one year, durably. Resolves to what is then kept of each. A corrupt file is set aside first. */
  merge(year: number, byDay: ReadonlyMap<Day, readonly Reading[]>, signal?: AbortSignal): Promise<ReadonlyMap<Day, readonly Reading[]>>;
  /** Deletes what is kept of the days of a year before this one. */
  dropBefore(year: number, before: Day, signal?: AbortSignal): Promise<void>;
  /** Reads days as documents without details; keeps some of them, so that those that are read one after the other are cheap. */
  reader(): (day: Day) => Promise<SnapshotDocument | undefined>;
}

interface YearFiles {
  /** Ascending. Never rejects. */
  readonly years: () => Promise<readonly number[]>;
  /** Rejects with nothing but StoppedError. Warns about an invalid file, once as long as it stays so. */
  readonly read: (year: number, signal?: AbortSignal) => Promise<YearFile>;
  /** Durable when it resolves. */
  readonly replace: (year: number, before: YearFile, images: AsyncIterable<YearImage>) => Promise<void>;
  readonly remove: (year: number) => Promise<void>;
}

type KeptTotalsDeps = Omit<DayFolderDeps, 'maxBytes' | 'maxWholeBytes'>;

function createYearFiles({ directory, clock, log, files, host }: KeptTotalsDeps): YearFiles {
  const folder = join(directory, historyFolderName);
  const place = { directory: folder, owner: host.owner };
  const skipped = new Set<number>();

  async function years(): Promise<readonly number[]> {
    const names = await files.listFiles(folder).catch((error: unknown) => {
      if (errorCode(error) !== 'ENOENT')
        log.warn('cannot list kept totals', { folder, ...errorFields(storageError(error, 'cannot list it', place)) });
      return [];
    });
    const own = names.filter((name) => /^\d{4}\.json$/.test(name));
    return own.map((name) => Number(name.slice(0, 4))).toSorted((a, b) => a - b);
  }

  function warnOnce(year: number, fields: Readonly<Record<string, unknown>>): void {
    if (skipped.has(year)) return;
    skipped.add(year);
    log.warn('skipping kept totals', { file: join(directory, yearFileName(year)), ...fields });
  }

  async function read(year: number, signal?: AbortSignal): Promise<YearFile> {
    try {
      const images = await openYear(files, join(directory, yearFileName(year)), year, signal);
      skipped.delete(year);
      return { kind: 'totals', images };
    } catch (error) {
      if (error instanceof StoppedError) throw error;
      if (errorCode(error) === 'ENOENT') return { kind: 'absent' };
      if (!isSystemError(error)) {
        warnOnce(year, { reason: 'not a file of kept totals, or from a later version' });
        return { kind: 'corrupt' };
      }
      warnOnce(year, errorFields(storageError(error, 'cannot read it', place)));
      return { kind: 'unreadable', error };
    }
  }

  async function replace(year: number, before: YearFile, images: AsyncIterable<YearImage>): Promise<void> {
    const name = yearFileName(year);
    const content = withinLimit(formatYear(images, year), year);
    await files.makeFolder(folder);
    const moveAway = async (): Promise<void> => {
      const as = await setAside(files, directory, name, clock.now());
      log.warn('set aside invalid kept totals', { file: join(directory, name), as: join(directory, as) });
    };
    const beforeRename = before.kind === 'corrupt' ? moveAway : undefined;
    // The temporary file is made in the folder above, which is swept at the start.
    await replaceFile(files, { directory, name, content, id: host.uniqueId(), beforeRename });
    skipped.delete(year);
    await syncFolder(files, folder);
    await syncFolder(files, directory);
  }

  return { years, read, replace, remove: (year) => files.remove(join(directory, yearFileName(year))) };
}

/** @throws AppError internal: a file that is too large to read would be set aside by the next change */
async function* withinLimit(pieces: AsyncIterable<string>, year: number): AsyncGenerator<string> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += Buffer.byteLength(piece);
    if (bytes > maxYearBytes) {
      throw new AppError('internal', `cannot keep the totals of ${year}: their file would exceed ${maxYearBytes} bytes`);
    }
    yield piece;
  }
}

/** Images that are loaded at once. */
const loadedAtOnce = 50;
/** Days that a reader keeps. */
const daysAtOnce = 16;

export function createKeptTotals(deps: KeptTotalsDeps): KeptTotals {
  const { years, read, replace, remove } = createYearFiles(deps);
  return {
    async *load() {
      for (const year of await years()) {
        const file = await read(year);
        if (file.kind === 'totals') yield* inBatches(file.images());
      }
    },
    async merge(year, byDay, signal) {
      const before = await read(year, signal);
      if (before.kind === 'unreadable') throw before.error;
      const kept = new Map<Day, Reading[]>([...byDay.keys()].map((day) => [day, []]));
      await replace(year, before, mergedImages(before, byDay, { now: deps.clock.now(), kept, signal }));
      return kept;
    },
    async dropBefore(year, before, signal) {
      const file = await read(year, signal);
      if (file.kind !== 'totals') return;
      const change = await changeOf(file.images(), before);
      if (change === 'all') await remove(year);
      else if (change === 'some') await replace(year, file, imagesFrom(file.images(), before, signal));
    },
    reader() {
      let known = new Map<Day, Reading[]>();
      return async (day) => {
        if (!known.has(day)) {
          known = new Map(Array.from({ length: daysAtOnce }, (_, at) => [addDays(day, at), []]));
          const file = await read(yearOf(day));
          if (file.kind === 'totals') for await (const image of file.images()) noteReadings(image, known);
          // The next year has another file.
          for (const each of known.keys()) if (yearOf(each) !== yearOf(day)) known.delete(each);
        }
        const readings = known.get(day) ?? [];
        return readings.length === 0 ? undefined : mergeReadings(undefined, readings);
      };
    },
  };
}

async function* inBatches(images: AsyncIterable<YearImage>): AsyncGenerator<YearTotals> {
  let batch: YearTotals = new Map();
  for await (const image of images) {
    batch.set(imageKey(image), image);
    if (batch.size < loadedAtOnce) continue;
    yield batch;
    batch = new Map();
  }
  if (batch.size > 0) yield batch;
}

/** Adds what an image has on these days. */
function noteReadings(image: YearImage, days: ReadonlyMap<Day, Reading[]>): void {
  for (const [day, readings] of days) readings.push(...readingsOf(new Map([[imageKey(image), image]]), day));
}

interface MergeOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Is filled with what is then kept of each day. */
  readonly kept: ReadonlyMap<Day, Reading[]>;
  readonly signal: AbortSignal | undefined;
}

/** The images of a file with more readings in them, in their order. */
async function* mergedImages(
  before: YearFile,
  byDay: ReadonlyMap<Day, readonly Reading[]>,
  { now, kept, signal }: MergeOptions,
): AsyncGenerator<YearImage> {
  const all = [...byDay].flatMap(([day, readings]) => readings.map((reading) => ({ day, reading })));
  const added = groupBy(all, ({ reading }) => imageKey(reading));
  const names = Array.from(added, ([key, [{ reading }]]) => ({ key, registry: reading.registry, repo: reading.repo }));
  const waiting = names.toSorted(compareImages);

  function merged(key: string, image?: YearImage): YearImage[] {
    throwIfStopped(signal);
    const totals: YearTotals = new Map(image ? [[key, image]] : []);
    for (const { day, reading } of added.get(key) ?? []) mergeDay(totals, day, [reading], now);
    const images = [...totals.values()];
    for (const each of images) noteReadings(each, kept);
    return images;
  }

  let at = 0;
  for await (const image of before.kind === 'totals' ? before.images() : []) {
    for (let next = waiting[at]; next && compareImages(next, image) < 0; next = waiting[(at += 1)]) yield* merged(next.key);
    if (waiting[at]?.key === imageKey(image)) at += 1;
    yield* merged(imageKey(image), image);
  }
  for (const { key } of waiting.slice(at)) yield* merged(key);
}

/** What of the images lies before a day. */
async function changeOf(images: AsyncIterable<YearImage>, before: Day): Promise<'all' | 'some' | 'nothing'> {
  let [hasOld, hasOther] = [false, false];
  for await (const image of images) {
    const size = image.byDay.size;
    const rest = withoutOld(image, before)?.byDay.size ?? 0;
    hasOld ||= rest < size;
    hasOther ||= rest > 0;
  }
  if (!hasOther) return 'all';
  return hasOld ? 'some' : 'nothing';
}

async function* imagesFrom(images: AsyncIterable<YearImage>, before: Day, signal: AbortSignal | undefined): AsyncGenerator<YearImage> {
  for await (const image of images) {
    throwIfStopped(signal);
    const rest = withoutOld(image, before);
    if (rest) yield rest;
  }
}

function withoutOld(image: YearImage, before: Day): YearImage | undefined {
  const totals: YearTotals = new Map([[imageKey(image), image]]);
  dropBefore(totals, before);
  return totals.get(imageKey(image));
}
