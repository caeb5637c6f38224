/** `serve`: collects in the background and answers requests, until it is closed. */
import assets from '../../dist/assets.json' with { type: 'json' };
import { createApi } from '../http/api.ts';
import { listen, type ApiServer } from '../http/server.ts';
import { createMarkerFile } from '../collect/marker-file.ts';
import type { Config } from '../config/load.ts';
import { dayMs } from '../core/model/day.ts';
import { formatRepo } from '../core/model/image-ref.ts';
import type { ImageName } from '../core/model/image.ts';
import { createAssets } from '../dashboard/assets.ts';
import { createPages } from '../dashboard/endpoints/index.ts';
import { openCollecting } from './collecting.ts';
import { createWorld, descriptors, version, type Overrides } from './world.ts';

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
  const { log, clock } = world;
  let stop: (() => Promise<void>) | undefined;
  let server: ApiServer | undefined;

  return {
    url: () => server?.url ?? '',
    async start() {
      const collecting = await openCollecting(config, world, { marker: createMarkerFile(config.healthFile, log) });
      const { store, engine, tracked, fail } = collecting;
      const howToConfigure = tracked.length > 0 ? undefined : howTo();
      const shown = {
        store,
        status: () => engine.status(),
        clock,
        configured: configuredImages(config),
        groups: config.groups,
        counting: Object.fromEntries(descriptors.map(({ id, counts }) => [id, counts])),
        staleAfterMs: Math.max(dayMs, 2 * config.pollIntervalHours * 3_600_000),
        basePath: config.basePath,
        version,
        configProblems: config.problems,
        howToConfigure,
      };
      const pages = createPages({ ...shown, registries: descriptors, examples: examples(), assets: createAssets(assets) });
      // Loaded with the first scrape: those without Prometheus keep its memory.
      const metrics = once(async () => (await import('../metrics/metrics.ts')).createMetrics(shown));
      const api = createApi({
        ...shown,
        metrics: { scrape: async () => (await metrics()).scrape() },
        registries: descriptors.map(({ id }) => id),
        pages,
        log,
      });
      try {
        server = await listen(api, config.listen);
      } catch (error) {
        await collecting.close();
        throw error;
      }
      log.info('service started', { version, url: server.url, dataDir: config.dataDir, registries: tracked });
      if (howToConfigure !== undefined) log.warn(howToConfigure);
      engine.start();
      stop = async () => {
        await fail('the service is stopping');
        await Promise.all([engine.stop(), server?.close(drainMs)]);
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
