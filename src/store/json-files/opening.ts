/** What is told and kept while a folder is opened, which takes long with many files that no cache covers. */
import type { AppError } from '../../core/model/errors.ts';
import type { Clock, NotifyingStore } from '../../core/ports.ts';
import type { IndexCache } from './index-cache.ts';
import type { LoadOptions } from './load-index.ts';

/** Is told how the opening goes on, and afterwards whether the folder can be written. */
export interface OpeningObserver {
  /** So many of the days that are to be read are read. */
  onProgress(done: number, total: number): void;
  /** Only time can tell whether another process uses the folder. With a store: what it has can be read already. */
  onWaiting(store: NotifyingStore): void;
  /** Why nothing can be stored; undefined: it can, again. */
  onStorable(problem: AppError | undefined): void;
}

/** While the index is built its cache is written so often: a start that is killed goes on there. Longer where writing takes long. */
const checkpointMs = 5_000;
const checkpointShare = 20;

interface CheckpointDeps {
  readonly clock: Clock;
  /** Absent: the folder is not ours to write to. */
  readonly cache: IndexCache | undefined;
  readonly observer: OpeningObserver | undefined;
}

/** Tells how far the index is built, and writes what there is of it now and then. */
export function createCheckpoints({ clock, cache, observer }: CheckpointDeps): LoadOptions['onFile'] {
  let nextAt = clock.now() + checkpointMs;
  return async ({ index, stamps, filesRead, settle }, toRead) => {
    observer?.onProgress(filesRead, toRead);
    const startedAt = clock.now();
    if (startedAt < nextAt || !cache || filesRead === toRead) return;
    await settle();
    if (!index.isExact()) return;
    await cache.write(stamps, index.entries());
    nextAt = clock.now() + Math.max(checkpointMs, checkpointShare * (clock.now() - startedAt));
  };
}
