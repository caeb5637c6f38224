/** What this process knows of the runs: the last report of the list of work, and what its buffer adds to that. */
import type { Progress } from '../core/model/outcome.ts';
import type { RegistryDescriptor } from '../core/model/registry.ts';
import { hasSucceeded, type RunRecord, type RunReport } from '../core/model/run.ts';
import type { Clock, WorkList } from '../core/ports.ts';
import { overdueAfterMs, type CollectorStatus, type PastRun } from '../core/views/status.ts';
import type { AfterRun } from './after-run.ts';
import type { Health } from './health.ts';
import { statusOf } from './registry-status.ts';
import type { WriteBuffer } from './write-buffer.ts';

export interface RunViewDeps {
  readonly list: WorkList;
  readonly buffer: WriteBuffer;
  readonly afterRun: AfterRun;
  readonly health: Health;
  /** Every registry that this program knows, in the order in which they are shown. */
  readonly descriptors: readonly RegistryDescriptor[];
  /** Ids of those that something is configured for. */
  readonly tracked: readonly string[];
  readonly clock: Clock;
  /** Between two runs; 0: one run only. */
  readonly intervalMs: number;
}

export interface RunView {
  /** Asks the list, and lets follow what follows from its answer. @throws AppError when it cannot be reached */
  refresh(): Promise<void>;
  /** What is asked from now on is shown, and nothing follows from it: the process stops. */
  freeze(): void;
  /** Readings of these registries were stored before this process began, at this moment in milliseconds since the epoch. */
  remember(lastReads: ReadonlyMap<string, number>): void;
  /** The open run is left. */
  leave(): void;
  /** Of the open run. */
  progress(registry: string): Progress | undefined;
  status(): CollectorStatus;
}

/** Ended runs that are remembered. */
const maxRuns = 20;

export function createRunView({ list, buffer, afterRun, health, descriptors, tracked, clock, intervalMs }: RunViewDeps): RunView {
  const startedAt = clock.now();
  let remembered: ReadonlyMap<string, number> = new Map();
  let report: RunReport = { counts: [] };
  let isFrozen = false;
  let runs: readonly PastRun[] = [];
  const titles = new Map(descriptors.map(({ id, title }) => [id, title]));

  function progress(registry: string): Progress | undefined {
    const known = report.running?.registries.find((each) => each.registry === registry)?.progress;
    const held = buffer.held(registry).filter(({ kind }) => kind === 'read');
    return known && { done: Math.min(known.total, known.done + held.length), total: known.total };
  }

  return {
    async refresh() {
      report = await list.report();
      const { finished } = report;
      if (finished && finished.id !== runs[0]?.id) runs = [toPastRun(finished, titles), ...runs].slice(0, maxRuns);
      if (!isFrozen) await afterRun.follow(report);
    },
    freeze: () => void (isFrozen = true),
    remember: (lastReads) => void (remembered = lastReads),
    leave: () => void (report = { ...report, running: undefined }),
    progress,
    status() {
      const { finished, running, counts, nextAt } = report;
      return {
        health: health.report(),
        pollIntervalMs: intervalMs === 0 ? undefined : intervalMs,
        runningSince: running && new Date(running.startedAt).toISOString(),
        nextCycle: nextAt === undefined ? undefined : new Date(nextAt).toISOString(),
        retentionError: finished?.retentionError,
        runs,
        registries: descriptors.map((descriptor) => {
          const { id } = descriptor;
          const count = counts.find(({ registry }) => registry === id);
          const last = finished?.registries.find(({ registry }) => registry === id);
          const successAt = Math.max(Date.parse(count?.lastSuccess ?? '') || 0, remembered.get(id) ?? 0);
          return statusOf(descriptor, tracked.includes(id), {
            ...count,
            last,
            lastSuccess: successAt === 0 ? undefined : new Date(successAt).toISOString(),
            overdueAt: intervalMs === 0 ? undefined : new Date((successAt || startedAt) + overdueAfterMs(intervalMs)).toISOString(),
            progress: progress(id),
          });
        }),
      };
    },
  };
}

function toPastRun({ id, startedAt, durationMs, registries, saveError }: RunRecord, titles: ReadonlyMap<string, string>): PastRun {
  const failed = registries.flatMap(({ failures }) => failures.filter(({ missing }) => missing === 'total'));
  return {
    id,
    startedAt: new Date(startedAt).toISOString(),
    durationMs,
    imagesRead: registries.reduce((sum, { imagesRead }) => sum + imagesRead, 0),
    imagesFailed: failed.length,
    failedRegistries: registries.filter((part) => !hasSucceeded(part)).map(({ registry }) => titles.get(registry) ?? registry),
    saveError: saveError?.message,
  };
}
