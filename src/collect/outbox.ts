/** Readings on their way to the store: saved every few seconds while a cycle runs, and kept when a save fails. */
import { errorFields, toAppError, type AppError } from '../core/model/errors.ts';
import type { RecordedEvent } from '../core/model/event.ts';
import { imageKey } from '../core/model/image.ts';
import { snapshotDay, type Reading } from '../core/model/reading.ts';
import type { Clock, Logger, SnapshotStore } from '../core/ports.ts';

export interface OutboxDeps {
  readonly store: SnapshotStore;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Outbox {
  /** Takes events, which are saved with the readings of the cycle, or of the next that has any: a cycle that reads nothing writes nothing. */
  note(events: readonly RecordedEvent[]): void;
  /** Takes readings and saves what has gathered when the last save is long enough ago. Never throws. */
  add(readings: readonly Reading[]): Promise<void>;
  /** Saves all that has gathered, at the end of a cycle. Resolves to the error when that fails; the readings are kept for the next flush. */
  flush(): Promise<AppError | undefined>;
}

const pauseMs = 5_000;
/** A save that takes long is made rarer, so that large days do not keep the disk busy. */
const pausePerSaveTime = 20;

export function createOutbox({ store, clock, log }: OutboxDeps): Outbox {
  const waiting = new Map<string, Reading>();
  const noted = new Set<RecordedEvent>();
  let nextSaveAt = 0;
  let hasSaved = false;
  let running: Promise<AppError | undefined> = Promise.resolve(undefined);

  async function save(): Promise<AppError | undefined> {
    const batch = [...waiting];
    const events = [...noted];
    if (batch.length === 0 && !(hasSaved && events.length > 0)) return undefined;
    const startedAt = clock.now();
    let failure: AppError | undefined;
    try {
      await store.save(
        batch.map(([, reading]) => reading),
        events,
      );
      hasSaved = true;
      for (const event of events) noted.delete(event);
      for (const [key, reading] of batch) if (waiting.get(key) === reading) waiting.delete(key);
      log.debug('snapshot saved', { readings: batch.length });
    } catch (error) {
      failure = toAppError(error);
      log.error('snapshot could not be stored', { readings: batch.length, ...errorFields(failure) });
    }
    const now = clock.now();
    nextSaveAt = now + Math.max(pauseMs, pausePerSaveTime * (now - startedAt));
    return failure;
  }

  function queueSave(): Promise<AppError | undefined> {
    running = running.then(save);
    return running;
  }

  return {
    note(events) {
      for (const event of events) noted.add(event);
    },
    async add(readings) {
      for (const reading of readings) waiting.set(`${imageKey(reading)} ${snapshotDay(reading)}`, reading);
      if (clock.now() >= nextSaveAt) await queueSave();
    },
    async flush() {
      const failure = await queueSave();
      hasSaved = false;
      return failure;
    },
  };
}
