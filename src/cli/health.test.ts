import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatMarker, reasonPath } from '../core/model/health-marker.ts';
import { health } from './health.ts';

const now = Date.UTC(2026, 2, 14, 12);
let directory = '';
let marker = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-probe-'));
  marker = join(directory, '.healthy');
});

afterEach(() => rm(directory, { recursive: true }));

async function write(path: string, content: string, ageMs: number): Promise<void> {
  await writeFile(path, content);
  await utimes(path, new Date(now - ageMs), new Date(now - ageMs));
}

function probe(args: readonly string[] = [], env: Readonly<Record<string, string>> = { HEALTH_FILE: marker }): ReturnType<typeof health> {
  return health(args, env, now);
}

describe('health', () => {
  it('is good while the marker is there and not older than it says', async () => {
    await write(marker, formatMarker(60_000), 60_000);

    expect(probe()).toEqual({ exitCode: 0, text: 'healthy: every configured registry was read recently\n' });
  });

  it('is bad when the marker is older than it says, as after a kill', async () => {
    await write(marker, formatMarker(60_000), 60_001);

    expect(probe()).toEqual({
      exitCode: 1,
      text: 'unhealthy: nothing was read for longer than one interval and the longest run\n',
    });
  });

  it('tells why there is no marker, and since when where it is not from just now', async () => {
    await write(reasonPath(marker), 'the service is stopping\n', 1_000);
    const justNow = probe();
    await write(reasonPath(marker), 'the service is stopping\n', 35 * 60_000);

    expect(justNow).toEqual({ exitCode: 1, text: 'unhealthy: the service is stopping\n' });
    expect(probe()).toEqual({ exitCode: 1, text: 'unhealthy: the service is stopping (35 minutes ago)\n' });
  });

  it('says that nothing runs when there is neither marker nor reason', () => {
    expect(probe()).toEqual({
      exitCode: 1,
      text: `unhealthy: health marker ${marker} not found: the service is not running, or has not read every registry yet\n`,
    });
  });

  it('looks where the option says before where the variable says, and else at the default place', async () => {
    const other = join(directory, 'other');
    await write(other, formatMarker(undefined), 0);

    expect(probe(['--health-file', other])).toMatchObject({ exitCode: 0 });
    expect(probe([], { HEALTH_FILE: ` ${other} ` })).toMatchObject({ exitCode: 0 });
    expect(probe(['--health-file'], { HEALTH_FILE: other })).toMatchObject({ exitCode: 0 });
    expect(probe(['--health-file', join(directory, 'none')], {}).text).toContain(join(directory, 'none'));
  });
});
