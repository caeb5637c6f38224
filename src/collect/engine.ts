/** Collects, in one process or as one of many: it knows one list of work, its own or one that is shared. */
import { AppError, errorFields, toAppError } from '../core/model/errors.ts';
import type { RegistryDescriptor } from '../core/model/registry.ts';
import type { RunRecord } from '../core/model/run.ts';
import type { Clock, Logger, SnapshotStore, WorkList } from '../core/ports.ts';
import type { CollectorStatus } from '../core/views/status.ts';
import { createAfterRun, type AfterRun, type AfterRunDeps } from './after-run.ts';
import { createEventDetector } from './event-detector.ts';
import type { Health } from './health.ts';
import { createPastDays } from './past-days.ts';
import type { TrackedRegistry } from './plan.ts';
import { createRunView, type RunView } from './run-view.ts';
import { participate, settle, troubleMs, type RunDeps, type RunObserver } from './run.ts';
import { createScheduler } from './scheduler.ts';
import { createWriteBuffer } from './write-buffer.ts';

export interface EngineDeps {
  /** Those that something is configured for. */
  readonly registries: readonly TrackedRegistry[];
  /** Every registry that this program knows, in the order in which they are shown. */
  readonly descriptors: readonly RegistryDescriptor[];
  readonly list: WorkList;
  readonly store: SnapshotStore;
  readonly health: Health;
  readonly clock: Clock;
  readonly log: Logger;
  /** False: this process only follows what others do. */
  readonly isCollector: boolean;
  /** Between two runs; 0: one run only. */
  readonly intervalMs: number;
  /** Whether days before the first read are backfilled. */
  readonly backfill: boolean;
  /** 0: nothing is deleted. */
  readonly retentionDays: number;
  /** Whether the totals of snapshots that are deleted stay. */
  readonly keepTotals: boolean;
  readonly listeners?: AfterRunDeps['listeners'];
}

export interface Engine {
  /** Works in the background until it is stopped. */
  start(): void;
  /** Stores what was read, gives back what was begun, and resolves when nothing runs any more. */
  stop(): Promise<void>;
  /** One run, now, with nothing in the background. @throws AppError when a shared list cannot be reached */
  runOnce(signal: AbortSignal, observer?: RunObserver): Promise<RunRecord>;
  /** Begins a run now, here or in another process that shares the list. @throws AppError conflict (one is running, or nothing is configured), rate_limited (one has just ended), unreachable */
  trigger(): Promise<void>;
  status(): CollectorStatus;
}

/** Between the end of a run and one that is asked for. */
const minPauseMs = 5 * 60_000;

interface Parts extends RunDeps {
  readonly view: RunView;
  readonly afterRun: AfterRun;
}

export function createEngine(deps: EngineDeps): Engine {
  const { list, clock, log, isCollector } = deps;
  const parts = createParts(deps);
  const { view } = parts;
  const follow = createFollower(deps, parts);
  let starting: Promise<void> = Promise.resolve();

  async function collect(signal: AbortSignal): Promise<number | undefined> {
    try {
      const opened = await list.open();
      if (!('run' in opened)) return list.pollMs === undefined ? opened.waitMs : Math.min(opened.waitMs ?? list.pollMs, list.pollMs);
      await participate(parts, opened, signal);
      return list.pollMs ?? 0;
    } catch (error) {
      if (!signal.aborted) log.error('run is interrupted', errorFields(toAppError(error)));
      return troubleMs;
    }
  }

  const schedulers = [
    ...(isCollector ? [createScheduler({ step: collect, clock })] : []),
    ...(list.pollMs === undefined ? [] : [createScheduler({ step: follow, clock })]),
  ];

  async function begin(): Promise<void> {
    const newest = await rememberStored(deps, parts);
    await deps.health.stored(agesOf(newest, clock.now()));
    if (list.pollMs !== undefined) await follow();
    for (const scheduler of schedulers) scheduler.start();
  }

  return {
    start: () => void (starting = begin()),
    async stop() {
      view.freeze();
      const stopped = schedulers.map((scheduler) => scheduler.stop());
      await starting;
      await Promise.all([...stopped, ...schedulers.map((scheduler) => scheduler.stop())]);
    },
    async runOnce(signal, observer) {
      const opened = await list.open();
      if (!('run' in opened)) throw new TypeError('a run is not due');
      const ended = await participate(parts, opened, signal, observer);
      if (!ended) throw new TypeError(`run ${opened.run} has not ended`);
      return ended;
    },
    async trigger() {
      if (deps.registries.length === 0) throw new AppError('conflict', 'nothing is configured, so there is nothing to check');
      const answer = await list.trigger(minPauseMs);
      if (answer === 'running') throw new AppError('conflict', 'a run is in progress: the status page shows how far it is');
      if (answer !== 'due') {
        const minutes = Math.ceil(answer.waitMs / 60_000);
        throw new AppError('rate_limited', `a run has just ended: try again in ${minutes} minute${minutes === 1 ? '' : 's'}`, {
          retryAfterMs: answer.waitMs,
        });
      }
      log.info('run requested');
      for (const scheduler of schedulers) scheduler.wake();
    },
    status: () => view.status(),
  };
}

