/** The commands that work on the stored history, run as the program that is shipped. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dayOf } from '../../src/core/model/day.ts';
import { runProgram as start, startService } from '../support/program.ts';

const goFolder = 'test/fixtures/go-folder';
/** What it ended with. */
async function runProgram(args: readonly string[], environment: Readonly<Record<string, string>>) {
  const program = start(args, { env: environment });
  return { code: await program.exited, stdout: program.output(), stderr: program.log() };
}

function daysAgo(days: number): string {
  return dayOf(Date.now() - days * 86_400_000);
}

let directory: string;
let env: Record<string, string>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-commands-'));
  env = { DATA_DIR: join(directory, 'data'), LOG_LEVEL: 'error' };
});

afterAll(() => rm(directory, { recursive: true }));

describe('the commands on a stored history', () => {
  it('import the folder of the Go tool, first as a dry run, and not twice', async () => {
    const dryRun = await runProgram(['import', goFolder, '--dry-run'], env);
    expect(existsSync(env['DATA_DIR'] ?? '')).toBe(false);
    const first = await runProgram(['import', goFolder], env);
    const second = await runProgram(['import', goFolder], env);

    expect(dryRun).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Would import daily totals: \d+ new, 0 replaced/) });
    expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Imported daily totals: \d+ new/) });
    expect(second.stdout).toMatch(/^Imported daily totals: 0 new, 0 replaced, [1-9]/);
    const stored = await readFile(join(directory, 'data', '2026-04-06.json'), 'utf8');
    expect(stored).toContain('"imported": true');
  });

  it('dry-run an import beside a running service, which a real import has to wait for', async () => {
    const service = await startService({ ...env, LOG_LEVEL: 'info', RETENTION_DAYS: '0', HEALTH_FILE: join(directory, '.healthy') });

    const dryRun = await runProgram(['import', goFolder, '--dry-run'], env);
    const real = await runProgram(['import', goFolder], env);
    await service.stop();

    expect(dryRun).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Would import daily totals: 0 new, 0 replaced, [1-9]/),
    });
    expect(real).toMatchObject({ code: 1, stderr: expect.stringContaining('is in use') });
  });

  it('write the history in every format, and tell the same numbers', async () => {
    const csv = await runProgram(['export', '--format', 'csv'], env);
    const json = await runProgram(['export', '--format', 'json'], env);
    const file = join(directory, 'all.ndjson');
    const ndjson = await runProgram(['export', '--format', 'ndjson', '--output', file], env);

    const rows = z.array(z.object({ day: z.string(), pull_count: z.number() })).parse(JSON.parse(json.stdout));
    expect(
      csv.stdout
        .trim()
        .split('\r\n')
        .slice(1)
        .map((line) => Number(line.split(',')[3])),
    ).toEqual(rows.map((row) => row.pull_count));
    expect(ndjson).toMatchObject({ code: 0, stdout: '' });
    expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(rows.length + 1);
    expect(await runProgram(['export', '--format', 'ndjson', '--output', file], env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('already exists'),
    });
    expect(await runProgram(['export', '--format', 'xml'], env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('valid is csv, ndjson, json, openmetrics'),
    });
    expect(await runProgram(['export', '--format', 'csv', '--registry', 'harbor'], env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('valid is dockerhub, ghcr'),
    });
  });

  it('move a whole history to another folder', async () => {
    const other = { ...env, DATA_DIR: join(directory, 'other') };
    const moved = await runProgram(['import', join(directory, 'all.ndjson'), '--keep-marks'], other);

    expect(moved.code).toBe(0);
    expect((await runProgram(['export', '--format', 'ndjson'], other)).stdout).toBe(await readFile(join(directory, 'all.ndjson'), 'utf8'));
  });

  it('back up, and restore into an empty folder', async () => {
    const archive = join(directory, 'backup.tar.gz');
    const restored = { ...env, DATA_DIR: join(directory, 'restored') };

    expect(await runProgram(['backup', archive], env)).toMatchObject({ code: 0, stderr: expect.stringContaining('with checksums') });
    expect(await runProgram(['restore', archive], restored)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Restored 3 files/) });

    const days = (await readdir(join(directory, 'data'))).filter((name) => /^\d/.test(name));
    for (const name of days)
      expect(await readFile(join(directory, 'restored', name), 'utf8')).toBe(await readFile(join(directory, 'data', name), 'utf8'));
    expect(await runProgram(['restore', 'package.json'], restored)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nothing was changed'),
    });
  });

  it('report what is stored', async () => {
    const source = join(directory, 'recent.csv');
    await writeFile(
      source,
      [
        'day,registry,repo,pull_count',
        ...[5, 4, 3, 2, 1, 0].map((ago) => `${daysAgo(ago)},ghcr,acme/app,${1000 - 10 * ago}`),
        'nonsense',
      ].join('\n'),
    );
    const recent = { ...env, DATA_DIR: join(directory, 'recent') };
    const taken = await runProgram(['import', source], recent);

    expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining('line 8: 1 cells instead of 4') });
    const table = await runProgram(['report', '--since', '3d'], recent);
    expect(table).toMatchObject({ code: 0, stdout: expect.stringMatching(/acme\/app\s+ghcr\s+1,000\s+30/) });
    const report = z.object({ images: z.array(z.object({ pulls: z.number(), milestone: z.number() })) });
    expect(report.parse(JSON.parse((await runProgram(['report', '--json', '--since', '3d'], recent)).stdout)).images).toEqual([
      { pulls: 30, milestone: 2500 },
    ]);
    expect(await runProgram(['report', '--since', 'soon'], recent)).toMatchObject({ code: 1, stderr: expect.stringContaining('--since') });
  });
});
