/** What the program needs of the world, and what a test may put in its place. */
import packageJson from '../../package.json' with { type: 'json' };
import { systemClock } from './system-clock.ts';
import type { Config } from '../config/load.ts';
import type { Clock, Logger, Random, SharedPace } from '../core/ports.ts';
import type { RegistryDescriptor } from '../core/model/registry.ts';
import { createLogger } from './logger.ts';
import { createHttpClientFactory } from '../net/client.ts';
import { systemTimer, type StartTimer } from '../net/deadline.ts';
import type { CreateHttpClient } from '../net/http.ts';
import { sources } from '../sources/index.ts';
import { nodeFileSystem, type FileSystem } from '../store/json-files/file-system.ts';

export const { version } = packageJson;

/** What the program knows, for the configuration and its documentation. */
export const descriptors: readonly RegistryDescriptor[] = sources.map(({ descriptor }) => descriptor);

/** What of the world can be replaced; absent members are the real thing. */
export interface Overrides {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly fetch?: typeof globalThis.fetch;
  readonly log?: Logger;
  readonly httpTimeoutMs?: number;
  /** Of the time that a request may take. */
  readonly startTimer?: StartTimer;
  /** Where snapshots are files. */
  readonly files?: FileSystem;
  /** The bytes that the cgroup allows, v1 or v2; what no machine has where it allows all, and 0 where that is not known. */
  readonly memoryLimit?: number;
}

export type World = Required<Overrides>;

export function createWorld(config: Pick<Config, 'logLevel' | 'logFormat'>, overrides: Overrides = {}): World {
  return {
    clock: systemClock,
    random: Math.random,
    fetch: globalThis.fetch,
    log: createLogger({ level: config.logLevel, format: config.logFormat, stream: process.stderr }),
    httpTimeoutMs: 30_000,
    startTimer: systemTimer,
    files: nodeFileSystem,
    memoryLimit: process.constrainedMemory(),
    ...overrides,
  };
}

export function httpClientsOf(world: World, sharedPace?: SharedPace): CreateHttpClient {
  return createHttpClientFactory({
    ...world,
    userAgent: `registry-stats/${version} (self-hosted download statistics of container images)`,
    timeoutMs: world.httpTimeoutMs,
    sharedPace,
  });
}
