/** The image in a real Docker Engine, as it is deployed: read-only, without capabilities, as other users, in 128 MiB, two on one volume. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { getJson } from '../test/support/program.ts';
import { startSimulator, type Simulator } from '../src/demo/simulator/index.ts';
import { smallWorld } from '../test/support/small-world.ts';
import { importBases, prepareNode } from './support/base-images.ts';
import { prepareEngine, startEngine, type DockerEngine } from './support/docker-engine.ts';

const image = 'registry-stats:proof';
const minutes = 60_000;
const patience = { timeout: minutes, interval: 200 };
/** As deploy/README.md and compose.yaml start it. */
const hardened = ['--read-only', '--tmpfs=/tmp', '--cap-drop=ALL', '--security-opt=no-new-privileges', '--pids-limit=64', '--network=host'];

const state = z.object({
  Status: z.string(),
  ExitCode: z.number(),
  OOMKilled: z.boolean(),
  Health: z.object({ Status: z.string() }).optional(),
});

describe('the image in a Docker Engine', () => {
  let missing: string | undefined;
  let work: string;
  let engine: DockerEngine;
  let simulator: Simulator;

  beforeAll(async () => {
    const [root, node] = [await prepareEngine(), await prepareNode()];
    if ('missing' in root || 'missing' in node) {
      missing = 'missing' in root ? root.missing : 'missing' in node ? node.missing : undefined;
      return;
    }
    work = await mkdtemp(join(tmpdir(), 'registry-stats-containers-'));
    const started = await startEngine(root.value, join(work, 'engine'));
    if ('missing' in started) {
      missing = started.missing;
      return rm(work, { recursive: true, force: true });
    }
    engine = started.value;
    const bases = await importBases(engine, node.value, work);
    await engine.docker(['buildx', 'build', '--network=host', ...bases, '--load', '--tag', image, '-'], await buildContext(work));
    simulator = await startSimulator({ world: smallWorld() });
  }, 9 * minutes);

  beforeEach(({ skip }) => skip(missing !== undefined, missing));

  afterEach(async () => {
    if (missing !== undefined) return;
    const all = (await engine.docker(['ps', '--all', '--quiet'])).split('\n').filter((id) => id !== '');
    if (all.length > 0) await engine.docker(['rm', '--force', '--volumes', ...all]);
  }, minutes);

  afterAll(async () => {
    if (missing !== undefined) return;
    await simulator.close();
    await engine.stop();
    await rm(work, { recursive: true, force: true });
  }, minutes);

  /** Starts a container that reads one image, and resolves to where it answers. */
  async function start(name: string, options: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const address = `127.0.0.1:${await freePort()}`;
    const all = {
      LISTEN_ADDR: address,
      GHCR_REPOS: 'acme/app',
      GITHUB_URL: simulator.githubUrl,
      GHCR_URL: simulator.ghcrUrl,
      GHCR_DELAY_MS: '0',
      ...env,
    };
    const variables = Object.entries(all).flatMap(([variable, value]) => ['--env', `${variable}=${value}`]);
    await engine.docker(['run', '--detach', `--name=${name}`, ...hardened, ...options, ...variables, image]);
    return `http://${address}`;
  }

  async function stateOf(name: string): Promise<z.infer<typeof state>> {
    return state.parse(JSON.parse(await engine.docker(['inspect', '--format={{json .State}}', name])));
  }

  async function logOf(name: string): Promise<string> {
    return engine.docker(['logs', name]);
  }

  async function logged(name: string, pattern: RegExp): Promise<void> {
    await expect.poll(() => logOf(name), patience).toMatch(pattern);
  }

  /** What the health check's command answers, and how it ends. */
  async function probe(name: string): Promise<{ readonly code: number; readonly text: string }> {
    return engine.docker(['exec', name, '/registry-stats', 'health']).then(
      (text) => ({ code: 0, text }),
      (error: unknown) => {
        const { code, stdout } = z.object({ code: z.number(), stdout: z.string() }).parse(error);
        return { code, text: stdout };
      },
    );
  }

  it.each([65_532, 1_000])(
    'starts as user %d, read-only, without capabilities, in 128 MiB; turns healthy, stores, and ends well',
    async (uid) => {
      const folder = await engine.makeFolder(`of-${uid}`, uid);
      const url = await start('one', ['--memory=128m', `--user=${uid}:${uid}`, `--volume=${folder}:/data`, '--health-interval=1s']);
      await logged('one', /"msg":"run done"/);

      expect(await getJson(`${url}/api/health`)).toEqual({ status: 200, body: { status: 'ok' } });
      expect(await probe('one')).toEqual({ code: 0, text: 'healthy: every configured registry was read recently\n' });
      await expect.poll(async () => (await stateOf('one')).Health?.Status, patience).toBe('healthy');
      expect(await logOf('one')).not.toContain('memory limit');
      await engine.docker(['stop', '--time=9', 'one']);
      expect(await stateOf('one')).toMatchObject({ Status: 'exited', ExitCode: 0, OOMKilled: false });
      expect(await logOf('one')).toContain('service stopped');
      await start('two', ['--memory=128m', `--user=${uid}:${uid}`, `--volume=${folder}:/data`, '--entrypoint=/registry-stats']);
      await logged('two', /service started/);
    },
    3 * minutes,
  );

  it(
    'writes to a volume that Docker makes, as the user that the image has',
    async () => {
      await start('one', ['--memory=128m', '--volume=history:/data']);
      await logged('one', /"msg":"run done"/);

      const exported = await engine.docker(['exec', 'one', '/registry-stats', 'export', '--format', 'csv']);
      expect(exported).toMatch(/^\d{4}-\d\d-\d\d,ghcr,acme\/app,\d+,/m);
      await engine.docker(['rm', '--force', 'one']);
      await engine.docker(['volume', 'rm', 'history']);
    },
    3 * minutes,
  );

  it(
    'has a probe that fails with the reason while nothing could be read',
    async () => {
      await start('one', ['--memory=128m', '--health-interval=1s', '--health-retries=1', '--health-start-period=1s'], {
        GITHUB_URL: 'http://127.0.0.1:9',
        GHCR_URL: 'http://127.0.0.1:9',
      });

      await expect
        .poll(() => probe('one'), patience)
        .toEqual({ code: 1, text: expect.stringMatching(/^unhealthy: nothing could be read from /) });
      await expect.poll(async () => (await stateOf('one')).Health?.Status, patience).toBe('unhealthy');
    },
    3 * minutes,
  );

  it(
    'warns of a memory limit that is too small, and says what to set',
    async () => {
      await start('one', ['--memory=64m']);

      await expect.poll(() => logOf('one'), patience).toMatch(/the memory limit of 64 MiB is too small.*--memory 128m/);
    },
    3 * minutes,
  );

  it.each([0, 150, 300])(
    'obeys SIGTERM as process 1, %d ms after Docker says that it runs',
    async (delayMs) => {
      await start('one', ['--memory=128m']);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await engine.docker(['stop', '--time=9', 'one']);

      // 137 is what Docker's own SIGKILL leaves when nobody listened.
      expect(await stateOf('one')).toMatchObject({ Status: 'exited', ExitCode: 0, OOMKilled: false });
    },
    3 * minutes,
  );

  it.each([
    ['with host names of their own', 'one', 'two'],
    // Each is process 1 of its own container: neither name nor id tells them apart.
    ['with the same host name and process id', 'same', 'same'],
  ])(
    'lets only one container write to a volume, %s, and the other when that one ends',
    async (_, firstHost, secondHost) => {
      const folder = await engine.makeFolder(`shared-${firstHost}-${secondHost}`, 65_532);
      const url = await start('one', ['--memory=128m', `--hostname=${firstHost}`, `--volume=${folder}:/data`]);
      await logged('one', /service started/);
      await start('two', ['--memory=128m', `--hostname=${secondHost}`, `--volume=${folder}:/data`]);

      await expect.poll(() => logOf('two'), patience).toMatch(/in use|waiting/);
      expect((await stateOf('one')).Status).toBe('running');
      expect((await getJson(`${url}/api/pulls`)).status).toBe(200);
      expect(await logOf('two')).not.toContain('"msg":"run done"');

      await engine.docker(['stop', '--time=9', 'one']);
      await expect.poll(() => logOf('two'), { ...patience, timeout: 3 * minutes }).toMatch(/"msg":"run done"/);
      expect((await stateOf('two')).Status).toBe('running');
    },
    6 * minutes,
  );
});

/** What `docker build .` would send, as one archive. */
async function buildContext(work: string): Promise<Uint8Array> {
  const tar = join(work, 'context.tar');
  const left = ['.git', 'node_modules', 'proofs', 'tools', 'dist'].map((name) => `--exclude=./${name}`);
  await promisify(execFile)('tar', ['--create', '--file', tar, ...left, '.']);
  const bytes = await readFile(tar);
  await rm(tar);
  return bytes;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
