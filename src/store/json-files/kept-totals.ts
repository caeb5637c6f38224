/** The folder `history/`: the totals of days whose files were deleted, a file a year. A problem with one of them is logged once. */
import { join } from 'node:path';
import type { Day } from '../../core/model/day.ts';
import { AppError, errorFields } from '../../core/model/errors.ts';
import type { Reading } from '../../core/model/reading.ts';
import { mergeReadings, type SnapshotDocument } from '../../core/document/snapshot.ts';
import { setAside } from './day-file.ts';
import type { DayFolderDeps } from './day-folder.ts';
import { replaceFile, syncFolder } from './durable-file.ts';
import { errorCode, storageError } from './storage-error.ts';
import { dropBefore, formatYear, mergeDay, parseYear, readingsOf, yearOf, type YearTotals } from './year-totals.ts';

export const historyFolderName = 'history';

/** A year of ten thousand images has 60 MB. */
export const maxYearBytes = 256 * 1024 * 1024;

/** `history/2026.json` */
function yearFileName(year: number): string {
  return `${historyFolderName}/${String(year).padStart(4, '0')}.json`;
}

type YearFile =
  | { readonly kind: 'totals'; readonly totals: YearTotals }
  | { readonly kind: 'absent' }
  | { readonly kind: 'corrupt' }
  /** Its content is unknown, so it must not be replaced. */
  | { readonly kind: 'unreadable'; readonly error: unknown };

/** Methods that write reject with the system's error; calls of them must not overlap. */
export interface KeptTotals {
  /** Each year that can be read, ascending. Never rejects. */
  load(): AsyncIterable<YearTotals>;
  /** Merges readings of days of one year, durably. Resolves to what is then kept of each. A corrupt file is set aside first. */
  merge(year: number, byDay: ReadonlyMap<Day, readonly Reading[]>): Promise<ReadonlyMap<Day, readonly Reading[]>>;
  /** Deletes what is kept of the days before this one. */
  dropBefore(before: Day): Promise<void>;
  /** Reads days as documents without details, one after the other; keeps a year at a time. */
  reader(): (day: Day) => Promise<SnapshotDocument | undefined>;
}

interface YearFiles {
  /** Ascending. Never rejects. */
  readonly years: () => Promise<readonly number[]>;
  /** Never rejects. Warns about an invalid file, once as long as it stays so. */
  readonly read: (year: number) => Promise<YearFile>;
  /** Durable when it resolves. */
  readonly replace: (year: number, before: YearFile, totals: YearTotals) => Promise<void>;
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

  async function read(year: number): Promise<YearFile> {
    let bytes: Uint8Array;
    try {
      bytes = await files.read(join(directory, yearFileName(year)), maxYearBytes);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return { kind: 'absent' };
      warnOnce(year, errorFields(storageError(error, 'cannot read it', place)));
      return { kind: 'unreadable', error };
    }
    const totals = decodeYear(bytes, year);
    if (totals) skipped.delete(year);
    else warnOnce(year, { reason: 'not a file of kept totals, or from a later version' });
    return totals ? { kind: 'totals', totals } : { kind: 'corrupt' };
  }

  async function replace(year: number, before: YearFile, totals: YearTotals): Promise<void> {
    const name = yearFileName(year);
    const content = encodeYear(totals, year);
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

/** Undefined when it is none. */
function decodeYear(bytes: Uint8Array, year: number): YearTotals | undefined {
  try {
    return parseYear(new TextDecoder('utf-8', { fatal: true }).decode(bytes), year);
  } catch {
    return undefined;
  }
}

/** @throws AppError internal: a file that is too large to read would be set aside by the next change */
function encodeYear(totals: YearTotals, year: number): string {
  const content = formatYear(totals, year);
  if (Buffer.byteLength(content) <= maxYearBytes) return content;
  throw new AppError('internal', `cannot keep the totals of ${year}: their file would exceed ${maxYearBytes} bytes`);
}

export function createKeptTotals(deps: KeptTotalsDeps): KeptTotals {
  const { years, read, replace, remove } = createYearFiles(deps);
  return {
    async *load() {
      for (const year of await years()) {
        const file = await read(year);
        if (file.kind === 'totals') yield file.totals;
      }
    },
    async merge(year, byDay) {
      const before = await read(year);
      if (before.kind === 'unreadable') throw before.error;
      const totals: YearTotals = before.kind === 'totals' ? before.totals : new Map();
      for (const [day, readings] of byDay) mergeDay(totals, day, readings, deps.clock.now());
      await replace(year, before, totals);
      return new Map([...byDay.keys()].map((day) => [day, readingsOf(totals, day)]));
    },
    async dropBefore(before) {
      for (const year of await years()) {
        if (year > yearOf(before)) continue;
        const file = await read(year);
        if (file.kind !== 'totals') continue;
        const size = formatYear(file.totals, year).length;
        dropBefore(file.totals, before);
        if (file.totals.size === 0) await remove(year);
        else if (formatYear(file.totals, year).length !== size) await replace(year, file, file.totals);
      }
    },
    reader() {
      let last: { readonly year: number; readonly totals: YearTotals } | undefined;
      return async (day) => {
        const year = yearOf(day);
        if (last?.year !== year) {
          const file = await read(year);
          last = { year, totals: file.kind === 'totals' ? file.totals : new Map() };
        }
        const readings = readingsOf(last.totals, day);
        return readings.length === 0 ? undefined : mergeReadings(undefined, readings);
      };
    },
  };
}
