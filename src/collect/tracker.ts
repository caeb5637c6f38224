/** Cycles with all that belongs to them: the status while they run, and retention and health after them. */
import { dayOf } from '../core/model/day.ts';
import { errorFields, toAppError } from '../core/model/errors.ts';
import type { Clock, Logger, SnapshotStore } from '../core/ports.ts';
import type { RegistryDescriptor } from '../core/model/registry.ts';
import { firstKeptDay } from '../core/numbers/retention.ts';
import { noTotals, type Progress } from '../core/model/outcome.ts';
import type { RegistryStatus } from '../core/views/status.ts';
import type { Collector, Cycle, CycleObserver, RegistryCycle } from './collector.ts';
import type { Health } from './health.ts';
import { counted, statusOf, type Account } from './registry-status.ts';

export interface TrackerDeps {
  readonly collector: Collector;
  readonly health: Health;
  readonly store: SnapshotStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Every registry that this program knows, in the order in which they are shown. */
  readonly descriptors: readonly RegistryDescriptor[];
  /** Ids of those that something is configured for. */
  readonly tracked: ReadonlySet<string>;
  readonly retentionDays: number;
}

export interface Tracker {
  /** Runs one cycle, then retention, then judges the health. Never throws. */
  runCycle(signal: AbortSignal, observer?: CycleObserver): Promise<Cycle>;
  /** ISO 8601 start of the running cycle. */
  runningSince(): string | undefined;
  registries(): readonly RegistryStatus[];
}

export function createTracker(deps: TrackerDeps): Tracker {
  const { collector, health, store, clock, log } = deps;
  const accounts = new Map<string, Account>();
  const progress = new Map<string, Progress>();
  let runningSince: string | undefined;

  function remember(cycle: RegistryCycle): void {
    const success = cycle.imagesRead > 0 ? new Date(clock.now()).toISOString() : accounts.get(cycle.registry)?.lastSuccess;
    const totals = counted(accounts.get(cycle.registry)?.totals ?? noTotals, cycle);
    accounts.set(cycle.registry, { cycle, totals, lastSuccess: success });
    progress.delete(cycle.registry);
  }

  async function prune(): Promise<void> {
    const before = firstKeptDay(dayOf(clock.now()), deps.retentionDays);
    if (before === undefined) return;
    try {
      const days = await store.prune(before);
      if (days.length > 0) log.info('old snapshots deleted', { days: days.length, before });
    } catch (error) {
      log.error('old snapshots could not be deleted', { before, ...errorFields(toAppError(error)) });
    }
  }

  function registryStatus(descriptor: RegistryDescriptor): RegistryStatus {
    const { id } = descriptor;
    return statusOf(descriptor, deps.tracked.has(id), { ...accounts.get(id), progress: progress.get(id) });
  }

  return {
    runningSince: () => runningSince,
    registries: () => deps.descriptors.map(registryStatus),
    async runCycle(signal, observer = {}) {
      runningSince = new Date(clock.now()).toISOString();
      const cycle = await collector.run(signal, {
        onProgress(registry, step) {
          progress.set(registry, step);
          observer.onProgress?.(registry, step);
        },
        onRegistryDone(registryCycle) {
          if (!signal.aborted) remember(registryCycle);
          observer.onRegistryDone?.(registryCycle);
        },
      });
      progress.clear();
      runningSince = undefined;
      // A cycle that was stopped half-way says nothing about the registries.
      if (!cycle.interrupted) {
        await prune();
        await health.judge(cycle);
      }
      logCycle(cycle, log);
      return cycle;
    },
  };
}

function logCycle(cycle: Cycle, log: Logger): void {
  for (const { registry, imagesRead, failures, durationMs } of cycle.registries) {
    log.info('registry done', {
      registry,
      read: imagesRead,
      failed: failures.filter(({ missing }) => missing === 'total').length,
      durationMs,
    });
  }
  log.info(cycle.interrupted ? 'cycle stopped before its end' : 'cycle done', { durationMs: cycle.durationMs });
}
