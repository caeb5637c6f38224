/** Changes files and index together. */
import type { Day } from '../../core/model/day.ts';
import { AppError } from '../../core/model/errors.ts';
import type { Reading } from '../../core/model/reading.ts';
import type { Clock, Logger, PruneOptions } from '../../core/ports.ts';
import { parseEvents } from '../../core/document/snapshot-events.ts';
import { parseReadings, type SnapshotDocument } from '../../core/document/snapshot.ts';
import { mergeBatch, withoutDetails, type DayBatch } from '../by-day.ts';
import type { DayFile } from './day-file.ts';
import type { DayFolder } from './day-folder.ts';
import type { KeptTotals } from './kept-totals.ts';
import type { LoadedIndex } from './load-index.ts';
import type { Lock } from './lock.ts';
import { storageError, type Place } from './storage-error.ts';
import { withoutTags, type TagWriter } from './tag-writer.ts';
import { StoppedError, throwIfStopped } from './year-file.ts';
import { yearOf } from './year-totals.ts';

export interface WriterDeps extends LoadedIndex {
  readonly folder: DayFolder;
  readonly totals: KeptTotals;
  readonly lock: Lock;
  readonly place: Place;
  readonly tags: TagWriter;
  readonly clock: Clock;
  readonly log: Logger;
  /** Largest file that is written. */
  readonly maxWholeBytes: number;
  /** Called after each change of the files. */
  readonly onChange: () => void;
}

/** Calls must not overlap. Methods throw AppError. */
export interface Writer {
  store(byDay: ReadonlyMap<Day, DayBatch>): Promise<void>;
  /** As SnapshotStore.prune. */
  removeBefore(before: Day, options?: PruneOptions): Promise<readonly Day[]>;
}

export function createWriter(deps: WriterDeps): Writer {
  const { folder, lock, place } = deps;
  const forEachDay = createForEachDay(place);

  async function storeDay(day: Day, batch: DayBatch): Promise<void> {
    await lock.assertHeld();
    const before = await folder.read(day);
    if (before.kind === 'unreadable') throw before.error;
    if (before.kind === 'absent' && deps.index.isKept(day)) return correctKept(deps, day, batch.readings);
    const known = before.kind === 'document' ? before.document : undefined;
    const readings = deps.tags.prepare(day, batch.readings);
    const document = await put(deps, day, before, deps.tags.fit(mergeBatch(known, { ...batch, readings }, deps.clock.now())));
    deps.index.setDay(day, parseReadings(document), parseEvents(document));
    const stamp = await folder.stamp(day);
    if (stamp) deps.stamps.set(day, stamp);
    else deps.stamps.delete(day);
    deps.onChange();
    await folder.sync();
  }

  return {
    store: (byDay) => forEachDay(byDay.keys(), 'cannot store', (day) => storeDay(day, byDay.get(day) ?? { readings: [], events: [] })),
    async removeBefore(before, { withTotals = false, signal } = {}) {
      const deleted: Day[] = [];
      const remove = async (day: Day, kept: readonly Reading[]): Promise<void> => {
        if (signal?.aborted) return;
        await removeDay(deps, day, kept);
        deleted.push(day);
      };
      try {
        await lock.assertHeld();
        const old = (await folder.days()).filter((day) => day < before);
        if (withTotals) await forEachDay(old, 'cannot delete', (day) => remove(day, []));
        else await moveDays({ ...deps, forEachDay, remove, signal }, old);
        if (withTotals) await removeKept(deps, before, signal);
        if (deleted.length > 0) await folder.sync();
        return deleted;
      } catch (error) {
        throw storageError(error, 'cannot delete old snapshots', place);
      }
    },
  };
}

/** Totals are stored whatever else there is no room for. Resolves to what was stored. */
async function put(
  { folder, log, maxWholeBytes }: WriterDeps,
  day: Day,
  before: DayFile,
  document: SnapshotDocument,
): Promise<SnapshotDocument> {
  if (await folder.replace(day, before, document)) return document;
  const totals = withoutTags(document);
  if (!(await folder.replace(day, before, totals))) {
    throw new AppError('internal', `cannot store ${day}: its file would exceed ${maxWholeBytes} bytes`);
  }
  log.warn('tags of a day have no room and are left out', { day });
  return totals;
}

