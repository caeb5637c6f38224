/** Makes what collects: the engine, and the list of work that it shares with others or has for itself. */
import { createEngine, type Engine } from '../collect/engine.ts';
import { createHealth, type Health, type HealthMarker } from '../collect/health.ts';
import type { TrackedRegistry } from '../collect/plan.ts';
import { createWorkList } from '../collect/work-list.ts';
import type { Config } from '../config/load.ts';
import type { NotifyingStore, SharedPace, WorkList } from '../core/ports.ts';
import { sources } from '../sources/index.ts';
import { openSharedStore, type OpeningObserver } from '../store/index.ts';
import { memoryWarning } from './memory-limit.ts';
import { createOpeningStore } from './opening-store.ts';
import type { Notifier } from '../notify/index.ts';
import { notifierOf } from './notifying.ts';
import { openStoreOf, servedDatabaseOf } from './store.ts';
import { descriptors, httpClientsOf, type World } from './world.ts';

/** What collects, and where it stores. */
export interface Collecting {
  /** Until it is opened its methods throw AppError unreachable. */
  readonly store: NotifyingStore;
  /**
   * Opens the store; nothing is collected before. The health says how it goes on.
   * @throws AppError when it cannot be opened, or the signal's reason; `close` is to be called all the same
   */
  readonly open: (signal?: AbortSignal) => Promise<void>;
  readonly engine: Engine;
  /** Keeps what is to be sent of each run, and sends it once it is started; absent where no channel is configured. */
  readonly notifier?: Notifier | undefined;
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

/** Makes what collects, into a store that is still to be opened; a database is opened at once. @throws AppError when that cannot be done */
export async function prepareCollecting(
  config: Config,
  world: World,
  { marker, isSingleRun = false }: CollectingOptions,
): Promise<Collecting> {
  const { clock, log, random } = world;
  const tooLittle = memoryWarning(world.memoryLimit);
  if (tooLittle !== undefined) log.warn(tooLittle, { memoryLimit: world.memoryLimit });
  for (const { entry, ...problem } of config.problems) {
    if (entry === '') log.warn('check the configuration', problem);
    else log.warn('ignoring invalid entry', { ...problem, entry });
  }
  const { store, pace, sharedList, open } = await storeAndList(config, world);
  const registries = trackedRegistries(config, world, pace);
  const intervalMs = isSingleRun ? 0 : config.pollIntervalHours * 3_600_000;
  const list = (isSingleRun ? undefined : sharedList) ?? createWorkList({ clock, random, intervalMs });
  const titles = new Map(registries.map(({ descriptor: { id, title } }) => [id, title]));
  const health = createHealth({ marker, clock, intervalMs, titles });
  const { backfill, retentionDays, keepTotals } = config;
  const isCollector = config.role !== 'api';
  const notifier = notifierOf(config, world, store);
  return {
    store,
    open: (signal) => open({ health, signal, mayBeReadOnly: !isSingleRun }),
    engine: createEngine({
      registries,
      descriptors,
      list,
      store,
      health,
      clock,
      log,
      isCollector,
      intervalMs,
      backfill,
      retentionDays,
      keepTotals,
      listeners: notifier && [(end) => notifier.afterRun(end)],
    }),
    notifier,
    tracked: [...titles.keys()],
    fail: (reason) => health.fail(reason),
    async close() {
      await list.close();
      await store.close();
    },
  };
}

interface StoreAndList {
  readonly store: NotifyingStore;
  readonly pace?: SharedPace | undefined;
  readonly sharedList?: WorkList | undefined;
  readonly open: (opening: Opening) => Promise<void>;
}

interface Opening {
  /** Is told why nothing can be stored. */
  readonly health: Health;
  readonly signal: AbortSignal | undefined;
  readonly mayBeReadOnly: boolean;
}

async function storeAndList(config: Config, world: World): Promise<StoreAndList> {
  const database = servedDatabaseOf(config);
  if (!database) return folderStore(config, world);
  const { egress, jobSilenceSeconds, pollIntervalHours } = config;
  const { clock, log, random } = world;
  const silenceMs = jobSilenceSeconds * 1000;
  const shared = await openSharedStore(database, { egress, clock, log, random, silenceMs, intervalMs: pollIntervalHours * 3_600_000 });
  return { ...shared, open: async () => undefined };
}

const sayEveryMs = 250;

function folderStore(config: Config, world: World): StoreAndList {
  const { store, wait, opened } = createOpeningStore('loading history');
  return {
    store,
    async open({ health, signal, mayBeReadOnly }) {
      let saidAt = 0;
      let problem: string | undefined;
      const say = (reason: string): void => {
        saidAt = world.clock.now();
        wait(reason);
        void health.hold(reason);
      };
      const observer: OpeningObserver = {
        onProgress(done, total) {
          if (world.clock.now() - saidAt >= sayEveryMs) say(`loading history, ${done} of ${total} days`);
        },
        onWaiting(readable) {
          opened(readable);
          say('waiting for the folder: another process uses it, or did until just now');
        },
        onStorable: (why) => void health.hold((problem = why?.message)),
      };
      opened(await openStoreOf(config, world, { signal, mayBeReadOnly, observer }));
      await health.hold(problem);
    },
  };
}

function trackedRegistries(config: Config, world: World, sharedPace: SharedPace | undefined): TrackedRegistry[] {
  const createHttpClient = httpClientsOf(world, sharedPace);
  return sources.flatMap(({ descriptor, create }) => {
    const settings = config.registries[descriptor.id];
    if (!settings || settings.targets.length === 0) return [];
    return [{ descriptor, settings, source: create(settings, { createHttpClient, clock: world.clock }) }];
  });
}
