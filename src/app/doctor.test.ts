import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { environmentOf } from '../../test/support/environment.ts';
import { createFixedClock } from '../../test/support/fixed-clock.ts';
import { createRecordingLog } from '../../test/support/recording-log.ts';
import { startSimulator, type Simulator } from '../demo/simulator/index.ts';
import { createStandardWorld } from '../../test/support/standard-world.ts';
import { loadConfig } from '../config/load.ts';
import { openStore } from '../store/index.ts';
import { nodeFileSystem } from '../store/json-files/file-system.ts';
import { diagnose, type Finding } from './doctor.ts';
import { systemClock } from './system-clock.ts';
import { descriptors, type Overrides } from './world.ts';

let directory = '';
let simulator: Simulator;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-doctor-'));
  simulator = await startSimulator({ world: createStandardWorld() });
});

afterEach(async () => {
  await simulator.close();
  await rm(directory, { recursive: true });
});

/** What is found, as `level area: text → advice`. */
async function findings(env: Readonly<Record<string, string>>, overrides: Overrides = {}): Promise<readonly string[]> {
  const config = loadConfig({ env: environmentOf(simulator, directory, env), descriptors, readTextFile: () => '' });
  const found: Finding[] = [];
  const world = { log: createRecordingLog(), memoryLimit: 0, ...overrides };
  for await (const finding of diagnose(config, new AbortController().signal, world)) found.push(finding);
  return found.map(({ level, area, text, advice }) => `${level} ${area}: ${text}${advice === undefined ? '' : ` → ${advice}`}`);
}

/** The first of an area. */
async function firstFinding(area: Finding['area'], env: Readonly<Record<string, string>> = {}, overrides: Overrides = {}): Promise<string> {
  return (await findings(env, overrides)).find((line) => line.includes(` ${area}: `)) ?? 'nothing';
}

async function denied(): Promise<never> {
  throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
}

