import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dayOf } from '../../src/core/model/day.ts';
import { environmentOf } from '../support/environment.ts';
import { getJson, runProgram, startService, type Service } from '../support/program.ts';
import { startSimulator, type Simulator } from '../../src/demo/simulator/index.ts';
import { smallWorld } from '../support/small-world.ts';

let directory = '';
let simulator: Simulator;
let service: Service | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-disk-'));
  simulator = await startSimulator({ world: smallWorld() });
});

afterEach(async () => {
  await service?.stop();
  service = undefined;
  await simulator.close();
  await rm(directory, { recursive: true });
});

describe('a disk that takes no more', () => {
  it('leaves the old file whole, says so clearly, and turns the service unhealthy', async () => {
    const env = environmentOf(simulator, directory, { DOCKERHUB_REPOS: 'acme/*', GHCR_REPOS: 'acme/app' });
    const file = join(env.DATA_DIR, `${dayOf(Date.now())}.json`);
    expect(await runProgram(['collect'], { env }).exited).toBe(0);
    const before = await readFile(file, 'utf8');

    // The system refuses to let a file grow beyond one block, as a full disk would.
    service = await startService(env, { shellPrefix: 'ulimit -f 1' });
    await service.logged(/snapshot could not be stored/);
    await service.logged(/run done/);

    expect(await readFile(file, 'utf8')).toBe(before);
    expect((await readdir(env.DATA_DIR)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(await getJson(`${service.url}/api/health`)).toMatchObject({ status: 503 });
    expect(await getJson(`${service.url}/api/status`)).toMatchObject({ body: { reason: expect.stringContaining('could not be stored') } });
    expect(await getJson(`${service.url}/api/summary`)).toMatchObject({ status: 200 });
  });
});
