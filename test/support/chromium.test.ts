import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { chromiumPath } from './chromium.ts';

it('is found whole by two who unpack it at once, and nothing else is left', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'registry-stats-chromium-'));

  const versions = await Promise.all([1, 2].map(async () => versionOf(await chromiumPath(join(directory, 'unpacked')))));

  expect(versions).toEqual([expect.stringMatching(/^Chromium \d+/), versions[0]]);
  expect(await readdir(directory)).toEqual(['unpacked']);
  await rm(directory, { recursive: true });
});

async function versionOf(executable: string): Promise<string> {
  const { stdout } = await promisify(execFile)(executable, ['--no-sandbox', '--version']);
  return stdout;
}
