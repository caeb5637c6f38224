import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getJson, runProgram, type RunningProgram } from '../support/program.ts';

let directory = '';
let data = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-signals-'));
  data = join(directory, 'data');
  await mkdir(data);
});

afterEach(() => rm(directory, { recursive: true }));

function serve(): RunningProgram {
  return runProgram(['serve'], {
    env: { DATA_DIR: data, HEALTH_FILE: join(directory, '.healthy'), LISTEN_ADDR: '127.0.0.1:0', RETENTION_DAYS: '0' },
  });
}

async function writeDays(count: number): Promise<void> {
  const rows = Array.from({ length: 500 }, (_, at) => ({ repo: `acme/app-${at}`, pull_count: at }));
  const text = JSON.stringify({ docker_hub: rows });
  const first = Date.UTC(2020, 0, 1);
  for (let at = 0; at < count; at += 1) {
    const day = new Date(first + at * 86_400_000).toISOString().slice(0, 10);
    await writeFile(join(data, `${day}.json`), text);
  }
}

describe('SIGTERM', () => {
  it.each([50, 100, 150, 200, 250, 300])('%d ms after the start ends the program and leaves no lock', async (delayMs) => {
    const program = serve();
    await sleep(delayMs);

    program.child.kill('SIGTERM');

    // Before the program's first line Node itself ends, by the signal.
    expect([0, null]).toContain(await program.exited);
    expect(await readdir(data)).not.toContain('.lock');
    expect(program.log()).not.toContain('    at ');
  });

  it('while the index is built ends the program and leaves no lock', async () => {
    await writeDays(400);
    const program = serve();
    await program.logged(/port opened/);

    program.child.kill('SIGTERM');

    expect(await program.exited).toBe(0);
    expect(await readdir(data)).not.toContain('.lock');
  });

  it('while another process may have the folder ends the program, and leaves the lock of the other; until then the history is served', async () => {
    await writeDays(1);
    const theirs = '{"pid":1,"hostname":"other","startedAt":"2026-03-14T08:00:00.000Z","token":"theirs"}\n';
    await writeFile(join(data, '.lock'), theirs);
    const program = serve();
    const [, url = ''] = await program.logged(/port opened.*"url":"([^"]+)"/);
    await program.logged(/waiting to see whether another process still uses the snapshot folder/);
    await expect.poll(() => getJson(`${url}/api/pulls`)).toMatchObject({ status: 200 });

    expect(await getJson(`${url}/api/health`)).toMatchObject({ status: 503 });
    expect(await getJson(`${url}/api/status`)).toMatchObject({
      body: { reason: 'waiting for the folder: another process uses it, or did until just now' },
    });
    program.child.kill('SIGTERM');

    expect(await program.exited).toBe(0);
    expect(await readFile(join(data, '.lock'), 'utf8')).toBe(theirs);
  });
});
