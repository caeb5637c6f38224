import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addDays, dayOf } from '../../src/core/model/day.ts';
import { environmentOf } from '../support/environment.ts';
import { getJson, runProgram, startService, type Service } from '../support/program.ts';
import { startSimulator, type Simulator } from '../../src/demo/simulator/index.ts';
import { findPackage, lastDays } from '../../src/demo/simulator/world.ts';
import { smallWorld } from '../support/small-world.ts';

let directory = '';
let simulator: Simulator;
let service: Service | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-e2e-'));
  simulator = await startSimulator({ world: smallWorld() });
});

afterEach(async () => {
  await service?.stop();
  service = undefined;
  await simulator.close();
  await rm(directory, { recursive: true });
});

function environment(): Record<string, string> {
  return environmentOf(simulator, directory, {
    DOCKERHUB_REPOS: 'acme/*,library/nginx',
    GHCR_REPOS: 'Acme/app,acme/charts/app,octo/*',
    BACKFILL: 'off',
  });
}

const summary = [
  { registry: 'dockerhub', name: 'acme/app', pull_count: 5_000_000_000, tag_count: 2 },
  { registry: 'dockerhub', name: 'acme/fresh', pull_count: 0, tag_count: 0 },
  { registry: 'dockerhub', name: 'library/nginx', pull_count: 777, tag_count: 1 },
  { registry: 'ghcr', name: 'acme/app', pull_count: 14_360, tag_count: 3 },
  { registry: 'ghcr', name: 'acme/charts%2Fapp', pull_count: 42, tag_count: 1 },
  { registry: 'ghcr', name: 'octo/tool', pull_count: 9, tag_count: 1 },
];

describe('the main job', () => {
  it('collects both registries, stores the day and serves it', async () => {
    service = await startService(environment());
    const early = await getJson(`${service.url}/api/pulls`);
    await service.logged(/run done/);
    await service.logged(/run done[^]*$/);

    const today = dayOf(Date.now());
    expect(early).toMatchObject({ status: 200 });
    expect(await getJson(`${service.url}/api/summary`)).toEqual({ status: 200, body: summary });
    expect(await getJson(`${service.url}/api/summary?registry={ghcr}&repo=acme/app`)).toMatchObject({ body: [summary[3]] });
    expect(await getJson(`${service.url}/api/pulls?repo=acme/app`)).toEqual({
      status: 200,
      body: [{ timestamp: `${today}T00:00:00Z`, repo: 'acme/app', pull_count: 5_000_014_360 }],
    });
    expect(await getJson(`${service.url}/api/pulls/daily?repo=acme/app`)).toMatchObject({ body: [{ repo: 'acme/app', daily_pulls: 0 }] });
    const health = await getJson(`${service.url}/api/health`);
    expect(health).toEqual({ status: 200, body: { status: 'ok' } });
    expect(await getJson(`${service.url}/api/status`)).toMatchObject({
      body: {
        healthy: true,
        configured: true,
        registries: [
          { registry: 'dockerhub', state: 'ok', images_ok: 3 },
          { registry: 'ghcr', state: 'ok', images_ok: 3 },
          { registry: 'quay', state: 'off' },
          { registry: 'ecr-public', state: 'off' },
        ],
      },
    });
    expect((await readdir(environment()['DATA_DIR'] ?? '')).toSorted()).toEqual(['.lock', `${today}.json`]);
    expect(simulator.manifestRequests).toEqual([]);
    expect(simulator.unknownRequests).toEqual([]);
    for (const { headers } of simulator.requests) expect(headers['user-agent']).toMatch(/^registry-stats\/\d+\.\d+\.\d+ /);
  });

  it('has 29 days of GHCR history after its first cycle, marked as reconstructed', async () => {
    const today = dayOf(Date.now());
    const app = findPackage(simulator.world, 'acme', 'app');
    if (app)
      app.daily = lastDays(
        today,
        Array.from({ length: 30 }, (_, daysAgo) => daysAgo),
      );

    service = await startService({ ...environment(), BACKFILL: 'on', DOCKERHUB_REPOS: '', GHCR_REPOS: 'acme/app' });
    await service.logged(/run done/);

    const { body } = await getJson(`${service.url}/api/pulls/daily`);
    const daily = z.array(z.object({ timestamp: z.string(), daily_pulls: z.number() })).parse(body);
    expect(daily).toHaveLength(30);
    expect(daily.map(({ daily_pulls: pulls }) => pulls).toReversed()).toEqual([...Array.from({ length: 29 }, (_, index) => index), 0]);
    expect(daily.at(-1)?.timestamp).toBe(`${today}T00:00:00Z`);
    expect(await getJson(`${service.url}/api/snapshot?date=${addDays(today, -1)}`)).toMatchObject({
      body: { ghcr: [{ package: 'acme/app', download_count: 14_360, backfilled: true }] },
    });
    expect(await getJson(`${service.url}/api/snapshot`)).toMatchObject({
      body: { ghcr: [expect.not.objectContaining({ backfilled: true })] },
    });
  });

  it('stops within ten seconds on SIGTERM, lets go of the folder, and starts again on it', async () => {
    service = await startService(environment());
    await service.logged(/run done/);
    const code = await service.stop();
    service = await startService({ ...environment(), DOCKERHUB_REPOS: '', GHCR_REPOS: '' });

    // A stop that takes longer than nine seconds ends with 1.
    expect(code).toBe(0);
    expect(await getJson(`${service.url}/api/summary`)).toEqual({ status: 200, body: summary });
  });

  it('keeps the day and what was stored when a registry goes dark, turns unhealthy with the reason, and recovers', async () => {
    const first = runProgram(['collect'], { env: environment() });
    expect(await first.exited).toBe(0);
    const stored = await readFile(join(directory, 'data', `${dayOf(Date.now())}.json`), 'utf8');
    simulator.inject({
      server: 'github',
      match: /./,
      fault: { kind: 'markup', transform: () => '<html><body><h1>Sign in</h1></body></html>' },
    });

    service = await startService(environment());
    await service.logged(/run done/);

    const after: unknown = JSON.parse(await readFile(join(directory, 'data', `${dayOf(Date.now())}.json`), 'utf8'));
    expect(await getJson(`${service.url}/api/summary`)).toEqual({ status: 200, body: summary });
    expect(z.looseObject({ ghcr: z.array(z.unknown()) }).parse(after).ghcr).toEqual(
      z.looseObject({ ghcr: z.unknown() }).parse(JSON.parse(stored)).ghcr,
    );
    expect(await getJson(`${service.url}/api/health`)).toEqual({ status: 503, body: { status: 'unhealthy' } });
    const probe = runProgram(['health'], { env: environment() });
    expect(await probe.exited).toBe(1);
    expect(probe.output()).toMatch(/^unhealthy: nothing could be read from GitHub Container Registry: /);
  });

  it('prints a summary of one cycle with collect, and exits 1 when nothing could be read', async () => {
    const good = runProgram(['collect'], { env: environment() });
    const code = await good.exited;
    const bad = runProgram(['collect'], { env: { ...environment(), DOCKERHUB_REPOS: 'acme/missing', GHCR_REPOS: '' } });

    expect(await bad.exited).toBe(1);
    expect(bad.output()).toContain('acme/missing: ');
    // A stop that takes longer than nine seconds ends with 1.
    expect(code).toBe(0);
    expect(good.output()).toMatch(/REGISTRY +IMAGE +PULLS\n(.*\n)*ghcr +acme\/charts%2Fapp +42\n/);
    expect(good.output()).toContain('5,000,000,000');
  });
});
