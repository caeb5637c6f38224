/** Every shell line of the documentation, tried in bash: with stand-ins that only write down how they were called, and in what environment. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { descriptors } from '../src/app/world.ts';
import { runProgram } from '../src/cli/program.ts';
import { allSettings } from '../src/config/settings.ts';

interface Call {
  readonly program: string;
  readonly args: readonly string[];
  /** Only what the shell added. */
  readonly env: Readonly<Record<string, string>>;
}

interface Block {
  readonly page: string;
  readonly code: string;
  readonly calls: readonly Call[];
  readonly error: string;
}

/** The programs that the documentation calls. */
const programs = 'cosign curl docker git helm kubectl ls node npm npx chown mkdir cp openssl promtool registry-stats sudo'.split(' ');
const image = /^(?:ghcr\.io\/registry-stats\/)?registry-stats(?::[\w.-]+)?$/;
const settings = allSettings(descriptors);
const variables = new Set([
  ...settings.flatMap(({ variable, secret }) => [variable, ...(secret ? [`${variable}_FILE`] : [])]),
  'TZ',
  'NODE_OPTIONS',
]);
const settingOptions = settings.map(({ variable }) => `--${variable.toLowerCase().replaceAll('_', '-')}`);

const standIn = String.raw`#!/usr/bin/env bash
{ printf 'CALL\0%s\0' "$(basename "$0")"; for each in "$@"; do printf 'ARG\0%s\0' "$each"; done
  env -0 | while IFS= read -r -d '' each; do printf 'ENV\0%s\0' "$each"; done; } >> "$CALLS"
`;

let directory = '';
let blocks: readonly Block[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-documented-'));
  await mkdir(join(directory, 'bin'));
  for (const name of programs) await writeFile(join(directory, 'bin', name), standIn, { mode: 0o755 });
  const found: Block[] = [];
  for (const page of await pages()) {
    for (const [, code = ''] of (await readFile(page, 'utf8')).matchAll(/^ *```sh\n([^]*?)^ *```$/gm))
      found.push(await tryInBash(page, code));
  }
  blocks = found;
});

afterAll(() => rm(directory, { recursive: true, force: true }));

async function pages(): Promise<string[]> {
  const inFolders = ['docs', 'deploy'].map(async (folder) =>
    (await readdir(folder, { recursive: true })).map((name) => join(folder, name)),
  );
  return ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', ...(await Promise.all(inFolders)).flat().filter((name) => name.endsWith('.md'))];
}

async function tryInBash(page: string, code: string): Promise<Block> {
  const here = await mkdtemp(join(directory, 'here-'));
  const calls = join(here, '.calls');
  await writeFile(calls, '');
  await mkdir(join(here, '.ci'));
  await writeFile(join(here, '.ci/run'), standIn, { mode: 0o755 });
  const env = { PATH: `${join(directory, 'bin')}:/usr/bin:/bin`, HOME: here, CALLS: calls };
  const { stderr } = spawnSync('bash', ['--norc', '-uc', code], { cwd: here, env, encoding: 'utf8' });
  return { page, code, calls: parseCalls(await readFile(calls, 'utf8')), error: stderr.trim() };
}

function parseCalls(text: string): readonly Call[] {
  const own = new Set(['PATH', 'HOME', 'CALLS', 'PWD', 'OLDPWD', 'SHLVL', '_']);
  return text.split('CALL\0').flatMap((part) => {
    const [program = '', ...fields] = part.split('\0');
    if (program === '') return [];
    const values = (kind: string): string[] => fields.filter((_, index) => index % 2 === 1 && fields[index - 1] === kind);
    const env = values('ENV').map((entry): [string, string] => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]);
    return [{ program, args: values('ARG'), env: Object.fromEntries(env.filter(([name]) => !own.has(name))) }];
  });
}

/** The arguments of the program, where a call is one of it. */
function ownArguments({ program, args }: Call): readonly string[] | undefined {
  if (program === 'registry-stats') return args;
  if (program === 'npx' && args[0] === 'registry-stats') return args.slice(1);
  // The name of the container or service comes before the image's.
  const last = args.findLastIndex((each) => image.test(each));
  return program === 'docker' && ['run', 'exec'].includes(args[0] ?? '') && last >= 0
    ? args.slice(last + 1).filter((each) => each !== '/registry-stats')
    : undefined;
}

async function optionsOf(command: string): Promise<readonly string[]> {
  const out = new PassThrough();
  await runProgram([command, '--help'], {
    env: {},
    stdin: new PassThrough(),
    stdout: out,
    stderr: out,
    signal: new AbortController().signal,
  });
  return [...String(out.read() ?? '').matchAll(/(--[a-z][\w-]*)/g)].map(([option]) => option);
}

