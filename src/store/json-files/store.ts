/** Snapshots as one JSON file a day, in the format of the Go tool. The files are the source of truth, the index answers queries. */
import { isDay } from '../../core/model/day.ts';
import { AppError, errorFields, toAppError } from '../../core/model/errors.ts';
import type { Clock, Logger, NotifyingStore } from '../../core/ports.ts';
import { groupByDay } from '../by-day.ts';
import { holdBack } from '../hold-back.ts';
import { maxTagBytes } from '../tag-budget.ts';
import { createDayFolder, type DayFolder } from './day-folder.ts';
import { nodeFileSystem, type FileSystem } from './file-system.ts';
import { nodeHost, type Host } from './host.ts';
import { createKeptTotals, type KeptTotals } from './kept-totals.ts';
import { loadIndex, refreshIndex, storedReadings, type LoadedIndex } from './load-index.ts';
import type { Lock } from './lock.ts';
import { openFolder, sweepFolder } from './open-folder.ts';
import { createCheckpoints, type OpeningObserver } from './opening.ts';
import { createFileOutbox } from './outbox.ts';
import { createQueue, type Enqueue } from './queue.ts';
import { createIndexCache, type IndexCache } from './index-cache.ts';
import { storageError, type Place } from './storage-error.ts';
import { createTagWriter } from './tag-writer.ts';
import { maxFileBytes, maxWholeBytes } from './whole-limit.ts';
import { createWriter } from './writer.ts';

export interface JsonFileStoreDeps {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Who holds the folder: this process. */
  readonly pid: number;
  readonly hostname: string;
  /** The real ones where absent. */
  readonly files?: FileSystem;
  readonly host?: Host;
  /** Largest file that is read. */
  readonly maxBytes?: number;
  /** Largest one that is read whole, and that is written; by the memory of this process where absent. */
  readonly maxWholeBytes?: number;
  /** Room for the newest tags of all images together, in bytes of a file. */
  readonly maxTagBytes?: number | undefined;
  /** Opens it also while the disk is full or read-only: what is stored is answered, and what is saved is refused until it can be written. */
  readonly mayBeReadOnly?: boolean;
  /** Ends the opening, which then rejects with the signal's reason and leaves no lock. */
  readonly signal?: AbortSignal | undefined;
  readonly observer?: OpeningObserver | undefined;
}

/** A stale cache only means that the days since are read again, so it is written seldom. */
const cacheEveryMs = 10 * 60_000;
/** Files that a start may read before it writes the cache at once. */
const maxFilesRead = 10;

/**
 * Opens the folder, made where missing, locks it, and reads the files that the index cache does not cover.
 * A file that is not a snapshot is skipped with one warning; it is set aside when its day has to be written.
 * @throws AppError misconfigured (the folder cannot be made, read or written), conflict (another process uses it)
 */
