/** What collects: a process by itself, or one of many that share a database. */
import { createCollector, type TrackedRegistry } from '../collect/collector.ts';
import { createFleetTracker } from '../collect/fleet-tracker.ts';
import { createFleetWorker } from '../collect/fleet-worker.ts';
import { createHealth, type Health, type HealthMarker } from '../collect/health.ts';
import { createScheduler } from '../collect/scheduler.ts';
import { createTracker, type Tracker } from '../collect/tracker.ts';
import type { Config } from '../config/load.ts';
import type { JobQueue, SharedPace } from '../core/fleet.ts';
import type { SnapshotStore } from '../core/ports.ts';
import type { CollectorStatus } from '../core/views/status.ts';
import { sources } from '../sources/index.ts';
import { openSharedStore, type Database } from '../store/index.ts';
import { openStoreOf } from './store.ts';
import { descriptors, httpClientsOf, type World } from './world.ts';

export interface Collecting {
  readonly store: SnapshotStore;
  readonly health: Health;
  /** Ids of the registries that something is configured for. */
  readonly tracked: ReadonlySet<string>;
  readonly status: () => CollectorStatus;
  /** Begins in the background. */
  start(): void;
  /** Ends what it has begun; the store is closed afterwards. */
  stop(): Promise<void>;
  /** Closes what was opened. */
  close(): Promise<void>;
}

/** One process with its own schedule. @throws AppError when the store cannot be opened */
export async function collectAlone(config: Config, world: World, marker: HealthMarker): Promise<Collecting> {
  const { store, tracker, health, tracked } = await openTracking(config, world, marker);
  const { clock, random } = world;
  const intervalMs = config.pollIntervalHours * 3_600_000;
  const scheduler = createScheduler({ runCycle: async (signal) => void (await tracker.runCycle(signal)), clock, random, intervalMs });
  return {
    store,
    health,
    tracked,
    status: () => statusOf(health, tracker, scheduler.nextCycleAt()),
    start: () => scheduler.start(),
    stop: () => scheduler.stop(),
    close: () => store.close(),
  };
}

/** One of the processes that share a database. @throws AppError when the database cannot be used */
export async function collectTogether(config: Config, world: World, marker: HealthMarker, database: Database): Promise<Collecting> {
  const { clock, log } = world;
  warnOfProblems(config, world);
  const { store, record, pace, withLock } = await openSharedStore(database, { egress: config.egress, log });
  const registries = trackedRegistries(config, world, pace);
  const tracked = new Set(registries.map(({ descriptor }) => descriptor.id));
  const health = createHealthOf(config, world, marker);
  const intervalMs = config.pollIntervalHours * 3_600_000;
  const isCollector = config.role !== 'api';
  const tracker = createFleetTracker({
    record,
    store,
    health,
    clock,
    log,
    descriptors,
    tracked,
    retentionDays: config.retentionDays,
    isCollector,
    intervalMs,
  });
  const queue = isCollector
    ? await withLock(() => openQueue(config, database.url, [...tracked], world)).catch(async (error: unknown) => {
        await store.close();
        throw error;
      })
    : undefined;
  const backfill = config.backfill ? config : undefined;
  const worker = queue && createFleetWorker({ registries, store, queue, record, clock, log, intervalMs, backfill });
  return {
    store,
    health,
    tracked,
    status: () => statusOf(health, tracker, tracker.nextCycleAt()),
    start() {
      tracker.start();
      worker?.start();
    },
    stop: async () => void (await Promise.all([worker?.stop(), tracker.stop()])),
    async close() {
      await queue?.close();
      await store.close();
    },
  };
}

/** The list of an owner may have fifty pages, three seconds apart, and a rate limit in between. */
const listSilences = 6;

async function openQueue({ jobSilenceSeconds }: Config, url: string, registries: readonly string[], { log }: World): Promise<JobQueue> {
  // Those who keep files do not pay for it.
  const { openPgBossQueue } = await import('../store/postgres/fleet/pg-boss.ts');
  return openPgBossQueue({ url, registries, log, silentSeconds: { read: jobSilenceSeconds, list: listSilences * jobSilenceSeconds } });
}

export interface Tracking {
  readonly store: SnapshotStore;
  readonly tracker: Tracker;
  readonly health: Health;
  readonly tracked: ReadonlySet<string>;
}

/** What runs cycles in one process. @throws AppError when the store cannot be opened */
export async function openTracking(config: Config, world: World, marker: HealthMarker): Promise<Tracking> {
  const { clock, log } = world;
  warnOfProblems(config, world);
  const store = await openStoreOf(config, world);
  const registries = trackedRegistries(config, world);
  const tracked = new Set(registries.map(({ descriptor }) => descriptor.id));
  const health = createHealthOf(config, world, marker);
  const collector = createCollector({ registries, store, clock, log, backfill: config.backfill ? config : undefined });
  const tracker = createTracker({ collector, health, store, clock, log, descriptors, tracked, retentionDays: config.retentionDays });
  return { store, tracker, health, tracked };
}

function warnOfProblems({ problems }: Config, { log }: World): void {
  for (const problem of problems) log.warn('configuration entry is skipped', { ...problem });
}

function trackedRegistries(config: Config, world: World, sharedPace?: SharedPace): TrackedRegistry[] {
  const createHttpClient = httpClientsOf(world, sharedPace);
  return sources.flatMap(({ descriptor, create }) => {
    const settings = config.registries[descriptor.id];
    if (!settings || settings.targets.length === 0) return [];
    return [{ descriptor, settings, source: create(settings, { createHttpClient, clock: world.clock }) }];
  });
}

function createHealthOf(config: Config, { clock }: World, marker: HealthMarker): Health {
  const titles = new Map(descriptors.map(({ id, title }) => [id, title]));
  return createHealth({ marker, clock, intervalMs: config.pollIntervalHours * 3_600_000, titles });
}

/** `nextCycleAt`: in milliseconds since the epoch. */
function statusOf(health: Health, tracker: Pick<Tracker, 'runningSince' | 'registries'>, nextCycleAt: number | undefined): CollectorStatus {
  return {
    health: health.report(),
    runningSince: tracker.runningSince(),
    nextCycle: nextCycleAt === undefined ? undefined : new Date(nextCycleAt).toISOString(),
    registries: tracker.registries(),
  };
}
