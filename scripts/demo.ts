/** The whole product without any network: simulated registries, 120 days of believable history, and the service on port 9100. */
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp, descriptors } from '../src/app.ts';
import { systemClock } from '../src/clock.ts';
import { loadConfig } from '../src/config/load.ts';
import { dayOf } from '../src/core/day.ts';
import { toAppError } from '../src/core/errors.ts';
import { createLogger } from '../src/log.ts';
import { openStore } from '../src/store/index.ts';
import { createDemo } from '../test/support/demo-world.ts';
import { startSimulator } from '../test/support/simulator/index.ts';

const stepMs = 60_000;

const log = createLogger({ level: 'info', stream: process.stderr });
const demo = createDemo({ today: dayOf(Date.now()), days: 120, seed: 7, startedAt: new Date().toISOString() });
const simulator = await startSimulator({ world: demo.world });
const directory = await mkdtemp(join(tmpdir(), 'registry-stats-demo-'));

const store = await openStore({ directory, clock: systemClock, log, pid: process.pid, hostname: hostname() });
for (const readings of demo.history) await store.save(readings);
await store.close();

const config = loadConfig({
  env: {
    LISTEN_ADDR: process.env['LISTEN_ADDR'],
    LOG_LEVEL: process.env['LOG_LEVEL'],
    DATA_DIR: directory,
    RETENTION_DAYS: '0',
    HEALTH_FILE: join(directory, '.healthy'),
    POLL_INTERVAL_HOURS: '0.05',
    DOCKERHUB_REPOS: demo.dockerHubRepos,
    GHCR_REPOS: demo.ghcrRepos,
    DOCKERHUB_URL: simulator.dockerHubUrl,
    GITHUB_URL: simulator.githubUrl,
    GHCR_URL: simulator.ghcrUrl,
    DOCKERHUB_DELAY_MS: '20',
    GHCR_DELAY_MS: '20',
  },
  descriptors,
  readTextFile: () => '',
});
const app = createApp(config, { log });
const moving = setInterval(() => demo.advance(stepMs), stepMs);

async function stop(): Promise<void> {
  clearInterval(moving);
  await app.close();
  await simulator.close();
  await rm(directory, { recursive: true, force: true });
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());

try {
  await app.start();
  process.stdout.write(`\nThe demo answers on ${app.url()}/api/summary and ${app.url()}/api/pulls/daily; stop it with Ctrl+C.\n\n`);
} catch (error) {
  process.stderr.write(`registry-stats: ${toAppError(error).message}\n`);
  process.exitCode = 1;
  await stop();
}
