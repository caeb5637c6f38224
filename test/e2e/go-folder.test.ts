import { cp, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getJson, startService, type Service } from '../support/program.ts';

/** As the Go tool left it: a day without a file, a failed GHCR read stored as 0, a mixed-case name, an image without tags. */
const folder = 'test/fixtures/go-folder';

let directory = '';
let service: Service | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-go-'));
  await cp(folder, directory, { recursive: true });
  service = await startService({ DATA_DIR: directory, HEALTH_FILE: join(directory, '.healthy'), RETENTION_DAYS: '0' });
});

afterEach(async () => {
  await service?.stop();
  await rm(directory, { recursive: true });
});

async function rows(path: string): Promise<unknown> {
  return (await getJson(`${service?.url}${path}`)).body;
}

describe('a folder of the Go tool', () => {
  it('gives the running totals in the same rows and order, with a failed read as missing', async () => {
    expect(await rows('/api/pulls')).toEqual([
      { timestamp: '2026-04-06T00:00:00Z', repo: 'acme/tool', pull_count: 7 },
      { timestamp: '2026-04-06T00:00:00Z', repo: 'acme/widget', pull_count: 150 },
      { timestamp: '2026-04-07T00:00:00Z', repo: 'acme/tool', pull_count: 7 },
      { timestamp: '2026-04-07T00:00:00Z', repo: 'acme/widget', pull_count: 154 },
      { timestamp: '2026-04-09T00:00:00Z', repo: 'acme/tool', pull_count: 10 },
      { timestamp: '2026-04-09T00:00:00Z', repo: 'acme/widget', pull_count: 165 },
    ]);
  });

  it('gives deltas per registry: a missing day has no row and the next one carries the difference', async () => {
    expect(await rows('/api/pulls/daily')).toEqual([
      { timestamp: '2026-04-06T00:00:00Z', repo: 'acme/tool', daily_pulls: 0 },
      { timestamp: '2026-04-06T00:00:00Z', repo: 'acme/widget', daily_pulls: 0 },
      { timestamp: '2026-04-07T00:00:00Z', repo: 'acme/tool', daily_pulls: 0 },
      { timestamp: '2026-04-07T00:00:00Z', repo: 'acme/widget', daily_pulls: 4 },
      { timestamp: '2026-04-09T00:00:00Z', repo: 'acme/tool', daily_pulls: 3 },
      { timestamp: '2026-04-09T00:00:00Z', repo: 'acme/widget', daily_pulls: 11 },
    ]);
  });

  it('gives the newest totals, and those of a day', async () => {
    expect(await rows('/api/summary')).toEqual([
      { registry: 'dockerhub', name: 'acme/tool', pull_count: 10, tag_count: 0 },
      { registry: 'dockerhub', name: 'acme/widget', pull_count: 110, tag_count: 1 },
      { registry: 'ghcr', name: 'acme/widget', pull_count: 55, tag_count: 0 },
    ]);
    expect(await rows('/api/summary?date=2026-04-07')).toEqual([
      { registry: 'dockerhub', name: 'acme/tool', pull_count: 7, tag_count: 0 },
      { registry: 'dockerhub', name: 'acme/widget', pull_count: 104, tag_count: 1 },
    ]);
  });

  it('serves the stored documents, and leaves every file as it was', async () => {
    const names = (await readdir(folder)).toSorted();
    const original = await readFile(join(folder, '2026-04-07.json'), 'utf8');

    expect(await rows('/api/snapshot?date=2026-04-07')).toEqual(JSON.parse(original));
    expect(await rows('/api/snapshot')).toMatchObject({ timestamp: '2026-04-09T06:30:00Z' });
    for (const name of names) expect(await readFile(join(directory, name), 'utf8')).toBe(await readFile(join(folder, name), 'utf8'));
  });
});
