/** The package as npm would publish it: packed, installed into an empty folder without any network, and run there. */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import { startSimulator } from '../../src/demo/simulator/index.ts';
import { describeFirstMinutes } from '../support/first-minutes.ts';
import { getJson, watchProgram, type RunningProgram } from '../support/program.ts';
import { smallWorld } from '../support/small-world.ts';

const packed = z.array(
  z.object({ filename: z.string(), size: z.number(), files: z.array(z.object({ path: z.string(), mode: z.number() })) }),
);

let directory = '';
/** An empty folder with the package in it. */
let folder = '';
let contents: z.infer<typeof packed>[number];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-package-'));
  folder = join(directory, 'empty');
  await mkdir(folder);
  // What is packed was built before the tests; building it again would pull it from under the others.
  const { stdout } = await promisify(execFile)('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', directory]);
  const [first] = packed.parse(JSON.parse(stdout));
  if (!first) throw new Error('npm packed nothing');
  contents = first;
  await writeFile(join(folder, 'package.json'), '{"private": true}');
  const tarball = join(directory, contents.filename);
  await promisify(execFile)('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: folder, env: bare() });
});

afterAll(() => rm(directory, { recursive: true, force: true }));

/** Nothing of npm's own, which runs the tests, and nothing of the machine's configuration. */
function bare(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: directory, TZ: 'UTC', TMPDIR: join(directory, 'tmp') };
}

/** `npx registry-stats …` in the folder; of a group of its own, as a terminal has it. */
async function npx(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<RunningProgram> {
  await mkdir(join(directory, 'tmp'), { recursive: true });
  const all = ['--offline', '--no-install', 'registry-stats', ...args];
  return watchProgram(spawn('npx', all, { cwd: folder, detached: true, env: { ...bare(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** Ctrl+C in a terminal reaches every process of the group. */
function interrupt({ child }: RunningProgram): void {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
}

describe('the package', () => {
  it('has the program, the demo and the licenses, and nothing else', () => {
    const paths = contents.files.map(({ path }) => path);

    expect(paths.toSorted()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/registry-stats-demo.cjs',
      'dist/registry-stats-program.cjs',
      'dist/registry-stats.cjs',
      'dist/third-party-licenses.txt',
      'package.json',
    ]);
    expect(contents.size).toBeLessThan(1_500_000);
  });

  it('needs no other package, and starts wherever there is a Node', async () => {
    const bin = packageJson.bin['registry-stats'];

    expect(packageJson).not.toHaveProperty('dependencies');
    expect(await readdir(join(folder, 'node_modules'))).toEqual(expect.not.arrayContaining(['zod', 'hono']));
    expect((await readFile(resolve(bin), 'utf8')).split('\n', 2)).toEqual(['#!/usr/bin/env node', '"use strict";']);
    expect((await stat(join(folder, 'node_modules/.bin/registry-stats'))).mode & 0o111).toBe(0o111);
  });

  it('says what it is with --help and --version', async () => {
    const [help, version] = await Promise.all([npx(['--help']), npx(['--version'])]);

    expect(await help.exited).toBe(0);
    expect(help.output()).toMatch(/^Usage: registry-stats .*Commands:.* demo /s);
    expect(await version.exited).toBe(0);
    expect(version.output()).toBe(`${packageJson.version}\n`);
  });

  it('collects once into a folder of its own', async (context) => {
    const simulator = await startSimulator({ world: smallWorld() });
    context.onTestFinished(() => simulator.close());
    const env = { GHCR_REPOS: 'acme/app', GITHUB_URL: simulator.githubUrl, GHCR_URL: simulator.ghcrUrl, GHCR_DELAY_MS: '0' };

    const program = await npx(['collect'], env);

    expect({ code: await program.exited, log: program.log() }).toMatchObject({ code: 0 });
    expect(await readdir(join(folder, 'data'))).toContainEqual(expect.stringMatching(/^\d{4}-\d\d-\d\d\.json$/));
    expect(simulator.unknownRequests).toEqual([]);
  });

  it('serves, and stops with Ctrl+C', async () => {
    const program = await npx(['serve'], {
      LISTEN_ADDR: '127.0.0.1:0',
      DATA_DIR: join(directory, 'served'),
      HEALTH_FILE: join(directory, '.healthy'),
    });
    const [, url] = await program.logged(/service started.*"url":"([^"]+)"/);

    expect(await getJson(`${url}/api/summary`)).toEqual({ status: 200, body: [] });
    interrupt(program);
    await program.exited;
    expect(program.log()).toContain('service stopped');
  });
});

describeFirstMinutes('npx registry-stats', async (env) => {
  const program = await npx([], env);
  return {
    printed: (pattern) => program.logged(pattern),
    text: () => program.log() + program.output(),
    stop() {
      interrupt(program);
      return program.exited;
    },
  };
});

describe('registry-stats demo', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'shows months of simulated data at once, says so, and leaves nothing behind after %s',
    async (signal) => {
      const temporary = join(directory, `tmp-${signal}`);
      await mkdir(temporary);
      // What the user tracks is not asked for, and nothing goes into the user's folder.
      const env = { TMPDIR: temporary, GHCR_REPOS: 'someone/else', DATA_DIR: join(directory, 'own') };
      const program = await npx(['demo', '--port', '0', '--listen-addr', '127.0.0.1:9100'], env);
      const [, url] = await program.printed(/Dashboard +(http:\S+)\/\n/);

      expect(program.output()).toContain('Simulated data: no registry is contacted');
      expect(await readdir(temporary)).toEqual([expect.stringMatching(/^registry-stats-demo-/)]);
      const rows = z.array(z.object({ repo: z.string(), timestamp: z.string() })).parse((await getJson(`${url}/api/pulls`)).body);
      expect(new Set(rows.map(({ timestamp }) => timestamp)).size).toBeGreaterThanOrEqual(120);
      expect(rows.some(({ repo }) => repo.startsWith('someone/'))).toBe(false);
      expect(await (await fetch(`${url}/`)).text()).toContain('acme/photo-frame');

      if (program.child.pid !== undefined) process.kill(-program.child.pid, signal);
      await program.exited;
      await expect.poll(() => readdir(temporary)).toEqual([]);
      expect(existsSync(join(directory, 'own'))).toBe(false);
      expect(program.log()).toBe('');
    },
  );

  it('says what a port is', async () => {
    const program = await npx(['demo', '--port', '70000']);

    expect(await program.exited).toBe(1);
    expect(program.log()).toBe('registry-stats: invalid --port "70000": valid is a whole number from 0 to 65535\n');
  });
});
