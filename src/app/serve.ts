/** `serve`: collects in the background and answers requests, until it is closed. */
import { randomBytes } from 'node:crypto';
import assets from '../../dist/assets.json' with { type: 'json' };
import { createApi } from '../http/api.ts';
import { nodeTimer } from '../http/gate.ts';
import type { Handler } from '../http/message.ts';
import { createTrigger } from '../http/trigger.ts';
import { listen, type ApiServer } from '../http/server.ts';
import { createMarkerFile } from '../collect/marker-file.ts';
import type { Config } from '../config/load.ts';
import { dayMs } from '../core/model/day.ts';
import { formatRepo } from '../core/model/image-ref.ts';
import type { ImageName } from '../core/model/image.ts';
import { createAssets } from '../dashboard/assets.ts';
import type { PageContext } from '../dashboard/context.ts';
import { createPages } from '../dashboard/endpoints/index.ts';
import { workOutEventsAhead } from './events-ahead.ts';
import { prepareCollecting, type Collecting } from './collecting.ts';
import { createWorld, descriptors, version, type Overrides, type World } from './world.ts';

export interface App {
  /**
   * Opens the port, then the store, and starts to collect in the background. Requests are answered from the first moment, with what is there.
   * @throws AppError when port or store cannot be opened, or the signal's reason; nothing is open then
   */
  start(signal?: AbortSignal): Promise<void>;
  /** Stops collecting, stores what was read, lets running requests end; afterwards nothing keeps the process alive. */
  close(): Promise<void>;
  /** Where the API answers, once the port is open. */
  url(): string;
}

export interface AppOptions extends Overrides {
  /** What every page says above its content. */
  readonly notice?: string;
}

const drainMs = 5_000;

export function createApp(config: Config, { notice, ...overrides }: AppOptions = {}): App {
  const world = createWorld(config, overrides);
  const { log } = world;
  let stop: (() => Promise<void>) | undefined;
  let server: ApiServer | undefined;

  return {
    url: () => server?.url ?? '',
    async start(signal) {
      signal?.throwIfAborted();
      const collecting = await prepareCollecting(config, world, { marker: createMarkerFile(config.healthFile, log) });
      const { engine, tracked, fail, notifier } = collecting;
      const howToConfigure = tracked.length > 0 ? undefined : howTo();
      try {
        server = await listen(createHandler(config, world, collecting, { notice, howToConfigure }), config.listen);
        const { url } = server;
        log.info('port opened', { url });
        await collecting.open(signal);
        log.info('service started', { version, url, dataDir: config.dataDir, registries: tracked });
      } catch (error) {
        // Otherwise the health file may be that of the service that has the folder.
        if (signal?.aborted) await fail('the service is stopping');
        await Promise.all([server?.close(0), collecting.close()]);
        throw error;
      }
      if (howToConfigure !== undefined) log.warn(howToConfigure);
      engine.start();
      const restEvents = workOutEventsAhead({ store: collecting.store, clock: world.clock, timer: nodeTimer });
      // Those who only serve have perhaps no way out.
      if (config.role !== 'api') notifier?.start();
      stop = async () => {
        restEvents();
        await fail('the service is stopping');
        await Promise.all([engine.stop(), server?.close(drainMs)]);
        await notifier?.stop();
        await collecting.close();
        log.info('service stopped');
      };
    },
    async close() {
      await stop?.();
      stop = undefined;
    },
  };
}

/** Everything that is answered: the API, the pages and the metrics. */
function createHandler(
  config: Config,
  { clock, log }: World,
  { store, engine, notifier }: Collecting,
  texts: Pick<PageContext, 'notice' | 'howToConfigure'>,
): Handler {
  const shown = {
    store,
    status: () => engine.status(),
    channels: notifier && lastKnown(() => notifier.status()),
    clock,
    configured: configuredImages(config),
    groups: config.groups,
    counting: Object.fromEntries(descriptors.map(({ id, counts }) => [id, counts])),
    staleAfterMs: Math.max(dayMs, 2 * config.pollIntervalHours * 3_600_000),
    basePath: config.basePath,
    version,
    configProblems: config.problems,
    ...texts,
    // Processes with one database serve the same pages.
    trigger: config.allowTrigger
      ? createTrigger({ clock, secret: config.databaseUrl || randomBytes(32).toString('hex'), begin: () => engine.trigger() })
      : undefined,
  };
  const { pages, errorPage } = createPages({ ...shown, registries: descriptors, examples: examples(), assets: createAssets(assets) });
  // Loaded with the first scrape: those without Prometheus keep its memory.
  const metrics = once(async () => (await import('../metrics/metrics.ts')).createMetrics({ ...shown, images: config.metricsImages }));
  return createApi({
    ...shown,
    metrics: { scrape: async () => (await metrics()).scrape() },
    registries: descriptors.map(({ id }) => id),
    pages,
    errorPage,
    frameAncestors: config.frameAncestors,
    log,
  });
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

/** The same as before where it fails; nothing is asked twice at once. */
function lastKnown<T>(ask: () => Promise<readonly T[]>): () => Promise<readonly T[]> {
  let known: readonly T[] = [];
  let asking: Promise<readonly T[]> | undefined;
  return () =>
    (asking ??= ask()
      .then((answer) => (known = answer))
      .catch(() => known)
      .finally(() => (asking = undefined)));
}

/** The function, run when it is first called and never again. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