describe('the doctor', () => {
  it('finds everything ready, with few requests, and leaves nothing behind', async () => {
    const env = { DOCKERHUB_REPOS: 'acme/app,northwind/*', GHCR_REPOS: 'acme/app,acme/charts/app', QUAY_REPOS: 'acme/app' };
    const found = await findings(env);

    expect(found.filter((line) => !line.startsWith('ok '))).toEqual([]);
    expect(found).toEqual(
      expect.arrayContaining([
        'ok configuration: 5 entries are tracked',
        'ok memory: there is no memory limit',
        `ok storage: ${join(directory, 'data')} can be created`,
        'ok network: Docker Hub answers',
        'ok clock: the clock agrees with that of GitHub Container Registry',
        expect.stringMatching(/^ok images: Docker Hub: acme\/app has [\d,]+ pulls$/),
        expect.stringMatching(/^ok images: Docker Hub: northwind\/\* has (at least )?\d+ images$/),
        expect.stringMatching(/^ok images: GitHub Container Registry: acme\/charts\/app has [\d,]+ downloads$/),
      ]),
    );
    expect(simulator.requests.length).toBeLessThanOrEqual(5 * 4);
    expect(simulator.manifestRequests).toEqual([]);
    expect(await readdir(directory)).toEqual([]);
  });

  it('says of a name that does not exist which one was probably meant', async () => {
    const found = await findings({ DOCKERHUB_REPOS: 'acme/ap,acme/completely-different,nobody/*', GHCR_REPOS: 'acme/fersh' });

    expect(found.filter((line) => / images: /.test(line))).toEqual([
      'error images: Docker Hub: acme/ap does not exist or is not public → did you mean acme/app?',
      'error images: Docker Hub: acme/completely-different does not exist or is not public → check the spelling, and that the image is public',
      expect.stringMatching(/^(error|warning) images: Docker Hub: nobody.* → check the spelling/),
      'error images: GitHub Container Registry: acme/fersh does not exist or is not public → did you mean acme/fresh?',
    ]);
  });

  it('says of a pattern that it chooses nothing', async () => {
    const found = await findings({ DOCKERHUB_REPOS: 'acme/x-*' });

    expect(found.at(-1)).toMatch(/^warning images: Docker Hub: none of \d+ images of acme is chosen by acme\/x-\* → check the pattern$/);
  });

  it('says that nothing is configured, and what is wrong with the configuration', async () => {
    const found = await findings({ DOCKERHUB_REPOS: '\\acme/*', RETENTION_DAY: '30' });

    expect(found.slice(0, 3)).toEqual([
      'warning configuration: "\\acme/*" in DOCKERHUB_REPOS is ignored: it starts with a stray backslash, remove it',
      'warning configuration: RETENTION_DAY: there is no such setting, did you mean RETENTION_DAYS?',
      expect.stringMatching(/^error configuration: no images are configured → set DOCKERHUB_REPOS=acme\/app,acme\/\* or /),
    ]);
    expect(simulator.requests).toEqual([]);
  });

  it('says which registry cannot be reached, and goes on with the others', async () => {
    const found = await findings(
      { QUAY_REPOS: 'acme/app,acme/quiet', GHCR_REPOS: 'acme/app', QUAY_URL: 'http://127.0.0.1:9' },
      { random: () => 0 },
    );

    expect(found.filter((line) => line.startsWith('error'))).toEqual([
      expect.stringMatching(/^error network: Quay\.io: acme\/app cannot be read: .* → check the network, DNS and proxy/),
    ]);
    expect(found).toContain('ok network: GitHub Container Registry answers');
  });

  it('says that a login is refused', async () => {
    await simulator.close();
    simulator = await startSimulator({ world: createStandardWorld(), dockerHub: { login: { username: 'acme', token: 'right' } } });

    const found = await findings({ DOCKERHUB_REPOS: 'acme/fresh', DOCKERHUB_USERNAME: 'acme', DOCKERHUB_TOKEN: 'wrong' });

    expect(found.at(-1)).toMatch(/^error network: Docker Hub: acme\/fresh .* → check the login/);
  });

  it('compares the clock with that of the registries', async () => {
    const ahead = createFixedClock(new Date(Date.now() + 5 * 60_000).toISOString());
    const behind = createFixedClock(new Date(Date.now() - 25 * 3_600_000).toISOString());

    expect(await firstFinding('clock', { QUAY_REPOS: 'acme/app' }, { clock: ahead })).toMatch(
      /^warning clock: the clock is 5 minutes ahead of that of Quay\.io → set it/,
    );
    expect(await firstFinding('clock', { QUAY_REPOS: 'acme/app' }, { clock: behind })).toMatch(
      /^error clock: the clock is 1,500 minutes behind that of Quay\.io → set it/,
    );
  });

  it('tries the folder: in use, not writable, and not a folder', async () => {
    const data = join(directory, 'data');
    const inUse = await openStore({
      directory: data,
      clock: systemClock,
      log: createRecordingLog(),
      pid: 1,
      hostname: hostname(),
    });
    const busy = await firstFinding('storage', {});
    await inUse.close();
    const free = await firstFinding('storage', {});
    const missing = await firstFinding('storage', { DATA_DIR: '/dev/null/data' });

    expect(busy).toMatch(/^warning storage: .*is in use by.* → that is as it should be while the service is running$/);
    expect(free).toBe(`ok storage: ${data} is writable and has 0 days`);
    expect(missing).toMatch(/^error storage: .*\/dev\/null\/data.* not a folder: set DATA_DIR/);
  });

  it('says who must own a folder that cannot be written', async () => {
    expect(await firstFinding('storage', {}, { files: { ...nodeFileSystem, create: denied } })).toMatch(
      /^error storage: .* not writable: give it to the user/,
    );
  });

  it('says that the memory limit is too small', async () => {
    expect(await firstFinding('memory', {}, { memoryLimit: 64 * 1024 ** 2 })).toMatch(
      /^warning memory: the memory limit of 64 MiB is too small.* → set it to 128 MiB/,
    );
    expect(await firstFinding('memory', {}, { memoryLimit: 128 * 1024 ** 2 })).toBe('ok memory: the memory limit is 128 MiB');
  });
});
