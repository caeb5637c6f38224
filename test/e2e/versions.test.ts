/** Folders that another version of this program, or another user, has left. */
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDays, dayOf } from '../../src/core/model/day.ts';
import { environmentOf } from '../support/environment.ts';
import { getJson, runProgram, startService, type Service } from '../support/program.ts';
import { startSimulator, type Simulator } from '../../src/demo/simulator/index.ts';
import { smallWorld } from '../support/small-world.ts';

let directory = '';
let simulator: Simulator;
let service: Service | undefined;
let env: ReturnType<typeof environmentOf>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-versions-'));
  simulator = await startSimulator({ world: smallWorld() });
  env = environmentOf(simulator, directory, { DOCKERHUB_REPOS: 'acme/app', BACKFILL: 'off', RETENTION_DAYS: '0' });
  await mkdir(env.DATA_DIR);
});

afterEach(async () => {
  await service?.stop();
  service = undefined;
  await simulator.close();
  await rm(directory, { recursive: true });
});

/** With something new in every place where a later version may store it. */
function futureDay(day: string, total: number): Record<string, unknown> {
  return {
    format: 9,
    timestamp: `${day}T00:00:01Z`,
    docker_hub: [
      {
        repo: 'acme/app',
        last_updated: `${day}T00:00:00Z`,
        tags: [{ name: 'latest', last_updated: '', digest: 'sha256:1', images: [], full_size: 1, signatures: ['cosign'] }],
        pull_count: total,
        read_at: `${day}T00:00:01.000Z`,
        doubt: 'counted-twice',
        pulls_by_country: { de: 7 },
      },
    ],
    gitlab: [{ repo: 'acme/app', pull_count: 5, read_at: `${day}T00:00:01.000Z` }],
    events: [{ at: `${day}T00:00:01Z`, kind: 'moved', registry: 'dockerhub', repo: 'acme/app', to: 'acme/app2' }],
    collector: { region: 'eu' },
  };
}

describe('a folder of a later version', () => {
  it('is served and gone on with, and keeps whatever this version does not know', async () => {
    const today = dayOf(Date.now());
    const yesterday = addDays(today, -1);
    const before = `${JSON.stringify(futureDay(yesterday, 100))}\n`;
    const file = join(env.DATA_DIR, `${today}.json`);
    await writeFile(join(env.DATA_DIR, `${yesterday}.json`), before);
    await writeFile(file, JSON.stringify(futureDay(today, 200)));
    await writeFile(join(env.DATA_DIR, '.index.json'), 'format 99\n{}');

    service = await startService(env);
    await service.logged(/run done/);

    expect(await getJson(`${service.url}/api/pulls?registry=dockerhub`)).toEqual({
      status: 200,
      body: [
        { timestamp: `${yesterday}T00:00:00Z`, repo: 'acme/app', pull_count: 100 },
        { timestamp: `${today}T00:00:00Z`, repo: 'acme/app', pull_count: 5_000_000_000 },
      ],
    });
    for (const path of ['/', '/images/acme/app', '/status', '/api/events', '/api/images', '/metrics'])
      expect([path, (await fetch(service.url + path)).status]).toEqual([path, 200]);
    expect(await readFile(join(env.DATA_DIR, `${yesterday}.json`), 'utf8')).toBe(before);
    const { format, gitlab, collector, events } = futureDay(today, 0);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      format,
      gitlab,
      collector,
      events: expect.arrayContaining([expect.objectContaining(Array.isArray(events) ? events[0] : {})]),
      docker_hub: [
        {
          pull_count: 5_000_000_000,
          pulls_by_country: { de: 7 },
          tags: expect.arrayContaining([expect.objectContaining({ name: 'latest', signatures: ['cosign'] })]),
        },
      ],
    });
  });
});

describe('a folder that is owned by someone else', () => {
  const [owner, runner] = [12_345, 54_321];

  beforeEach(async ({ skip }) => {
    skip(process.getuid?.() !== 0, "only root can make a folder that is somebody else's");
    await chmod(directory, 0o777);
    await writeFile(join(env.DATA_DIR, '2026-01-01.json'), JSON.stringify(futureDay('2026-01-01', 1)));
    for (const path of [env.DATA_DIR, join(env.DATA_DIR, '2026-01-01.json')]) await chown(path, owner, owner);
  });

  it('is refused in one line that says whose it has to be, and stays as it was', async () => {
    await chmod(env.DATA_DIR, 0o755);
    const program = runProgram(['serve'], { env: { ...env, LISTEN_ADDR: '127.0.0.1:0' }, uid: runner });

    expect(await program.exited).toBe(1);
    expect(program.log()).toMatch(new RegExp(`^registry-stats: .*${env.DATA_DIR}.*chown -R ${runner}:${runner} `, 'm'));
    expect(program.log()).not.toContain('    at ');
    expect((await stat(env.DATA_DIR)).uid).toBe(owner);
  });

  it('is used where its rights allow it, and its files are left to their owner', async () => {
    await chmod(env.DATA_DIR, 0o777);
    await chmod(join(env.DATA_DIR, '2026-01-01.json'), 0o644);
    const program = runProgram(['collect'], { env, uid: runner });

    expect([await program.exited, program.log()]).toEqual([0, expect.any(String)]);
    expect((await stat(join(env.DATA_DIR, `${dayOf(Date.now())}.json`))).uid).toBe(runner);
    expect((await stat(join(env.DATA_DIR, '2026-01-01.json'))).uid).toBe(owner);
  });
});
