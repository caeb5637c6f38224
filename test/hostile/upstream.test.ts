/** Registries that mean ill: what they say is data, bounded, and becomes neither a path nor a page nor a request elsewhere. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { environmentOf } from '../support/environment.ts';
import { runProgram } from '../support/program.ts';
import { startSimulator, type Simulator } from '../../src/demo/simulator/index.ts';
import { emptyWorld, ghcrPackage, ghcrVersion, hubRepo, hubTag } from '../../src/demo/simulator/world.ts';

const hostileNames = [
  '../../etc/passwd',
  '..',
  '%2e%2e',
  'a\u0000b',
  '\u001B[2J\u001B[1;31mred',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '=cmd|calc',
  '\u202Egnp',
  'x'.repeat(10_000),
  'a/b/../../c',
  ' ',
  '__proto__',
  'constructor',
];
let simulator: Simulator;
let directory: string;
let others: Server[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-hostile-'));
  const repos = [
    hubRepo({ name: 'app', pulls: 42, tags: [hubTag({ name: 'latest' }), ...hostileNames.map((name) => hubTag({ name }))] }),
    ...hostileNames.map((name) => hubRepo({ name, pulls: 666 })),
  ];
  const packages = [ghcrPackage({ name: 'app', versions: [ghcrVersion({ id: 1, downloads: 7, tags: ['1'] })] })];
  simulator = await startSimulator({
    world: { ...emptyWorld(), dockerHub: [{ name: 'acme', repos }], ghcr: [{ login: 'acme', kind: 'user', packages }] },
  });
});

afterEach(async () => {
  await simulator.close();
  for (const server of others) {
    server.closeAllConnections();
    server.close();
  }
  others = [];
  await rm(directory, { recursive: true });
});

async function collect(more: Readonly<Record<string, string>>) {
  const env = environmentOf(simulator, directory, { BACKFILL: 'off', ...more });
  const program = runProgram(['collect'], { env });
  return { code: await program.exited, stdout: program.output(), stderr: program.log(), env };
}

/** A server for any request; resolves to its address. */
async function startServer(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(answer);
  others.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

const terminalCodes = /\p{Cf}|[^\P{Cc}\t\n\r]/u;

describe('a hostile registry', () => {
  it('cannot make a path, a page, a line of the log or a terminal code out of a name', async () => {
    const { code, stdout, stderr, env } = await collect({ DOCKERHUB_REPOS: 'acme/*' });

    expect(code).toBe(0);
    expect(stdout).toMatch(/acme\/app +42/);
    expect(stdout).not.toMatch(terminalCodes);
    expect(stderr).not.toMatch(terminalCodes);
    expect((await readdir(directory)).toSorted()).toEqual(['data']);
    const asked = simulator.requests.map(({ path }) => path);
    expect(asked.filter((path) => /etc\/passwd|%00|<|>|\.\./i.test(path))).toEqual([]);
    const listed = runProgram(['export', '--format', 'csv'], { env });
    await listed.exited;
    expect(listed.output()).not.toMatch(/(^|,)[=+@]|<script|passwd/m);
  });

  it('cannot send the service elsewhere, nor keep it in a circle', async () => {
    const elsewhere: string[] = [];
    const other = await startServer((request, response) => {
      elsewhere.push(request.url ?? '');
      response.end('{"namespace":"acme","name":"app","pull_count":9}');
    });
    for (const location of [
      'http://169.254.169.254/latest/meta-data',
      `${other}/x`,
      'file:///etc/passwd',
      '//evil.example/x',
      `${simulator.dockerHubUrl}/v2/namespaces/acme/repositories/app`,
    ]) {
      simulator.inject({ server: 'dockerhub', match: '', fault: { kind: 'redirect', location } });
      const { code, stdout } = await collect({ DOCKERHUB_REPOS: 'acme/app' });
      simulator.clearFaults();

      expect([location, code]).toEqual([location, 1]);
      expect(stdout).toMatch(/redirect/);
    }
    expect(elsewhere).toEqual([]);
  });

  it('cannot fill the memory with a small body that unpacks to a large one', async () => {
    const bomb = gzipSync(Buffer.alloc(300 * 1024 * 1024, ' '));
    const url = await startServer((_request, response) =>
      response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Type': 'application/json' }).end(bomb),
    );
    const env = environmentOf(simulator, directory, { DOCKERHUB_URL: url, DOCKERHUB_REPOS: 'acme/app' });
    // 300 MiB would not fit.
    const program = runProgram(['collect'], { env: { ...env, NODE_OPTIONS: '--max-old-space-size=64' } });

    expect(await program.exited).toBe(1);
    expect(program.output()).toMatch(/more than 1 MiB/);
  });

  it('cannot hurt with headers, JSON that is deep, or keys that mean something to JavaScript', async () => {
    const bodies = [
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
      '{"__proto__":{"pull_count":9},"namespace":"acme","name":"app"}',
      '{"namespace":"acme","name":"app","pull_count":1,"pull_count":-5}',
      '{"namespace":"acme","name":"app","pull_count":1e400}',
      '\uFEFFnull',
    ];
    for (const body of bodies) {
      const url = await startServer((_request, response) => response.writeHead(200, { 'X-Long': 'x'.repeat(12_000) }).end(body));
      const { code, stdout } = await collect({ DOCKERHUB_URL: url, DOCKERHUB_REPOS: 'acme/app' });

      expect(code).toBe(1);
      expect(stdout).not.toMatch(/acme\/app +[\d,]+$/m);
    }
    const endlessHeader = await startServer((request) => void request.socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(2 * 1024 * 1024)}`));
    expect((await collect({ DOCKERHUB_URL: endlessHeader, DOCKERHUB_REPOS: 'acme/app' })).code).toBe(1);
    // What got no answer is tried three times, with pauses.
  });
});
