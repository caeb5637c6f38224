/** Readings on their way to the store, and outcomes on their way to the list of work: written together every few seconds, readings first. */
import { errorFields, toAppError, type AppError } from '../core/model/errors.ts';
import type { RecordedEvent } from '../core/model/event.ts';
import type { Reading } from '../core/model/reading.ts';
import type { WorkItem, WorkResult } from '../core/model/run.ts';
import type { Clock, Logger, SnapshotStore, WorkList } from '../core/ports.ts';
import { createPendingReadings } from './pending-readings.ts';

export interface WriteBufferDeps {
  readonly store: SnapshotStore;
  readonly list: WorkList;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called when outcomes have come into the list, and their readings into the store. */
  readonly onWritten?: (() => Promise<void>) | undefined;
}

export interface WriteBuffer {
  /** Takes events, which are saved with the next readings: a run that reads nothing writes nothing. */
  note(events: readonly RecordedEvent[]): void;
  /** Events that are not saved yet. */
  noted(): readonly RecordedEvent[];
  /** Takes readings. */
  add(readings: readonly Reading[]): void;
  /** Takes the end of an item, whose readings were added before. */
  end(run: string, result: WorkResult): void;
  /** Items of a registry whose end is not in the list yet. */
  held(registry: string): readonly WorkItem[];
  /** Writes what has gathered when the last write is long enough ago; at once where nothing else is to be done, or it is much, and it did not fail. @throws AppError when the list cannot be reached */
  flushIfDue(options?: { readonly isIdle?: boolean }): Promise<void>;
  /**
   * Writes all that has gathered. What cannot be written stays for the next flush; with `isLast` outcomes are written all the same,
   * and the list is told that their readings are not stored. @throws AppError when the list cannot be reached
   */
  flush(options?: { readonly isLast?: boolean }): Promise<void>;
}

const pauseMs = 5_000;
/** A save that takes long is made rarer, so that large days do not keep the disk busy. */
const pausePerSaveTime = 20;

interface Ended {
  readonly run: string;
  readonly result: WorkResult;
}

export function createWriteBuffer({ store, list, clock, log, onWritten }: WriteBufferDeps): WriteBuffer {
  const pending = createPendingReadings();
  const events = new Set<RecordedEvent>();
  const ended = new Set<Ended>();
  let nextFlushAt = 0;
  let hasFailed = false;
  let running: Promise<void> = Promise.resolve();

  /** Resolves to the error when it fails. */
  async function save(): Promise<AppError | undefined> {
    const batch = pending.all();
    const noted = [...events];
    if (batch.length === 0) return undefined;
    try {
      await store.save(batch, noted);
    } catch (error) {
      const failure = toAppError(error);
      log.error('snapshot could not be stored', { readings: batch.length, ...errorFields(failure) });
      return failure;
    }
    for (const event of noted) events.delete(event);
    pending.remove(batch);
    log.debug('snapshot saved', { readings: batch.length });
    return undefined;
  }

  async function write(isLast: boolean): Promise<void> {
    const startedAt = clock.now();
    const batch = [...ended];
    hasFailed = true;
    try {
      const failure = await save();
      if (failure && !isLast) return;
      hasFailed = failure !== undefined;
      const saveError = failure && { code: failure.code, message: failure.message };
      for (const [run, results] of byRun(batch)) await list.finish(run, results, saveError);
      for (const each of batch) ended.delete(each);
      if (batch.length > 0 && !failure) await onWritten?.();
    } finally {
      const now = clock.now();
      nextFlushAt = now + Math.max(pauseMs, pausePerSaveTime * (now - startedAt));
    }
  }

  function flush({ isLast = false } = {}): Promise<void> {
    const result = running.then(() => write(isLast));
    running = result.catch(() => undefined);
    return result;
  }

  return {
    note(more) {
      for (const event of more) events.add(event);
    },
    noted: () => [...events],
    add: (more) => pending.add(more),
    end: (run, result) => void ended.add({ run, result }),
    held: (registry) => [...ended].map(({ result }) => result.item).filter((item) => item.registry === registry),
    async flushIfDue({ isIdle = false } = {}) {
      const isUseful = isIdle && ended.size > 0 && !hasFailed;
      if (isUseful || clock.now() >= nextFlushAt || (pending.isLarge() && !hasFailed)) await flush();
    },
    flush,
  };
}

function byRun(batch: readonly Ended[]): ReadonlyMap<string, readonly WorkResult[]> {
  const runs = new Set(batch.map(({ run }) => run));
  return new Map([...runs].map((run) => [run, batch.filter((each) => each.run === run).map(({ result }) => result)]));
}
