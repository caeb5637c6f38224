import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isDay } from '../../src/core/model/day.ts';
import { environmentOf } from '../support/environment.ts';
import { getJson, runProgram, startService } from '../support/program.ts';
import { startSimulator } from '../../src/demo/simulator/index.ts';
import { growingWorld } from '../support/small-world.ts';

const snapshot = z.object({
  docker_hub: z.array(z.object({ repo: z.string(), pull_count: z.number() })).default([]),
  ghcr: z.array(z.object({ package: z.string(), download_count: z.number() })).default([]),
});

const workers = 2;
const killsPerWorker = 100;

/** Every total that is stored, by file, registry and image; fails when a file is not whole. */
async function storedTotals(directory: string): Promise<Map<string, number>> {
  const totals = new Map<string, number>();
  const names = await readdir(directory).catch(() => []);
  for (const name of names.filter((file) => isDay(file.replace(/\.json$/, '')))) {
    const { docker_hub: hub, ghcr } = snapshot.parse(JSON.parse(await readFile(join(directory, name), 'utf8')));
    for (const row of hub) totals.set(`${name} dockerhub ${row.repo}`, row.pull_count);
    for (const row of ghcr) totals.set(`${name} ghcr ${row.package}`, row.download_count);
  }
  return totals;
}

/** Kills cycles at random moments and looks after each at what is stored. Resolves to how many kills hit a running cycle. */
async function killAtRandom(directory: string): Promise<number> {
  const { world, totalsOf, grow } = growingWorld();
  const simulator = await startSimulator({ world });
  const env = environmentOf(simulator, directory, {
    DOCKERHUB_DELAY_MS: '1',
    GHCR_DELAY_MS: '1',
    DOCKERHUB_REPOS: 'acme/*',
    GHCR_REPOS: 'acme/*',
    RETENTION_DAYS: '0',
  });
  let killed = 0;
  let longestMs = 1_500;
  let before = new Map<string, number>();
  for (let round = 0; round < killsPerWorker; round += 1) {
    grow();
    const startedAt = Date.now();
    const program = runProgram(['collect'], { env });
    const ended = await Promise.race([program.exited.then(() => true), sleep(Math.random() * longestMs).then(() => false)]);
    program.child.kill('SIGKILL');
    const code = await program.exited;
    if (ended) longestMs = Date.now() - startedAt;
    // On a busy machine a cycle takes longer than was thought: some have to come to their end.
    else longestMs *= 1.03;
    if (!ended) killed += 1;
    const trouble = ended && code !== 0 ? program.log() : '';
    expect(trouble).toBe('');
    const after = await storedTotals(env.DATA_DIR);
    for (const [key, total] of after) {
      const [, registry = '', repo = ''] = key.split(' ');
      expect(totalsOf(registry, repo), `${key} in round ${round}`).toContain(total);
      expect(total).toBeGreaterThan(0);
    }
    for (const [key, total] of before) expect(after.get(key) ?? 0, `${key} in round ${round}`).toBeGreaterThanOrEqual(total);
    before = after;
  }
  const service = await startService({ ...env, DOCKERHUB_REPOS: '', GHCR_REPOS: '' });
  const served = await getJson(`${service.url}/api/summary`);
  await service.stop();
  await simulator.close();
  expect(z.array(z.unknown()).parse(served.body)).toHaveLength(12);
  expect((await readdir(env.DATA_DIR)).filter((name) => !isDay(name.replace(/\.json$/, '')))).toEqual(['.index.json']);
  return killed;
}

describe('a process that is killed', () => {
  it('at any of 200 random moments leaves only totals that were read, loses none and invents none', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'registry-stats-kill-'));

    const kills = await Promise.all(Array.from({ length: workers }, (_, worker) => killAtRandom(join(directory, String(worker)))));
    await rm(directory, { recursive: true });

    expect(kills.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(workers * killsPerWorker * 0.5);
  });
});