export async function openJsonFileStore(deps: JsonFileStoreDeps): Promise<NotifyingStore> {
  const { directory, clock, log, files = nodeFileSystem, host = nodeHost, maxBytes = maxFileBytes, signal, observer } = deps;
  signal?.throwIfAborted();
  const place = { directory, owner: host.owner };
  const limits = { maxBytes, maxWholeBytes: Math.min(maxBytes, deps.maxWholeBytes ?? maxWholeBytes()) };
  const folder = createDayFolder({ ...deps, files, host, ...limits });
  const enqueue = createQueue();
  let store: OpenedStore | undefined;
  const lockDeps = {
    ...deps,
    files,
    host,
    onLost: (error: AppError) => observer?.onStorable(storageError(error, 'nothing can be stored', place)),
    onRegained: () => {
      observer?.onStorable(undefined);
      void enqueue(async () => store?.refresh());
    },
  };
  const { lock, state, problem, days } = await openFolder(lockDeps, folder);
  if (problem) {
    log.error('nothing can be stored', errorFields(problem));
    observer?.onStorable(problem);
  }
  try {
    const cache = createIndexCache({ ...deps, files, host });
    const onFile = createCheckpoints({ clock, cache: state === 'locked' ? cache : undefined, observer });
    const totals = createKeptTotals({ ...deps, files, host });
    const loaded = await loadIndex({ folder, totals }, days, cache, { signal, onFile });
    const sweep = (): Promise<void> => sweepFolder(lockDeps);
    const sizes = { maxWholeBytes: limits.maxWholeBytes, maxTagBytes: deps.maxTagBytes ?? maxTagBytes };
    const outbox = createFileOutbox({ directory, files, host, clock, log, lock });
    const made = createStore({ clock, log, outbox, folder, totals, lock, place, cache, loaded, enqueue, sweep, ...sizes });
    store = made;
    const shown = holdBack(made, { clock, log });
    if (state === 'waiting') {
      observer?.onWaiting(shown);
      await lock.acquire();
      await enqueue(() => made.refresh());
    }
    if (state !== 'read-only' && loaded.filesRead > maxFilesRead) await enqueue(() => made.writeCache());
    lock.keep(problem);
    // With thousands of images the first page would wait for them.
    loaded.index.daySums();
    await shown.heldBack();
    return shown;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

interface OpenedStore extends Omit<NotifyingStore, 'heldBack'> {
  /** Brings the index up to date with the files, which another process may have changed. Never rejects. */
  refresh(): Promise<void>;
  writeCache(): Promise<void>;
}

interface OpenedDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly folder: DayFolder;
  readonly totals: KeptTotals;
  readonly maxWholeBytes: number;
  readonly maxTagBytes: number;
  readonly lock: Lock;
  readonly outbox: NotifyingStore['outbox'];
  readonly place: Place;
  readonly cache: IndexCache;
  readonly loaded: LoadedIndex;
  readonly enqueue: Enqueue;
  /** Removes what killed processes left behind. */
  readonly sweep: () => Promise<void>;
}

function createStore(deps: OpenedDeps): OpenedStore {
  const { clock, log, folder, totals, lock, cache, loaded, enqueue, sweep } = deps;
  const { index } = loaded;
  // A response that a client cached before a restart must not look current.
  const opened = clock.now().toString(36);
  let changes = 0;
  const tags = createTagWriter(index, deps.maxTagBytes);
  const writer = createWriter({ ...deps, ...loaded, tags, onChange: () => (changes += 1) });
  let cached = { changes, at: clock.now() };

  async function writeCache(): Promise<void> {
    cached = { changes, at: clock.now() };
    // Otherwise the cache on disk stays: the days that changed since are read again.
    if (index.isExact()) await cache.write(loaded.stamps, index.entries());
  }

  return {
    outbox: deps.outbox,
    writeCache,
    async refresh() {
      try {
        await sweep();
        if (await refreshIndex({ folder, totals }, loaded)) changes += 1;
      } catch (error) {
        log.warn('cannot list snapshot folder', errorFields(toAppError(error)));
      }
    },
    async save(readings, events) {
      const byDay = groupByDay(readings, events);
      if (byDay.size === 0) return;
      await enqueue(async () => {
        await writer.store(byDay);
        if (clock.now() - cached.at >= cacheEveryMs) await writeCache();
      });
    },
    totals: async (query) => index.totals(query),
    dailyTotals: async (query, range, options) => index.dailyTotals(query, range, options),
    latest: async (query) => index.latest(query),
    daySums: async (registries) => index.daySums(registries),
    readings: storedReadings({ folder, totals, ...loaded }),
    imagesAtOnce: () => Infinity,
    events: async (query) => index.events(query),
    countEvents: async (query) => index.events(query).length,
    async snapshot(day) {
      // A text that is not a day must never become a path.
      return isDay(day) ? folder.text(day) : undefined;
    },
    days: async () => index.days(),
    async prune(before, options) {
      if (!isDay(before)) throw new AppError('invalid_input', `"${before}" is not a day`);
      return enqueue(async () => {
        const deleted = await writer.removeBefore(before, options);
        // Where it is stopped, the store is closed next, which writes it.
        if (deleted.length > 0 && !options?.signal?.aborted) await writeCache();
        return deleted;
      });
    },
    version: () => `${opened}-${changes}`,
    close: () =>
      enqueue(async () => {
        // A folder that another process has taken over is no longer ours to write to.
        if (cached.changes !== changes && (await isHeld(lock))) await writeCache();
        await lock.release();
      }),
  };
}

async function isHeld(lock: Lock): Promise<boolean> {
  try {
    await lock.assertHeld();
    return true;
  } catch {
    return false;
  }
}