function createParts(deps: EngineDeps): Parts {
  const { registries, descriptors, list, store, clock, log, backfill } = deps;
  const tracked = registries.map(({ descriptor }) => descriptor.id);
  const titles = new Map(descriptors.map(({ id, title }) => [id, title]));
  const buffer = createWriteBuffer({ store, list, clock, log, onWritten: () => view.refresh() });
  const afterRun = createAfterRun({ ...deps, buffer, titles });
  const view = createRunView({ ...deps, buffer, afterRun, tracked });
  const detector = createEventDetector({ store, log, isShared: list.pollMs !== undefined, backfill });
  const addPastDays = createPastDays({
    store,
    clock,
    log,
    backfill: backfill ? { retentionDays: deps.keepTotals ? 0 : deps.retentionDays } : undefined,
  });
  return { registries, list, store, clock, log, buffer, afterRun, view, detector, addPastDays };
}

/** Looks at what others may have done meanwhile, and resolves to when to look again. */
function createFollower({ list, log, isCollector }: EngineDeps, parts: Parts): (signal?: AbortSignal) => Promise<number | undefined> {
  const tracked = parts.registries.map(({ descriptor }) => descriptor.id);
  let isKnown = false;
  let isLost = false;
  return async (signal) => {
    try {
      // What nobody is left to do is ended before this process counts as one who is.
      if (!isKnown) await settle(parts, signal);
      if (isCollector) await list.beat(tracked);
      if (isKnown) await settle(parts, signal);
      [isKnown, isLost] = [true, false];
    } catch (error) {
      const failure = toAppError(error);
      if (!isLost && !signal?.aborted) {
        log.error('runs cannot be followed', errorFields(failure));
        await parts.afterRun.lose(failure.message);
      }
      isLost = true;
    }
    return list.pollMs;
  };
}

/**
 * Tells the parts what was stored before this process began. Resolves to when the newest stored reading of each registry was read, in
 * milliseconds since the epoch: after a restart they count like those of a run.
 */
async function rememberStored({ store, log }: EngineDeps, { view, afterRun }: Parts): Promise<ReadonlyMap<string, number>> {
  const newest = new Map<string, number>();
  try {
    const latest = await store.latest({});
    for (const { registry, readAt = '' } of latest) {
      const at = Date.parse(readAt);
      if (at > (newest.get(registry) ?? Number.NEGATIVE_INFINITY)) newest.set(registry, at);
    }
    afterRun.remember(latest);
  } catch (error) {
    log.warn('stored images cannot be listed', errorFields(toAppError(error)));
  }
  view.remember(newest);
  return newest;
}

function agesOf(moments: ReadonlyMap<string, number>, now: number): ReadonlyMap<string, number> {
  return new Map([...moments].map(([registry, at]) => [registry, Math.max(0, now - at)]));
}
