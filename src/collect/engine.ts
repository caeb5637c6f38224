/** Runs over everything that is configured: plan, work, end. It knows one list of work, of this process alone or shared by many. */
import { errorFields, toAppError } from '../core/model/errors.ts';
import type { RegistryDescriptor } from '../core/model/registry.ts';
import type { RunRecord, RunReport } from '../core/model/run.ts';
import type { Clock, Logger, SnapshotStore, WorkList } from '../core/ports.ts';
import type { Progress } from '../core/model/outcome.ts';
import type { CollectorStatus } from '../core/views/status.ts';
import { createAfterRun, logRun, type AfterRunDeps } from './after-run.ts';
import { createEventDetector } from './event-detector.ts';
import type { Health } from './health.ts';
import { createPastDays } from './past-days.ts';
import { planRun, type TrackedRegistry } from './plan.ts';
import { statusOf } from './registry-status.ts';
import { createScheduler } from './scheduler.ts';
import { workOff } from './work.ts';
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
  /** Whether days before the first read are backfilled. */
  readonly backfill: boolean;
  /** 0: nothing is deleted. */
  readonly retentionDays: number;
  readonly listeners?: AfterRunDeps['listeners'];
}

export interface RunObserver {
  readonly onProgress?: (registry: string, progress: Progress) => void;
}

export interface Engine {
  /** Works in the background until it is stopped. */
  start(): void;
  /** Stores what was read, gives back what was begun, and resolves when nothing runs any more. */
  stop(): Promise<void>;
  /** One run, now, with nothing in the background. @throws AppError when a shared list cannot be reached */
  runOnce(signal: AbortSignal, observer?: RunObserver): Promise<RunRecord>;
  status(): CollectorStatus;
}

const progressLogMs = 10_000;
const troubleMs = 5_000;

