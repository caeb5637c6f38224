/** What this process knows of the runs: the last report of the list of work, and what its buffer adds to that. */
import type { Progress } from '../core/model/outcome.ts';
import type { RegistryDescriptor } from '../core/model/registry.ts';
import type { RunReport } from '../core/model/run.ts';
import type { WorkList } from '../core/ports.ts';
import type { CollectorStatus } from '../core/views/status.ts';
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
}

export interface RunView {
  /** Asks the list, and lets follow what follows from its answer. @throws AppError when it cannot be reached */
  refresh(): Promise<void>;
  /** What is asked from now on is shown, and nothing follows from it: the process stops. */
  freeze(): void;
  /** The open run is left. */
  leave(): void;
  /** Of the open run. */
  progress(registry: string): Progress | undefined;
  status(): CollectorStatus;
}

export function createRunView({ list, buffer, afterRun, health, descriptors, tracked }: RunViewDeps): RunView {
  let report: RunReport = { counts: [] };
  let isFrozen = false;

  function progress(registry: string): Progress | undefined {
    const known = report.running?.registries.find((each) => each.registry === registry)?.progress;
    const held = buffer.held(registry).filter(({ kind }) => kind === 'read');
    return known && { done: Math.min(known.total, known.done + held.length), total: known.total };
  }

  return {
    async refresh() {
      report = await list.report();
      if (!isFrozen) await afterRun.follow(report);
    },
    freeze: () => void (isFrozen = true),
    leave: () => void (report = { ...report, running: undefined }),
    progress,
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
          return statusOf(descriptor, tracked.includes(id), { ...count, last, progress: progress(id) });
        }),
      };
    },
  };
}
