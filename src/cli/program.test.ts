import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { CliIo } from './io.ts';
import { run } from './run.ts';

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What a command writes, with standard error on a terminal or not. */
async function start(args: readonly string[], env: CliIo['env'] = {}, isTTY = false): Promise<Ended> {
  const [stdout, stderr] = [new PassThrough(), Object.assign(new PassThrough(), { isTTY })];
  const code = await run(args, { env, stdin: new PassThrough(), stdout, stderr, signal: new AbortController().signal });
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

describe('the help of a command', () => {
  it('has its own options, and those of all commands only under config', async () => {
    const report = await start(['report', '--help']);
    const config = await start(['config', '--help']);

    expect(report.out).toMatch(/--since[^]*--until[^]*--repo[^]*--group[^]*--sort[^]*see registry-stats config --help/);
    expect(report.out).not.toContain('--poll-interval-hours');
    expect(config.out).toMatch(/Settings, options of every command[^]*--images[^]*--poll-interval-hours/);
  });
});

describe('a command that there is not', () => {
  it.each([
    ['colect', 'did you mean collect?'],
    ['Export', 'did you mean export?'],
    ['staus', 'valid are serve, collect,'],
    ['launch', 'valid are serve, collect,'],
  ])('%s: the nearest one is named, or all of them', async (name, advice) => {
    expect(await start([name])).toMatchObject({ code: 2, err: expect.stringContaining(`unknown command '${name}': ${advice}`) });
  });
});

describe('a folder that there is not', () => {
  it.each([
    [['report'], { DATA_DIR: '/none/at-all' }, '/none/at-all not found'],
    [['export', '--format', 'csv'], { DATA_DIR: '/none/at-all' }, '/none/at-all not found'],
    [['backup', '-'], { DATA_DIR: '/none/at-all' }, '/none/at-all not found'],
    [['import', '/none/at-all', '--dry-run'], {}, '/none/at-all not found'],
  ])('is not found: %j', async (args, env, text) => {
    expect(await start(args, env)).toMatchObject({ code: 1, out: '', err: expect.stringContaining(text) });
  });
});

describe('an export', () => {
  const env = { DATA_DIR: 'test/fixtures/go-folder' };

  it('has a progress bar on a terminal, on standard error alone', async () => {
    const withBar = await start(['export', '--format', 'csv'], env, true);
    const without = await start(['export', '--format', 'csv'], env);

    expect(withBar.err).toMatch(/░ 0\/3 days.*2\/3 days/s);
    expect(withBar.err.endsWith('\r\u001B[K')).toBe(true);
    expect(without.err).toBe('');
    expect(withBar.out).toBe(without.out);
  });
});

describe('the doctor', () => {
  it('says what has to be fixed, what to do, and exits with 1', async () => {
    const { code, out } = await start(['doctor'], { DATA_DIR: '/dev/null/data', RETENTION_DAY: '1' });

    expect(code).toBe(1);
    expect(out).toMatch(/^warning {2}configuration: RETENTION_DAY: there is no such setting, did you mean RETENTION_DAYS\?$/m);
    expect(out).toMatch(/^ERROR {4}configuration: no images are configured\n {9}→ set DOCKERHUB_REPOS=/m);
    expect(out).toMatch(/^ERROR {4}storage: .*set DATA_DIR to a folder/m);
    expect(out).toMatch(/\n\n2 problems have to be fixed, \d warnings?\.\n$/);
  });
});
