/** The composition root: makes every part and hands each what it needs. */
import { hostname } from 'node:os';
import assets from '../dist/assets.json' with { type: 'json' };
import { createApi } from './api/app.ts';

import { listen, type ApiServer } from './api/server.ts';
import { createCollector, type Cycle, type CycleObserver } from './collect/collector.ts';
import { createHealth, type HealthMarker } from './collect/health.ts';
import { createMarkerFile } from './collect/marker-file.ts';
import { createScheduler } from './collect/scheduler.ts';
import { createTracker, type Tracker } from './collect/tracker.ts';
import type { Config } from './config/load.ts';
import { dayMs } from './core/day.ts';
import { formatRepo } from './core/image-ref.ts';
import type { ImageName } from './core/images.ts';
import type { LatestImage, SnapshotStore } from './core/ports.ts';
import type { CollectorStatus } from './core/status.ts';
import { createAssets } from './dashboard/assets.ts';
import { createSite } from './dashboard/site.ts';
import { sources } from './sources/index.ts';
import { openStore } from './store/index.ts';
import { createWorld, descriptors, httpClientsOf, version, type Overrides, type World } from './compose/world.ts';

export { backupHistory, exportFormats, exportHistory, importHistory, readReport, restoreHistory } from './compose/history.ts';
export { descriptors, version } from './compose/world.ts';
export type { Overrides } from './compose/world.ts';

export interface App {
  /** Opens the store and the port and starts to collect in the background. @throws AppError when one of them cannot be opened */
  start(): Promise<void>;
  /** Stops collecting, stores what was read, lets running requests end; afterwards nothing keeps the process alive. */
  close(): Promise<void>;
  /** Where the API answers, once started. */
  url(): string;
}

const drainMs = 5_000;

export function createApp(config: Config, overrides: Overrides = {}): App {
  const world = createWorld(config, overrides);
  const { log, clock, random } = world;
  let stop: (() => Promise<void>) | undefined;
  let server: ApiServer | undefined;

  return {
    url: () => server?.url ?? '',
    async start() {
      const marker = createMarkerFile(config.healthFile, log);
      const tracking = await openTracking(config, world, marker);
      const { store, tracker, health } = tracking;
      const intervalMs = config.pollIntervalHours * 3_600_000;
      const scheduler = createScheduler({
        runCycle: async (signal) => void (await tracker.runCycle(signal)),
        clock,
        random,
        intervalMs,
      });
      const status = (): CollectorStatus => ({
        health: health.report(),
        runningSince: tracker.runningSince(),
        nextCycle: isoMoment(scheduler.nextCycleAt()),
        registries: tracker.registries(),
      });
      const howToConfigure = tracking.tracked.size > 0 ? undefined : howTo();
      const shown = {
        store,
        status,
        clock,
        configured: configuredImages(config),
        groups: config.groups,
        counting: Object.fromEntries(descriptors.map(({ id, counts }) => [id, counts])),
        staleAfterMs: Math.max(dayMs, 2 * intervalMs),
        basePath: config.basePath,
        version,
        configProblems: config.problems,
        howToConfigure,
      };
      const site = createSite({ ...shown, registries: descriptors, examples: examples(), assets: createAssets(assets) });
      // Loaded with the first scrape: those without Prometheus keep its memory.
      const metrics = once(async () => (await import('./metrics/metrics.ts')).createMetrics(shown));
      const api = createApi({
        ...shown,
        metrics: { scrape: async () => (await metrics()).scrape() },
        registries: descriptors.map(({ id }) => id),
        site,
        log,
      });
      try {
        server = await listen(api, config.listen);
      } catch (error) {
        await store.close();
        throw error;
      }
      await health.fail('no cycle has finished yet');
      log.info('service started', { version, url: server.url, dataDir: config.dataDir, registries: [...tracking.tracked] });
      if (howToConfigure !== undefined) log.warn(howToConfigure);
      scheduler.start();
      stop = async () => {
        await health.fail('the service is stopping');
        await Promise.all([scheduler.stop(), server?.close(drainMs)]);
        await store.close();
        log.info('service stopped');
      };
    },
    async close() {
      await stop?.();
      stop = undefined;
    },
  };
}

export interface Collected {
  readonly cycle: Cycle;
  /** What is known of every image afterwards. */
  readonly images: readonly LatestImage[];
}

/** Runs one cycle without serving anything. @throws AppError when the store cannot be opened */
export async function collectOnce(
  config: Config,
  signal: AbortSignal,
  observer: CycleObserver = {},
  overrides: Overrides = {},
): Promise<Collected> {
  const nowhere: HealthMarker = { set: async () => undefined, clear: async () => undefined };
  const { store, tracker } = await openTracking(config, createWorld(config, overrides), nowhere);
  try {
    const cycle = await tracker.runCycle(signal, observer);
    return { cycle, images: await store.latest({}) };
  } finally {
    await store.close();
  }
}

interface Tracking {
  readonly store: SnapshotStore;
  readonly tracker: Tracker;
  readonly health: ReturnType<typeof createHealth>;
  /** Ids of the registries that something is configured for. */
  readonly tracked: ReadonlySet<string>;
}

async function openTracking(config: Config, world: World, marker: HealthMarker): Promise<Tracking> {
  const { clock, log } = world;
  for (const problem of config.problems) log.warn('configuration entry is skipped', { ...problem });
  const store = await openStore({ directory: config.dataDir, clock, log, pid: process.pid, hostname: hostname() });
  const createHttpClient = httpClientsOf(world);
  const registries = sources.flatMap(({ descriptor, create }) => {
    const settings = config.registries[descriptor.id];
    if (!settings || settings.targets.length === 0) return [];
    return [{ descriptor, settings, source: create(settings, { createHttpClient, clock }) }];
  });
  const tracked = new Set(registries.map(({ descriptor }) => descriptor.id));
  const titles = new Map(descriptors.map(({ id, title }) => [id, title]));
  const health = createHealth({ marker, clock, intervalMs: config.pollIntervalHours * 3_600_000, titles });
  const collector = createCollector({ registries, store, clock, log, backfill: config.backfill ? config : undefined });
  const tracker = createTracker({ collector, health, store, clock, log, descriptors, tracked, retentionDays: config.retentionDays });
  return { store, tracker, health, tracked };
}

function configuredImages({ registries }: Config): ImageName[] {
  return Object.entries(registries).flatMap(([registry, { targets }]) =>
    targets.flatMap((target) => (target.kind === 'image' ? [{ registry, repo: formatRepo(target.ref) }] : [])),
  );
}

function howTo(): string {
  const variables = examples().map(({ variable, example }) => `${variable}=${example}`);
  return `nothing is tracked yet: set ${variables.join(' or ')} and start again`;
}

/** What to set, for each registry. */
function examples(): { readonly variable: string; readonly example: string }[] {
  return descriptors.map(({ variablePrefix, example }) => ({ variable: `${variablePrefix}_REPOS`, example }));
}

/** The function, run when it is first called and never again. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function isoMoment(epochMs: number | undefined): string | undefined {
  return epochMs === undefined ? undefined : new Date(epochMs).toISOString();
}
