/** What every process of a fleet knows of the cycles: it ends them, judges their health, and tells their status. */
import { dayOf } from '../core/model/day.ts';
import { errorFields, toAppError } from '../core/model/errors.ts';
import { imageKey } from '../core/model/image.ts';
import type { CycleRecord, FleetRecord, FleetReport, RegistryRecord } from '../core/fleet.ts';
import type { Clock, Logger, SnapshotStore } from '../core/ports.ts';
import type { RegistryDescriptor } from '../core/model/registry.ts';
import { registryEvents, statesOf } from './registry-events.ts';
import { firstKeptDay } from '../core/numbers/retention.ts';
import type { RegistryStatus } from '../core/views/status.ts';
import type { Cycle, RegistryCycle } from './collector.ts';
import { diagnose } from './diagnosis.ts';
import type { Health } from './health.ts';
import { statusOf } from './registry-status.ts';

export interface FleetTrackerDeps {
  readonly record: FleetRecord;
  readonly store: SnapshotStore;
  readonly health: Health;
  readonly clock: Clock;
  readonly log: Logger;
  readonly descriptors: readonly RegistryDescriptor[];
  /** Ids of those that something is configured for. */
  readonly tracked: ReadonlySet<string>;
  readonly retentionDays: number;
  /** Whether this process ends cycles, or only looks. */
  readonly isCollector: boolean;
  readonly intervalMs: number;
}

export interface FleetTracker {
  /** Looks every few seconds until it is stopped. */
  start(): void;
  stop(): Promise<void>;
  /** ISO 8601 start of the running cycle. */
  runningSince(): string | undefined;
  /** When the next cycle begins, in milliseconds since the epoch. */
  nextCycleAt(): number | undefined;
  registries(): readonly RegistryStatus[];
}

const lookMs = 2_000;
const hourMs = 3_600_000;

export function createFleetTracker(deps: FleetTrackerDeps): FleetTracker {
  const { record, store, health, clock, log, descriptors, intervalMs } = deps;
  const titles = new Map(descriptors.map(({ id, title }) => [id, title]));
  // A cycle that lasts longer than a day has lost a job that nobody gives back.
  const longestMs = Math.max(24 * hourMs, 3 * intervalMs);
  const stopping = new AbortController();
  const { signal } = stopping;
  let report: FleetReport = { counts: [] };
  let judged: string | undefined;
  let isAway = false;
  let running: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    const ended = deps.isCollector ? await record.end(longestMs) : undefined;
    if (ended) await conclude(ended);
    report = await record.report();
    const { finished } = report;
    if (finished && (finished.id !== judged || isAway)) await health.judge(asCycle(finished));
    judged = finished?.id;
    isAway = false;
  }

  /** What follows the end of a cycle, in the one process that ended it. */
  async function conclude(ended: CycleRecord): Promise<void> {
    const at = new Date(clock.now()).toISOString();
    const states = statesOf(await store.events());
    const known = new Set((await store.latest({})).map(imageKey));
    const events = ended.registries.flatMap((each) => {
      const { registry, listings } = each;
      const unlisted = listings.flatMap((listing) => listing.unlisted);
      const isKnown = (repo: string): boolean => known.has(imageKey({ registry, repo }));
      return registryEvents({ ...each, unlisted, diagnosis: diagnosisOf(each) }, states, isKnown, at);
    });
    await store.save([], events);
    for (const { registry, readRepos, failures } of ended.registries) {
      log.info('registry done', { registry, read: readRepos.length, failed: failures.filter(({ missing }) => missing === 'total').length });
    }
    log.info('cycle done', { cycle: ended.id, durationMs: clock.now() - ended.startedAt });
    const before = firstKeptDay(dayOf(clock.now()), deps.retentionDays);
    const days = before === undefined ? [] : await store.prune(before);
    if (days.length > 0) log.info('old snapshots deleted', { days: days.length, before });
  }

  function diagnosisOf({ registry, readRepos, failures }: RegistryRecord): string | undefined {
    return diagnose(titles.get(registry) ?? registry, readRepos.length, failures);
  }

  function asCycle({ startedAt, finishedAt = startedAt, registries }: CycleRecord): Cycle {
    const durationMs = finishedAt - startedAt;
    const tracked = registries.filter(({ registry }) => deps.tracked.has(registry));
    return { startedAt, durationMs, registries: tracked.map((each) => registryCycle(each, durationMs)), interrupted: false };
  }

  function registryCycle(each: RegistryRecord, durationMs: number): RegistryCycle {
    const unlisted = each.listings.flatMap((listing) => listing.unlisted);
    return { ...each, unlisted, imagesRead: each.readRepos.length, diagnosis: diagnosisOf(each), durationMs };
  }

  async function loop(): Promise<void> {
    while (!signal.aborted) {
      try {
        await look();
      } catch (error) {
        const failure = toAppError(error);
        if (!isAway && !signal.aborted) {
          log.error('cycles cannot be followed', errorFields(failure));
          await health.fail(failure.message);
        }
        isAway = true;
      }
      await clock.sleep(lookMs, signal).catch(() => undefined);
    }
  }

  return {
    start() {
      running = loop();
    },
    async stop() {
      stopping.abort(new Error('the service is stopping'));
      await running;
    },
    runningSince: () => (report.running ? new Date(report.running.startedAt).toISOString() : undefined),
    nextCycleAt: () => (report.running || !report.finished || intervalMs === 0 ? undefined : report.finished.startedAt + intervalMs),
    registries: () =>
      descriptors.map((descriptor) => {
        const { id } = descriptor;
        const finished = report.finished?.registries.find(({ registry }) => registry === id);
        const { startedAt = 0, finishedAt = 0 } = report.finished ?? {};
        return statusOf(descriptor, deps.tracked.has(id), {
          ...report.counts.find(({ registry }) => registry === id),
          cycle: finished && registryCycle(finished, finishedAt - startedAt),
          progress: report.running?.registries.find(({ registry }) => registry === id)?.progress,
        });
      }),
  };
}
