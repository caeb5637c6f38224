/** Makes what collects: the engine, and the list of work that it shares with others or has for itself. */
import { createEngine, type Engine } from '../collect/engine.ts';
import { createHealth, type HealthMarker } from '../collect/health.ts';
import type { TrackedRegistry } from '../collect/plan.ts';
import { createWorkList } from '../collect/work-list.ts';
import type { Config } from '../config/load.ts';
import type { SharedPace, SnapshotStore, WorkList } from '../core/ports.ts';
import { sources } from '../sources/index.ts';
import { openSharedStore } from '../store/index.ts';
import { memoryWarning } from './memory-limit.ts';
import { databaseOf, openStoreOf } from './store.ts';
import { descriptors, httpClientsOf, type World } from './world.ts';

/** What collects, and where it stores. */
export interface Collecting {
  readonly store: SnapshotStore;
  readonly engine: Engine;
  /** Ids of the registries that something is configured for. */
  readonly tracked: readonly string[];
  /** Turns unhealthy for this reason. */
  readonly fail: (reason: string) => Promise<void>;
  /** Closes what was opened; the engine is stopped before. */
  readonly close: () => Promise<void>;
}

export interface CollectingOptions {
  readonly marker: HealthMarker;
  /** One run of this process alone, whatever others that share the database do. */
  readonly isSingleRun?: boolean;
}

/** Opens the store and makes what collects into it. @throws AppError when it cannot be opened */
export async function openCollecting(
  config: Config,
  world: World,
  { marker, isSingleRun = false }: CollectingOptions,
): Promise<Collecting> {
  const { clock, log, random } = world;
  const tooLittle = memoryWarning(world.memoryLimit);
  if (tooLittle !== undefined) log.warn(tooLittle, { memoryLimit: world.memoryLimit });
  for (const problem of config.problems) log.warn('configuration entry is skipped', { ...problem });
  const { store, pace, sharedList } = await openStoreAndList(config, world);
  const registries = trackedRegistries(config, world, pace);
  const intervalMs = isSingleRun ? 0 : config.pollIntervalHours * 3_600_000;
  const list = (isSingleRun ? undefined : sharedList) ?? createWorkList({ clock, random, intervalMs });
  const titles = new Map(registries.map(({ descriptor: { id, title } }) => [id, title]));
  const health = createHealth({ marker, clock, intervalMs, titles });
  const { backfill, retentionDays } = config;
  const isCollector = config.role !== 'api';
  return {
    store,
    engine: createEngine({ registries, descriptors, list, store, health, clock, log, isCollector, intervalMs, backfill, retentionDays }),
    tracked: [...titles.keys()],
    fail: (reason) => health.fail(reason),
    async close() {
      await list.close();
      await store.close();
    },
  };
}

interface StoreAndList {
  readonly store: SnapshotStore;
  readonly pace?: SharedPace | undefined;
  readonly sharedList?: WorkList | undefined;
}

async function openStoreAndList(config: Config, world: World): Promise<StoreAndList> {
  const database = databaseOf(config);
  if (!database) return { store: await openStoreOf(config, world) };
  const { egress, jobSilenceSeconds, pollIntervalHours } = config;
  const { log, random } = world;
  const silenceMs = jobSilenceSeconds * 1000;
  return openSharedStore(database, { egress, log, random, silenceMs, intervalMs: pollIntervalHours * 3_600_000 });
}

function trackedRegistries(config: Config, world: World, sharedPace: SharedPace | undefined): TrackedRegistry[] {
  const createHttpClient = httpClientsOf(world, sharedPace);
  return sources.flatMap(({ descriptor, create }) => {
    const settings = config.registries[descriptor.id];
    if (!settings || settings.targets.length === 0) return [];
    return [{ descriptor, settings, source: create(settings, { createHttpClient, clock: world.clock }) }];
  });
}
