/** Cycles with all that belongs to them: the status while they run, and retention and health after them. */
import { dayOf } from '../core/day.ts';
import { errorFields, toAppError } from '../core/errors.ts';
import type { Clock, Logger, RegistryDescriptor, SnapshotStore } from '../core/ports.ts';
import { firstKeptDay } from '../core/retention.ts';
import { noTotals, type Progress, type RegistryState, type RegistryStatus, type RegistryTotals } from '../core/status.ts';
import type { Collector, Cycle, CycleObserver, RegistryCycle } from './collector.ts';
import type { Health } from './health.ts';

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

interface Account {
  readonly cycle?: RegistryCycle;
  readonly totals: RegistryTotals;
  readonly lastSuccess?: string | undefined;
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

  function statusOf({ id, title }: RegistryDescriptor): RegistryStatus {
    const { cycle, lastSuccess, totals } = accounts.get(id) ?? { totals: noTotals };
    return {
      registry: id,
      title,
      state: stateOf(deps.tracked.has(id), cycle),
      imagesRead: cycle?.imagesRead ?? 0,
      imagesFailed: cycle?.failures.filter((failure) => failure.missing === 'total').length ?? 0,
      failures: cycle?.failures ?? [],
      listings: cycle?.listings ?? [],
      doubts: cycle?.doubts ?? [],
      totals,
      diagnosis: cycle?.diagnosis,
      lastSuccess,
      lastDurationMs: cycle?.durationMs,
      progress: progress.get(id),
    };
  }

  return {
    runningSince: () => runningSince,
    registries: () => deps.descriptors.map(statusOf),
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

function counted({ cycles, errors }: RegistryTotals, { imagesRead, failures }: RegistryCycle): RegistryTotals {
  const isOk = imagesRead > 0;
  const sums = { ...errors };
  for (const { code, missing } of failures) if (missing === 'total') sums[code] = (sums[code] ?? 0) + 1;
  return { cycles: { ok: cycles.ok + Number(isOk), failed: cycles.failed + Number(!isOk) }, errors: sums };
}

function stateOf(tracked: boolean, cycle: RegistryCycle | undefined): RegistryState {
  if (!tracked) return 'off';
  if (!cycle) return 'waiting';
  if (cycle.imagesRead === 0) return 'failing';
  if (cycle.failures.length > 0 || cycle.listings.some((listing) => !listing.complete)) return 'degraded';
  const doubts = cycle.doubts.map(({ doubt }) => doubt);
  return doubts.includes('frozen') ? 'frozen' : (doubts[0] ?? 'ok');
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
