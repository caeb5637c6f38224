/** The image, as far as it can be checked without Docker: its Dockerfile, the files it is made of, and the program run among only these. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { formatMarker } from '../src/core/model/health-marker.ts';
import { replayDockerfile, type ReplayedStage } from './support/dockerfile.ts';
import { addBase, findEntrance, nonrootId, runInImage, type Entrance, type RunInImage } from './support/image.ts';
import { describeFirstMinutes } from '../test/support/first-minutes.ts';
import { getJson } from '../test/support/program.ts';
import { startSimulator } from '../src/demo/simulator/index.ts';
import { smallWorld } from '../test/support/small-world.ts';

const text = await readFile('Dockerfile', 'utf8');
const dockerfile = DockerfileParser.parse(text);
const lastFrom = dockerfile.getFROMs().at(-1)?.getRange()?.start.line ?? 0;

function finalStage(keyword: string): string[] {
  return dockerfile
    .getInstructions()
    .filter((instruction) => instruction.getKeyword() === keyword && instruction.getRange().start.line > lastFrom)
    .map((instruction) => instruction.getArgumentsContent() ?? '');
}

describe('the Dockerfile', () => {
  it('has no lint findings', () => {
    expect(validate(text)).toEqual([]);
  });

  it('pins every base image by digest', () => {
    const bases = dockerfile.getFROMs().map((from) => from.getImage());

    expect(bases).toHaveLength(2);
    for (const base of bases) expect(base).toMatch(/:[\w.-]+@sha256:[0-9a-f]{64}$/);
  });

  it('ends as a user without rights, with the program and the old health check in exec form', () => {
    expect(finalStage('USER')).toEqual(['nonroot']);
    expect(finalStage('ENTRYPOINT')).toEqual(['["/registry-stats"]']);
    expect(finalStage('HEALTHCHECK')).toEqual(['CMD ["/registry-stats", "health"]']);
    expect(finalStage('VOLUME')).toEqual(['/data']);
    expect(finalStage('EXPOSE')).toEqual(['9100']);
  });

  it('runs nothing in the final stage, which has no shell and may be of another architecture', () => {
    expect(finalStage('RUN')).toEqual([]);
  });

  it('has no secret among its arguments and variables, which stay in the image', () => {
    const properties = [
      ...dockerfile.getARGs().map((arg) => arg.getProperty()),
      ...dockerfile.getENVs().flatMap((env) => env.getProperties()),
    ];
    const names = new Set(properties.map((property) => property?.getName()));

    const malloc = ['MALLOC_ARENA_MAX', 'MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_'];
    expect(names).toEqual(new Set([...malloc, 'DATA_DIR', 'NODE_ENV', 'NODE_OPTIONS', 'REVISION', 'SOURCE', 'VERSION']));
  });

  it('says what the image is', () => {
    const labels = finalStage('LABEL').join('\n');

    for (const label of [
      'title',
      'description',
      'licenses="GPL-3.0-only"',
      'version="$VERSION"',
      'revision="$REVISION"',
      'source="$SOURCE"',
    ]) {
      expect(labels).toContain(`org.opencontainers.image.${label}`);
    }
  });
});

describe('the image', () => {
  let directory = '';
  let image: ReplayedStage;
  let files: Readonly<Record<string, string>> = {};
  let entrance: Entrance;
  const running: RunInImage[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'registry-stats-image-'));
    image = await replayDockerfile(process.cwd(), directory);
    files = await listing(image.root);
    entrance = await findEntrance();
    if ('command' in entrance) await addBase(image.root);
  }, 60_000);

  afterAll(async () => {
    await Promise.all(running.map((program) => program.stop()));
    await rm(directory, { recursive: true, force: true });
  });

  /** Starts a command as Docker would; skips the test where that cannot be. */
  function start(context: TestContext, command: readonly string[], env: Readonly<Record<string, string>> = {}): RunInImage {
    if ('missing' in entrance) return context.skip(entrance.missing);
    const program = runInImage(image, entrance.command, command, env);
    running.push(program);
    return program;
  }

  async function writeMarker(ageMs: number): Promise<void> {
    const path = join(image.root, 'tmp/.healthy');
    await mkdir(join(image.root, 'tmp'), { recursive: true });
    await rm(path, { force: true });
    await writeFile(path, formatMarker(60_000));
    const moment = new Date(Date.now() - ageMs);
    await utimes(path, moment, moment);
  }

  async function removeMarker(): Promise<void> {
    await rm(join(image.root, 'tmp/.healthy'), { force: true });
  }

  it('adds the program, its source map, the demo, the licenses and an empty folder that its user can write to, and nothing else', () => {
    const [root, nonroot] = process.getuid?.() === 0 ? [0, nonrootId] : [process.getuid?.(), process.getuid?.()];

    expect(files).toEqual({
      LICENSE: `644 ${root}`,
      'third-party-licenses.txt': `644 ${root}`,
      data: `755 ${nonroot} empty`,
      'registry-stats': `755 ${root}`,
      'registry-stats-demo.cjs': `644 ${root}`,
      'registry-stats-program.cjs': `644 ${root}`,
      'registry-stats-program.cjs.map': `644 ${root}`,
    });
  });

  it('has the same program as any other build of the same source, to the byte', async () => {
    for (const [inImage, here] of [
      ['registry-stats', 'image/registry-stats'],
      ['registry-stats-demo.cjs', 'registry-stats-demo.cjs'],
      ['registry-stats-program.cjs', 'registry-stats-program.cjs'],
    ] as const) {
      expect(await hashOf(join(image.root, inImage))).toBe(await hashOf(join('dist', here)));
    }
  });

  it('names the license of every package whose code is in the program, and only such as go with its own', async () => {
    const licenseTexts = await readFile(join(image.root, 'third-party-licenses.txt'), 'utf8');
    const licenses = [...licenseTexts.matchAll(/^={80}\n(\S+) [\d.]+: (.+)\n={80}$/gm)].map(([, name, license]) => [name, license]);
    const compatible = /^(MIT|MIT-0|BlueOak-1\.0\.0|ISC|Apache-2\.0|BSD-[23]-Clause|CC0-1\.0|Unlicense|\(MIT OR Apache-2\.0\))$/;

    expect(licenses.map(([name]) => name)).toEqual(expect.arrayContaining(['hono', 'pg', 'uplot', 'zod']));
    expect(licenses.filter(([, license = '']) => !compatible.test(license))).toEqual([]);
  });

  it('has a program that starts by its first line, is strict as tsconfig.json says, and names the source map beside it', async () => {
    const [launcher, program] = [
      await linesOf(join(image.root, 'registry-stats')),
      await linesOf(join(image.root, 'registry-stats-program.cjs')),
    ];

    expect(launcher.slice(0, 2)).toEqual(['#!/nodejs/bin/node --optimize-for-size', '"use strict";']);
    expect(program[0]).toBe('"use strict";');
    expect(program.at(-1)).toBe('//# sourceMappingURL=registry-stats-program.cjs.map');
  });

  it('tells its version', async (context) => {
    expect(await outcome(start(context, [...image.entrypoint, '--version']))).toEqual({ code: 0, output: `${packageJson.version}\n` });
  });

  it('has a health check that says no, and why, without a marker and with an old one', async (context) => {
    await removeMarker();
    const without = await outcome(start(context, image.healthcheck));
    await writeMarker(61_000);
    const old = await outcome(start(context, image.healthcheck));

    expect(without).toEqual({ code: 1, output: expect.stringMatching(/^unhealthy: health marker \/tmp\/\.healthy not found/) });
    expect(old).toEqual({ code: 1, output: expect.stringMatching(/^unhealthy: nothing was read for longer/) });
  });

  it('has a health check that says yes with a fresh marker', async (context) => {
    await writeMarker(0);
    expect(await outcome(start(context, image.healthcheck))).toEqual({
      code: 0,
      output: 'healthy: every configured registry was read recently\n',
    });
  });

  it('reads, stores where the volume is, turns healthy, and ends well when it is asked to stop', async (context) => {
    await removeMarker();
    const simulator = await startSimulator({ world: smallWorld() });
    context.onTestFinished(() => simulator.close());
    const program = start(context, image.entrypoint, {
      LISTEN_ADDR: '127.0.0.1:0',
      GHCR_REPOS: 'acme/app',
      GITHUB_URL: simulator.githubUrl,
      GHCR_URL: simulator.ghcrUrl,
      GHCR_DELAY_MS: '0',
    });
    const [, url] = await program.printed(/service started.*"url":"([^"]+)"/);
    await program.printed(/run done/);

    expect(await getJson(`${url}/api/health`)).toEqual({ status: 200, body: { status: 'ok' } });
    const page = await (await fetch(`${url}/`)).text();
    const script = /src="(\/assets\/main-[0-9a-f]+\.js)"/.exec(page)?.[1] ?? 'no script';
    expect(page).toContain('<a href="/images/acme/app" title="acme/app">acme/app</a>');
    expect((await fetch(url + script)).headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await outcome(start(context, image.healthcheck))).toMatchObject({ code: 0 });
    expect(await readdir(join(image.root, 'data'))).toContainEqual(expect.stringMatching(/^\d{4}-\d\d-\d\d\.json$/));
    expect(await program.stop()).toBe(0);
  });

  // The folder of the image is the same for all of them: what was read before stays.
  describeFirstMinutes(
    'the image',
    async (env, context) => {
      const program = start(context, image.entrypoint, env);
      return { printed: (pattern) => program.printed(pattern), text: () => program.output(), stop: () => program.stop() };
    },
    { needsFolder: false },
  );

  it('ends with one line that says what is wrong when its user may not write where the data go', async (context) => {
    const program = start(context, image.entrypoint, { LISTEN_ADDR: '127.0.0.1:0', DATA_DIR: '/nodejs/bin/node/data' });

    expect(await outcome(program)).toEqual({ code: 1, output: expect.stringMatching(/^(\{.*"port opened".*\}\n)?registry-stats: .*\n$/) });
  });
});

async function hashOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

async function linesOf(path: string): Promise<string[]> {
  return (await readFile(path, 'utf8')).trimEnd().split('\n');
}

async function outcome(program: RunInImage): Promise<{ readonly code: number | null; readonly output: string }> {
  return { code: await program.exited, output: program.output() };
}

/** What lies in a folder, each with its mode and owner. */
async function listing(folder: string): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const { mode, uid } = await stat(path);
    const empty = entry.isDirectory() && (await readdir(path)).length === 0;
    files[entry.name] = `${(mode & 0o777).toString(8)} ${uid}${empty ? ' empty' : ''}`;
  }
  return files;
}