export function createEngine(deps: EngineDeps): Engine {
  const { registries, descriptors, list, store, health, clock, log, isCollector } = deps;
  const tracked = registries.map(({ descriptor }) => descriptor.id);
  const titles = new Map(descriptors.map(({ id, title }) => [id, title]));
  const buffer = createWriteBuffer({ store, list, clock, log, onWritten: () => refresh() });
  const detector = createEventDetector({ store, log, isShared: list.pollMs !== undefined, backfill: deps.backfill });
  const addPastDays = createPastDays({ store, clock, log, backfill: deps.backfill ? deps : undefined });
  const afterRun = createAfterRun({ ...deps, buffer, titles });
  let report: RunReport = { counts: [] };
  let isKnown = false;
  let isLost = false;
  let isStopping = false;
  let starting: Promise<void> = Promise.resolve();

  async function refresh(): Promise<void> {
    report = await list.report();
    if (!isStopping) await afterRun.follow(report);
  }

  function progressOf(registry: string): Progress | undefined {
    const known = report.running?.registries.find((each) => each.registry === registry)?.progress;
    const held = buffer.held(registry).filter(({ kind }) => kind === 'read');
    return known && { done: Math.min(known.total, known.done + held.length), total: known.total };
  }

  /** Everything of an open run that this process can do. */
  async function work(run: string, signal: AbortSignal, observer: RunObserver): Promise<void> {
    const onProgress = (registry: string): void => {
      const progress = progressOf(registry);
      if (progress) observer.onProgress?.(registry, progress);
    };
    const parts = { ...deps, buffer, detector, addPastDays, onProgress };
    for (const registry of tracked) onProgress(registry);
    const stopLogging = logProgress();
    try {
      await Promise.all(registries.map((each) => persist(() => workOff(parts, each, run, signal), signal)));
      await buffer.flush({ isLast: true });
    } finally {
      stopLogging();
    }
  }

  /** Does the step again until it comes to its end: while a list cannot be reached the others go on. */
  async function persist(step: () => Promise<void>, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        return await step();
      } catch (error) {
        if (signal.aborted) return;
        log.error('run is interrupted', errorFields(toAppError(error)));
        await clock.sleep(troubleMs, signal).catch(() => undefined);
      }
    }
  }

  /** Plans the run if nobody has, works on it, and ends it if nothing is left. Resolves to the run where it ended here. */
  async function participate(run: string, isToPlan: boolean, signal: AbortSignal, observer: RunObserver): Promise<RunRecord | undefined> {
    if (isToPlan) {
      const items = await planRun(deps);
      await list.plan(run, items);
      log.info('run began', { run, jobs: items.length });
    }
    await refresh();
    await work(run, signal, observer);
    return signal.aborted ? leave(run) : settle();
  }

  /** Ends the open run where it is over, with all that follows. */
  async function settle(): Promise<RunRecord | undefined> {
    const ended = await list.end();
    if (ended) await afterRun.conclude(ended);
    await refresh();
    if (ended && !ended.interrupted) logRun(ended, log);
    return ended;
  }

  async function leave(run: string): Promise<RunRecord | undefined> {
    const left = await list.interrupt(run);
    if (left) await afterRun.conclude(left);
    report = { ...report, running: undefined };
    return left;
  }

  async function collect(signal: AbortSignal): Promise<number | undefined> {
    try {
      const opened = await list.open();
      if (!('run' in opened)) return list.pollMs === undefined ? opened.waitMs : Math.min(opened.waitMs ?? list.pollMs, list.pollMs);
      await participate(opened.run, opened.isToPlan, signal, {});
      return list.pollMs ?? 0;
    } catch (error) {
      if (!signal.aborted) log.error('run is interrupted', errorFields(toAppError(error)));
      return troubleMs;
    }
  }

  /** What others may have done meanwhile. */
  async function follow(signal?: AbortSignal): Promise<number | undefined> {
    try {
      // What nobody is left to do is ended before this process counts as one who is.
      if (!isKnown) await settle();
      if (isCollector) await list.beat(tracked);
      if (isKnown) await settle();
      [isKnown, isLost] = [true, false];
    } catch (error) {
      const failure = toAppError(error);
      if (!isLost && !signal?.aborted) {
        log.error('runs cannot be followed', errorFields(failure));
        await afterRun.lose(failure.message);
      }
      isLost = true;
    }
    return list.pollMs;
  }

  /** After a restart the service is healthy while what it stored before is fresh. */
  async function restore(): Promise<void> {
    try {
      const newest = new Map<string, number>();
      for (const { registry, readAt = '' } of await store.latest({})) {
        const agoMs = Math.max(0, clock.now() - Date.parse(readAt));
        if (agoMs < (newest.get(registry) ?? Number.POSITIVE_INFINITY)) newest.set(registry, agoMs);
      }
      await health.stored(newest);
    } catch (error) {
      log.warn('stored images cannot be listed', errorFields(toAppError(error)));
      await health.stored(new Map());
    }
  }

  /** Logs how far the run is every ten seconds until the returned function is called. */
  function logProgress(): () => void {
    const finished = new AbortController();
    const loop = async (): Promise<void> => {
      for (;;) {
        await clock.sleep(progressLogMs, finished.signal);
        for (const registry of tracked) log.info('run in progress', { registry, ...progressOf(registry) });
      }
    };
    loop().catch(() => undefined);
    return () => finished.abort();
  }

  async function begin(): Promise<void> {
    await restore();
    if (list.pollMs !== undefined) await follow();
    for (const scheduler of schedulers) scheduler.start();
  }

  const schedulers = [
    ...(isCollector ? [createScheduler({ step: collect, clock })] : []),
    ...(list.pollMs === undefined ? [] : [createScheduler({ step: follow, clock })]),
  ];

  return {
    start() {
      starting = begin();
    },
    async stop() {
      isStopping = true;
      const stopped = schedulers.map((scheduler) => scheduler.stop());
      await starting;
      await Promise.all([...stopped, ...schedulers.map((scheduler) => scheduler.stop())]);
    },
    async runOnce(signal, observer = {}) {
      const opened = await list.open();
      if (!('run' in opened)) throw new TypeError('a run is not due');
      const ended = await participate(opened.run, opened.isToPlan, signal, observer);
      if (!ended) throw new TypeError(`run ${opened.run} has not ended`);
      return ended;
    },
    status() {
      const { finished, running, counts, nextAt } = report;
      return {
        health: health.report(),
        runningSince: running && new Date(running.startedAt).toISOString(),
        nextCycle: nextAt === undefined ? undefined : new Date(nextAt).toISOString(),
        retentionError: finished?.retentionError,
        registries: descriptors.map((descriptor) => {
          const { id } = descriptor;
          const count = counts.find(({ registry }) => registry === id);
          const last = finished?.registries.find(({ registry }) => registry === id);
          return statusOf(descriptor, tracked.includes(id), { ...count, last, progress: progressOf(id) });
        }),
      };
    },
  };
}
