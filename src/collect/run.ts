/** A run, as far as this process does it: plan, work, end. */
import { errorFields, toAppError } from '../core/model/errors.ts';
import type { Progress } from '../core/model/outcome.ts';
import type { RunRecord } from '../core/model/run.ts';
import type { Clock, Logger } from '../core/ports.ts';
import { logRun, type AfterRun } from './after-run.ts';
import { planRun, type TrackedRegistry } from './plan.ts';
import type { RunView } from './run-view.ts';
import { workOff, type WorkDeps } from './work.ts';

export interface RunDeps extends Omit<WorkDeps, 'onProgress'> {
  readonly registries: readonly TrackedRegistry[];
  readonly view: RunView;
  readonly afterRun: AfterRun;
}

export interface RunObserver {
  readonly onProgress?: (registry: string, progress: Progress) => void;
}

export interface OpenRun {
  readonly run: string;
  /** Whether nobody has planned it. */
  readonly isToPlan: boolean;
}

const progressLogMs = 10_000;
export const troubleMs = 5_000;

/** Resolves to the run where it ended here, when all is done that this process can do. @throws AppError when the list cannot be reached */
export async function participate(
  deps: RunDeps,
  { run, isToPlan }: OpenRun,
  signal: AbortSignal,
  observer: RunObserver = {},
): Promise<RunRecord | undefined> {
  const { list, log, view } = deps;
  if (isToPlan) {
    const items = await planRun(deps);
    await list.plan(run, items);
    log.info('run began', { run, jobs: items.length });
  }
  await view.refresh();
  await work(deps, run, signal, observer);
  return signal.aborted ? leave(deps, run) : settle(deps, signal);
}

async function work(deps: RunDeps, run: string, signal: AbortSignal, observer: RunObserver): Promise<void> {
  const { registries, view, buffer } = deps;
  const onProgress = (registry: string): void => {
    const progress = view.progress(registry);
    if (progress) observer.onProgress?.(registry, progress);
  };
  for (const { descriptor } of registries) onProgress(descriptor.id);
  const stopLogging = logProgress(deps);
  try {
    await Promise.all(registries.map((each) => persist(deps, () => workOff({ ...deps, onProgress }, each, run, signal), signal)));
    await buffer.flush({ isLast: true });
  } finally {
    stopLogging();
  }
}

/** Does the step again until it comes to its end: while a list cannot be reached the other registries go on. */
async function persist({ log, clock }: RunDeps, step: () => Promise<void>, signal: AbortSignal): Promise<void> {
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

/** Ends the open run where it is over, with all that follows. @throws AppError when the list cannot be reached */
export async function settle({ list, view, afterRun, log }: RunDeps, signal?: AbortSignal): Promise<RunRecord | undefined> {
  const ended = await list.end();
  if (ended) await afterRun.conclude(ended, signal);
  await view.refresh();
  if (ended && !ended.interrupted) logRun(ended, log);
  return ended;
}

async function leave({ list, view, afterRun }: RunDeps, run: string): Promise<RunRecord | undefined> {
  const left = await list.interrupt(run);
  if (left) await afterRun.conclude(left);
  view.leave();
  return left;
}

/** Logs how far the run is every ten seconds until the returned function is called. */
function logProgress({ clock, log, registries, view }: { clock: Clock; log: Logger } & Pick<RunDeps, 'registries' | 'view'>): () => void {
  const finished = new AbortController();
  const loop = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(progressLogMs, finished.signal);
      for (const { descriptor } of registries) {
        log.info('run in progress', { registry: descriptor.id, ...view.progress(descriptor.id) });
      }
    }
  };
  loop().catch(() => undefined);
  return () => finished.abort();
}
