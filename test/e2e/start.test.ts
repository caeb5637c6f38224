import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { getJson, runProgram, startService, type Service } from '../support/program.ts';

let directory = '';
let service: Service | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-e2e-'));
});

afterEach(async () => {
  await service?.stop();
  service = undefined;
  await rm(directory, { recursive: true });
});

function environment(more: Record<string, string> = {}): Record<string, string> {
  return { DATA_DIR: join(directory, 'data'), HEALTH_FILE: join(directory, '.healthy'), ...more };
}

async function failure(env: Record<string, string>, uid?: number): Promise<{ code: number | null; log: string }> {
  const program = runProgram(['serve'], { env: { LISTEN_ADDR: '127.0.0.1:0', ...env }, uid });
  return { code: await program.exited, log: program.log() };
}

describe('the start', () => {
  it('lists every configuration problem at once and what would be valid', async () => {
    const { code, log } = await failure(environment({ BACKFILL: 'maybe', LISTEN_ADDR: '9100', GITHUB_URL: 'github.com' }));

    expect(code).toBe(1);
    expect(log).toContain('BACKFILL must be on or off; got "maybe"');
    expect(log).toContain('LISTEN_ADDR must be host:port or :port');
    expect(log).toContain('GITHUB_URL must be an http or https URL');
  });

  it('exits with one clear line when the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;

    const { code, log } = await failure(environment({ LISTEN_ADDR: `127.0.0.1:${port}` }));
    other.close();

    expect(code).toBe(1);
    expect(log).toContain(`registry-stats: port ${port} is taken by another program`);
    expect(log).not.toContain('    at ');
  });

  it('exits with one clear line when the folder cannot be written', async () => {
    await mkdir(join(directory, 'data'));
    await chmod(join(directory, 'data'), 0o555);
    await chmod(directory, 0o755);
    // Permissions do not hold root back.
    const asNobody = process.getuid?.() === 0 ? 65_534 : undefined;

    const { code, log } = await failure(environment(), asNobody);

    expect(code).toBe(1);
    expect(log).toMatch(/registry-stats: .*data.*(not writable|cannot be written)/);
    expect(log).not.toContain('    at ');
  });

  it('exits with one clear line when the folder is a file', async () => {
    await writeFile(join(directory, 'data'), 'not a folder');

    const { code, log } = await failure(environment());

    expect(code).toBe(1);
    expect(log).toMatch(/registry-stats: .*data/);
    expect(await readFile(join(directory, 'data'), 'utf8')).toBe('not a folder');
  });

  it('refuses a folder that another process uses', async () => {
    service = await startService(environment());

    const { code, log } = await failure(environment());

    expect(code).toBe(1);
    expect(log).toContain(`${service.child.pid}`);
    expect(await getJson(`${service.url}/api/pulls`)).toEqual({ status: 200, body: [] });
  });

  it('serves without any configuration and says how to configure it', async () => {
    service = await startService(environment({ DOCKERHUB_REPOS: '\\owner1/*' }));
    await service.logged(/nothing is tracked yet: set DOCKERHUB_REPOS=/);

    expect(service.log()).toContain('ignoring invalid entry');
    expect(await getJson(`${service.url}/api/summary`)).toEqual({ status: 200, body: [] });
    expect(await getJson(`${service.url}/api/status`)).toMatchObject({
      body: {
        configured: false,
        how_to_configure: expect.stringContaining('GHCR_REPOS='),
        configuration_problems: [{ variable: 'DOCKERHUB_REPOS', entry: '\\owner1/*', reason: expect.stringContaining('backslash') }],
      },
    });
    expect(await getJson(`${service.url}/api/health`)).toMatchObject({ status: 503 });
  });
});

describe('an environment of the Go tool', () => {
  it('starts with what it ignored there, and warns in the log, the status page and the API', async () => {
    const env = { POLL_INTERVAL_HOURS: 'hourly', RETENTION_DAYS: '-1', RETENTION_DAY: '30', ROLE: 'api', DOCKERHUB_USERNAME: 'acme' };
    service = await startService(environment(env));
    const variables = ['DOCKERHUB_USERNAME', 'POLL_INTERVAL_HOURS', 'RETENTION_DAYS', 'RETENTION_DAY', 'ROLE'];

    const warnings = service
      .log()
      .split('\n')
      .filter((line) => /ignoring invalid entry|check the configuration/.test(line));
    expect(warnings.map((line) => /"variable":"(\w+)"/.exec(line)?.[1])).toEqual(variables);
    expect(await getJson(`${service.url}/api/status`)).toMatchObject({
      body: { configuration_problems: variables.map((variable) => ({ variable, reason: expect.any(String) })) },
    });
    const page = await (await fetch(`${service.url}/status`)).text();
    for (const variable of variables) expect(page).toContain(`<code>${variable}</code>`);
    expect(page).toContain('keeping everything');
  });
});

describe('the command line', () => {
  it('prints its version and its help', async () => {
    const [about, help] = [runProgram(['--version']), runProgram(['--help'])];

    expect(await about.exited).toBe(0);
    expect(about.output()).toBe(`${packageJson.version}\n`);
    expect(await help.exited).toBe(0);
    expect(help.output()).toMatch(/serve[^]*collect[^]*config[^]*health/);
  });

  it('refuses an unknown verb or option with exit code 2', async () => {
    const [verb, option] = [runProgram(['colect']), runProgram(['serve', '--data', 'x'])];

    expect(await verb.exited).toBe(2);
    expect(await option.exited).toBe(2);
    expect(verb.log()).toMatch(/^error: unknown command 'colect': did you mean collect\?\n+See registry-stats --help\.$/m);
    const far = runProgram(['launch']);
    await far.exited;
    expect(far.log()).toMatch(/^error: unknown command 'launch': valid are serve, collect, demo, export, import, /m);
    expect(option.log()).toContain("unknown option '--data'");
  });

  it('prints the effective configuration and hides secrets', async () => {
    const env = { DOCKERHUB_USERNAME: 'acme', DOCKERHUB_TOKEN: 'dckr_pat_secret', RETENTION_DAYS: '30' };
    const program = runProgram(['config', '--poll-interval-hours', '2'], { env });

    expect(await program.exited).toBe(0);
    expect(program.output()).toMatch(/RETENTION_DAYS +30 +environment/);
    expect(program.output()).toMatch(/POLL_INTERVAL_HOURS +2 +option/);
    expect(program.output()).toMatch(/DOCKERHUB_TOKEN +\(hidden\) +environment/);
    expect(program.output()).not.toContain('dckr_pat_secret');
  });
});