describe('the shell lines of the documentation', () => {
  it('run in bash, where every program that they call exists', () => {
    expect(blocks.length).toBeGreaterThan(20);
    expect(blocks.flatMap(({ page, error }) => (error === '' ? [] : [`${page}: ${error}`]))).toEqual([]);
  });

  it('hand over only variables that there are, and these arrive', () => {
    const handed = blocks.flatMap(({ page, calls }) =>
      calls.flatMap((call) => {
        const ofDocker = call.args.flatMap((each, index) => (call.args[index - 1] === '-e' ? [each.split('=')[0] ?? ''] : []));
        const isOurs = ownArguments(call) !== undefined || ['npm', 'node'].includes(call.program) || call.args[0] === 'compose';
        return [...ofDocker, ...(isOurs ? Object.keys(call.env) : [])].map((name) => ({ page, name }));
      }),
    );
    const others = new Set(['REGISTRY_STATS_IMAGE', 'POSTGRES_PASSWORD', 'COMPOSE_FILE', 'UPDATE_FIXTURES']);

    expect(handed.map(({ name }) => name)).toEqual(expect.arrayContaining(['DOCKERHUB_REPOS', 'GHCR_REPOS']));
    expect(handed.filter(({ name }) => !variables.has(name) && !others.has(name))).toEqual([]);
    // As bash sets them in blocks of nothing but assignments: what it reserves (GROUPS) would have another value.
    const assigned = blocks.flatMap(({ page, code }) =>
      [...code.matchAll(/^([A-Z][A-Z_]+)=/gm)].map(([, name = '']) => `${page}: ${name}`),
    );
    expect(assigned.filter((entry) => /: (GROUPS|UID|EUID|PPID|SECONDS|RANDOM)$/.test(entry))).toEqual([]);
  });

  it('call only commands and options that there are', async () => {
    const help = new PassThrough();
    await runProgram(['--help'], { env: {}, stdin: new PassThrough(), stdout: help, stderr: help, signal: new AbortController().signal });
    const commands = new Set([...String(help.read()).matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name));
    const called = blocks.flatMap(({ page, calls }) =>
      calls.flatMap((call) => {
        const args = ownArguments(call);
        return args === undefined ? [] : [{ page, args }];
      }),
    );
    const wrong: string[] = [];
    for (const { page, args } of called) {
      const [first = 'serve'] = args;
      const command = first.startsWith('-') ? 'serve' : first;
      if (!commands.has(command)) wrong.push(`${page}: ${command}`);
      const options = new Set([...(await optionsOf(command)), ...settingOptions]);
      wrong.push(
        ...args
          .filter((each) => each.startsWith('--') && !options.has(each.split('=')[0] ?? ''))
          .map((each) => `${page}: ${command} ${each}`),
      );
    }

    expect(called.length).toBeGreaterThan(10);
    expect(wrong).toEqual([]);
  });

  it('call only npm scripts that there are', () => {
    const known = new Set(['ci', 'install', 'test', 'start', 'version', 'pack', 'publish', 'exec']);
    const scripts = blocks.flatMap(({ page, calls }) =>
      calls.flatMap(({ program, args }) => {
        // The packages below have scripts of their own.
        if (program !== 'npm' || args[0]?.startsWith('--prefix') === true) return [];
        const name = args[0] === 'run' ? args.find((each, index) => index > 0 && !each.startsWith('-')) : undefined;
        return [{ page, ok: name === undefined ? known.has(args[0] ?? '') : Object.keys(packageJson.scripts).includes(name), args }];
      }),
    );

    expect(scripts.length).toBeGreaterThan(5);
    expect(scripts.filter(({ ok }) => !ok)).toEqual([]);
  });
});

describe('the first screen of the README', () => {
  it('has the three ways to start it, each in one line', async () => {
    const screen = (await readFile('README.md', 'utf8')).split('\n').slice(0, 42).join('\n');
    const calls = parseScreen(blocks, screen);

    expect(screen).toContain('npm ci && npm start');
    expect(screen).toContain('npm ci && npm test');
    expect(calls.find(({ program }) => program === 'docker')?.args).toEqual([
      ...'run -d -p 9100:9100 -v registry-stats:/data -e DOCKERHUB_REPOS=acme/* -e GHCR_REPOS=acme/*'.split(' '),
      'ghcr.io/registry-stats/registry-stats:1',
    ]);
    expect(calls.filter(({ program }) => program === 'npx')).toEqual([
      { program: 'npx', args: ['registry-stats', 'demo'], env: {} },
      { program: 'npx', args: ['registry-stats'], env: { DOCKERHUB_REPOS: 'acme/*', GHCR_REPOS: 'acme/*' } },
    ]);
  });
});

function parseScreen(all: readonly Block[], screen: string): readonly Call[] {
  return all.filter(({ page, code }) => page === 'README.md' && screen.includes(code)).flatMap(({ calls }) => calls);
}
