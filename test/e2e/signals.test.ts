import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDays, dayOf } from '../../src/core/model/day.ts';
import { startSimulator } from '../../src/demo/simulator/index.ts';
import { environmentOf } from '../support/environment.ts';
import { smallWorld } from '../support/small-world.ts';
import { getJson, runProgram, startService, type RunningProgram } from '../support/program.ts';

let directory = '';
let data = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-signals-'));
  data = join(directory, 'data');
  await mkdir(data);
});

afterEach(() => rm(directory, { recursive: true }));

function serve(): RunningProgram {
  return runProgram(['serve'], {
    env: { DATA_DIR: data, HEALTH_FILE: join(directory, '.healthy'), LISTEN_ADDR: '127.0.0.1:0', RETENTION_DAYS: '0' },
  });
}

/** The last of them yesterday where it is not said otherwise. */
async function writeDays(count: number, first = addDays(dayOf(Date.now()), -count)): Promise<void> {
  const rows = Array.from({ length: 500 }, (_, at) => ({ repo: `acme/app-${at}`, pull_count: at }));
  const text = JSON.stringify({ docker_hub: rows });
  for (let at = 0; at < count; at += 1) await writeFile(join(data, `${addDays(first, at)}.json`), text);
}

async function countDays(): Promise<number> {
  return (await readdir(data)).filter((name) => /^\d/.test(name)).length;
}

describe('SIGTERM', () => {
  it.each([50, 100, 150, 200, 250, 300])('%d ms after the start ends the program and leaves no lock', async (delayMs) => {
    const program = serve();
    await sleep(delayMs);

    program.child.kill('SIGTERM');

    // Before the program's first line Node itself ends, by the signal.
    expect([0, null]).toContain(await program.exited);
    expect(await readdir(data)).not.toContain('.lock');
    expect(program.log()).not.toContain('    at ');
  });

  it('while the index is built ends the program and leaves no lock', async () => {
    await writeDays(400);
    const program = serve();
    await program.logged(/port opened/);

    program.child.kill('SIGTERM');

    expect(await program.exited).toBe(0);
    expect(await readdir(data)).not.toContain('.lock');
  });

  it('while old snapshots are deleted ends the program and leaves no lock; every total stays, and the next run deletes the rest', async () => {
    await writeDays(400);
    const simulator = await startSimulator({ world: smallWorld() });
    const env = environmentOf(simulator, directory, { DOCKERHUB_REPOS: 'acme/app', RETENTION_DAYS: '30', BACKFILL: 'off' });
    try {
      const first = await startService(env);
      await expect.poll(() => readdir(data)).toContain('history');

      expect(await first.stop()).toBe(0);

      expect(await readdir(data)).not.toContain('.lock');
      expect(await countDays()).toBeGreaterThan(31);
      expect(first.log()).toContain('deletion of old snapshots stopped');
      const second = await startService(env);
      await second.logged(/run done/);
      const { body } = await getJson(`${second.url}/api/pulls?repo=acme/app-7`);
      expect(await second.stop()).toBe(0);
      expect(body).toHaveLength(400);
      expect(await countDays()).toBe(31);
    } finally {
      await simulator.close();
    }
  });

  it('while another process may have the folder ends the program, and leaves the lock of the other; until then the history is served', async () => {
    await writeDays(1);
    const theirs = '{"pid":1,"hostname":"other","startedAt":"2026-03-14T08:00:00.000Z","token":"theirs"}\n';
    await writeFile(join(data, '.lock'), theirs);
    const program = serve();
    const [, url = ''] = await program.logged(/port opened.*"url":"([^"]+)"/);
    await program.logged(/waiting to see whether another process still uses the snapshot folder/);
    await expect.poll(() => getJson(`${url}/api/pulls`)).toMatchObject({ status: 200 });

    expect(await getJson(`${url}/api/health`)).toMatchObject({ status: 503 });
    expect(await getJson(`${url}/api/status`)).toMatchObject({
      body: { reason: 'waiting for the folder: another process uses it, or did until just now' },
    });
    program.child.kill('SIGTERM');

    expect(await program.exited).toBe(0);
    expect(await readFile(join(data, '.lock'), 'utf8')).toBe(theirs);
  });
});
