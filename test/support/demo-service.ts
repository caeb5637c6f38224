/** The service over the demo's world: simulated registries, and a history that is already there. */
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp, type App } from '../../src/app/serve.ts';
import { descriptors } from '../../src/app/world.ts';
import { systemClock } from '../../src/app/system-clock.ts';
import { loadConfig } from '../../src/config/load.ts';
import { dayOf } from '../../src/core/model/day.ts';
import type { Clock, Logger } from '../../src/core/ports.ts';
import { openStore } from '../../src/store/index.ts';
import { createDemo, type Demo } from './demo-world.ts';
import { startSimulator, type Simulator } from './simulator/index.ts';

export interface DemoServiceOptions {
  readonly clock?: Clock;
  readonly log: Logger;
  /** False: nothing was read before the start. True where absent. */
  readonly withHistory?: boolean;
  /** Beside the demo's own environment, or in its place. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface DemoService {
  readonly app: App;
  readonly demo: Demo;
  readonly simulator: Simulator;
  stop(): Promise<void>;
}

/** Days of history before the day of the clock. */
const days = 120;
const seed = 7;

/** Ready to be started. */
export async function prepareDemoService({
  clock = systemClock,
  log,
  withHistory = true,
  env = {},
}: DemoServiceOptions): Promise<DemoService> {
  const now = clock.now();
  const demo = createDemo({ today: dayOf(now), days, seed, startedAt: new Date(now).toISOString() });
  const simulator = await startSimulator({ world: demo.world, clock });
  const directory = await mkdtemp(join(tmpdir(), 'registry-stats-demo-'));
  const store = await openStore({ directory, clock, log, pid: process.pid, hostname: hostname() });
  for (const readings of withHistory ? demo.history : []) await store.save(readings);
  await store.close();
  const config = loadConfig({
    env: {
      DATA_DIR: directory,
      RETENTION_DAYS: '0',
      HEALTH_FILE: join(directory, '.healthy'),
      POLL_INTERVAL_HOURS: '0.05',
      DOCKERHUB_REPOS: demo.dockerHubRepos,
      GHCR_REPOS: demo.ghcrRepos,
      QUAY_REPOS: demo.otherRepos,
      ECR_PUBLIC_REPOS: demo.otherRepos,
      IMAGE_GROUPS: 'ledger=dockerhub:northwind/ledger-sync+ghcr:northwind/importer',
      DOCKERHUB_URL: simulator.dockerHubUrl,
      GITHUB_URL: simulator.githubUrl,
      GHCR_URL: simulator.ghcrUrl,
      QUAY_URL: simulator.quayUrl,
      ECR_PUBLIC_URL: simulator.ecrPublicUrl,
      DOCKERHUB_DELAY_MS: '20',
      GHCR_DELAY_MS: '20',
      QUAY_DELAY_MS: '20',
      ECR_PUBLIC_DELAY_MS: '20',
      ...env,
    },
    descriptors,
    readTextFile: () => '',
  });
  const app = createApp(config, { log, clock });
  return {
    app,
    demo,
    simulator,
    async stop() {
      await app.close();
      await simulator.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