type ForEachDay = (days: Iterable<Day>, what: string, action: (day: Day) => Promise<void>) => Promise<void>;

/** Does it for every day, also after one that failed. @throws AppError the first failure */
function createForEachDay(place: Place): ForEachDay {
  return async (days, what, action) => {
    let failure: AppError | undefined;
    for (const day of days) {
      try {
        await action(day);
      } catch (error) {
        failure ??= storageError(error, `${what} ${day}`, place);
      }
    }
    if (failure) throw failure;
  };
}

/** A day without a file has its totals corrected where they are kept. */
async function correctKept({ totals, index, onChange }: WriterDeps, day: Day, readings: readonly Reading[]): Promise<void> {
  if (readings.length === 0) return;
  const kept = await totals.merge(yearOf(day), new Map([[day, readings]]));
  index.setKept(day, kept.get(day) ?? []);
  onChange();
}

interface Moving extends Pick<WriterDeps, 'folder' | 'totals'> {
  readonly forEachDay: ForEachDay;
  /** Deletes the file of a day of which this is kept. */
  readonly remove: (day: Day, kept: readonly Reading[]) => Promise<void>;
  readonly signal: AbortSignal | undefined;
}

/**
 * Moves the totals of days into the files of their years, and deletes the days' own files only when that is durable: whenever it ends,
 * each total is in one of the two, or in both. Days that cannot be read stay. @throws AppError the first failure
 */
async function moveDays({ folder, totals, forEachDay, remove, signal }: Moving, days: readonly Day[]): Promise<void> {
  let failure: unknown;
  let batch = new Map<Day, readonly Reading[]>();

  const move = async (): Promise<void> => {
    const [moved, [day]] = [batch, [...batch.keys()]];
    batch = new Map();
    if (day === undefined) return;
    try {
      const hasTotals = [...moved.values()].some((each) => each.length > 0);
      const kept = hasTotals ? await totals.merge(yearOf(day), moved, signal) : moved;
      await forEachDay(moved.keys(), 'cannot delete', (each) => remove(each, kept.get(each) ?? []));
    } catch (error) {
      if (!(error instanceof StoppedError)) failure ??= error;
    }
  };

  for (const day of days) {
    const isOtherYear = [...batch.keys()].some((each) => yearOf(each) !== yearOf(day));
    if (isOtherYear || countOf(batch) >= movedAtOnce) await move();
    if (signal?.aborted) break;
    const reading = forEachDay([day], 'cannot keep the totals of', async () => {
      const file = await folder.read(day);
      if (file.kind === 'unreadable') throw file.error;
      batch.set(day, file.kind === 'document' ? parseReadings(file.document).map(withoutDetails) : []);
    });
    await reading.catch((error: unknown) => (failure ??= error));
  }
  await move();
  if (failure !== undefined) throw failure;
}

/** Readings that are moved at once: they are in memory meanwhile, and the file of the year is written once for all of them. */
const movedAtOnce = 40_000;

function countOf(batch: ReadonlyMap<Day, readonly Reading[]>): number {
  let count = 0;
  for (const readings of batch.values()) count += readings.length;
  return count;
}

/** `kept`: what stays of it. */
async function removeDay({ folder, index, stamps, onChange }: WriterDeps, day: Day, kept: readonly Reading[]): Promise<void> {
  await folder.remove(day);
  if (kept.length > 0) index.setKept(day, kept);
  else index.removeDay(day);
  stamps.delete(day);
  onChange();
}

async function removeKept({ totals, index, onChange }: WriterDeps, before: Day, signal: AbortSignal | undefined): Promise<void> {
  const old = index.allDays().filter((day) => day < before && index.isKept(day));
  try {
    for (const year of new Set(old.map(yearOf))) {
      throwIfStopped(signal);
      await totals.dropBefore(year, before, signal);
      for (const day of old) if (yearOf(day) === year) index.removeDay(day);
      onChange();
    }
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
  }
}
