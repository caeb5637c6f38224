/** `demo`: the service over simulated registries, with a history that is already there, in a folder that goes with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, type Config } from '../config/load.ts';
import { dayOf } from '../core/model/day.ts';
import type { Reading } from '../core/model/reading.ts';
import type { Demo, Simulator } from '../demo/index.ts';
import { openStore } from '../store/index.ts';
import { createApp, type App } from './serve.ts';
import { createWorld, descriptors, type Overrides, type World } from './world.ts';

/** What of the user's own configuration counts here, too: how it is reached and what it logs, never what is tracked and where it is kept. */
export type DemoSettings = Pick<Config, 'listen' | 'basePath' | 'logLevel' | 'logFormat'>;

export interface DemoOptions extends Overrides {
  readonly settings?: Partial<DemoSettings>;
  /** False: nothing was read before the start. True where absent. */
  readonly withHistory?: boolean;
}

export interface DemoService {
  readonly app: App;
  readonly demo: Demo;
  readonly simulator: Simulator;
  /** Also deletes the folder. */
  stop(): Promise<void>;
}

/** On every page. */
const notice = 'Demo: simulated images and registries, nothing here is real.';
/** Days of history before the day of the clock. */
const days = 120;
const seed = 7;

/** Ready to be started. @throws AppError when the temporary folder cannot be used */
export async function prepareDemo({ settings, withHistory = true, ...overrides }: DemoOptions = {}): Promise<DemoService> {
  const { createDemo, simulatorEnvironment, startSimulator } = await import('../demo/index.ts');
  const directory = await mkdtemp(join(tmpdir(), 'registry-stats-demo-'));
  const opened: Simulator[] = [];
  const clear = async (): Promise<void> => {
    for (const each of opened) await each.close();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const world = createWorld({ logLevel: 'info', logFormat: 'auto', ...settings }, overrides);
    const { clock } = world;
    const now = clock.now();
    const demo = createDemo({ today: dayOf(now), days, seed, startedAt: new Date(now).toISOString() });
    const simulator = await startSimulator({ world: demo.world, clock });
    opened.push(simulator);
    if (withHistory) await storeHistory(directory, demo.history, world);
    const app = createApp({ ...demoConfig(directory, demo, simulatorEnvironment(simulator)), ...settings }, { ...world, notice });
    return {
      app,
      demo,
      simulator,
      async stop() {
        await app.close();
        await clear();
      },
    };
  } catch (error) {
    await clear();
    throw error;
  }
}

async function storeHistory(directory: string, history: readonly (readonly Reading[])[], { clock, log }: World): Promise<void> {
  const store = await openStore({ directory, clock, log, pid: process.pid, hostname: hostname() });
  for (const readings of history) await store.save(readings);
  await store.close();
}

function demoConfig(directory: string, demo: Demo, registries: Readonly<Record<string, string>>): Config {
  const env = {
    DATA_DIR: directory,
    RETENTION_DAYS: '0',
    HEALTH_FILE: join(directory, '.healthy'),
    POLL_INTERVAL_HOURS: '0.05',
    DOCKERHUB_REPOS: demo.dockerHubRepos,
    GHCR_REPOS: demo.ghcrRepos,
    QUAY_REPOS: demo.otherRepos,
    ECR_PUBLIC_REPOS: demo.otherRepos,
    IMAGE_GROUPS: 'ledger=dockerhub:northwind/ledger-sync+ghcr:northwind/importer',
    ...registries,
  };
  return loadConfig({ env, descriptors, readTextFile: () => '' });
}
