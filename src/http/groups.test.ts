import { describe, expect, it } from 'vitest';
import { read, setUp } from '../../test/support/api.ts';
import type { Reading } from '../core/model/reading.ts';
import { parseGroup } from '../core/views/groups.ts';

const registries = ['dockerhub', 'ghcr'];
const groups = [
  parseGroup('app=ghcr:acme/app+dockerhub:acme/app+dockerhub:old/name', registries),
  parseGroup('new=ghcr:acme/new', registries),
];

/** The former name was read until the 1st of January, two months before today. */
const history = [
  read('dockerhub', 'old/name', '2025-12-31', 900),
  read('dockerhub', 'old/name', '2026-01-01', 1000),
  read('dockerhub', 'acme/app', '2026-03-02', 10),
  read('ghcr', 'acme/app', '2026-03-02', 5),
  read('dockerhub', 'acme/app', '2026-03-03', 30, { tags: [{ name: '2.0', lastUpdated: '2026-03-03T08:00:00Z' }] }),
  read('ghcr', 'acme/app', '2026-03-03', 6),
  read('dockerhub', 'acme/tool', '2026-03-03', 7),
];

describe('a group', () => {
  it('is one line under its name wherever a repo is asked for', async () => {
    const { json } = await setUp(history, { groups });

    expect(await json('/api/pulls?repo=App&from=2026-03-01')).toEqual([
      { timestamp: '2026-03-02T00:00:00Z', repo: 'app', pull_count: 1015 },
      { timestamp: '2026-03-03T00:00:00Z', repo: 'app', pull_count: 1036 },
    ]);
    expect(await json('/api/pulls/daily?repo=app,acme/tool')).toEqual([
      { timestamp: '2025-12-31T00:00:00Z', repo: 'app', daily_pulls: 0 },
      { timestamp: '2026-01-01T00:00:00Z', repo: 'app', daily_pulls: 100 },
      { timestamp: '2026-03-02T00:00:00Z', repo: 'app', daily_pulls: 0 },
      { timestamp: '2026-03-03T00:00:00Z', repo: 'acme/tool', daily_pulls: 0 },
      { timestamp: '2026-03-03T00:00:00Z', repo: 'app', daily_pulls: 21 },
    ]);
  });

  it('is split by registry, a former name with the present one', async () => {
    const { json } = await setUp(history, { groups });

    expect(await json('/api/pulls?repo=app&split=registry&from=2026-03-03')).toEqual([
      { timestamp: '2026-03-03T00:00:00Z', repo: 'app', registry: 'dockerhub', pull_count: 1030 },
      { timestamp: '2026-03-03T00:00:00Z', repo: 'app', registry: 'ghcr', pull_count: 6 },
    ]);
    expect(await json('/api/pulls?repo=app&registry=ghcr&from=2026-03-03')).toEqual([
      { timestamp: '2026-03-03T00:00:00Z', repo: 'app', pull_count: 6 },
    ]);
  });

  it('stands beside its images when both are asked for, and is not added without being asked for', async () => {
    const { json } = await setUp(history, { groups });

    expect(await json('/api/pulls?repo=app,acme/app&from=2026-03-03')).toMatchObject([
      { repo: 'acme/app', pull_count: 36 },
      { repo: 'app', pull_count: 1036 },
    ]);
    expect(await json('/api/pulls?from=2026-03-03')).toMatchObject([{ repo: 'acme/app' }, { repo: 'acme/tool' }]);
  });

  it('has a row of its own with one number, also for images that nobody reads any more', async () => {
    const { json } = await setUp(history, { groups });

    expect(await json('/api/groups')).toEqual([
      {
        name: 'app',
        members: 'ghcr:acme/app+dockerhub:acme/app+dockerhub:old/name',
        pull_count: 1036,
        pulls_1d: 21,
        pulls_7d: 21,
        pulls_30d: 21,
        change_1d: null,
        change_7d: null,
        change_30d: null,
      },
      expect.objectContaining({ name: 'new', pull_count: null, pulls_1d: null }),
    ]);
  });

  it('shows its images where images are listed, and nothing of others', async () => {
    const { json } = await setUp(history, { groups });

    expect(await json('/api/images?repo=app')).toMatchObject([
      { registry: 'dockerhub', name: 'acme/app' },
      { registry: 'dockerhub', name: 'old/name', pull_count: 1000 },
      { registry: 'ghcr', name: 'acme/app' },
    ]);
    expect(await json('/api/summary?repo=app')).toMatchObject([{ name: 'acme/app' }, { name: 'acme/app', pull_count: 6 }]);
    expect(await json('/api/tags?repo=app')).toMatchObject([{ registry: 'dockerhub', repo: 'acme/app', tag: '2.0' }]);
    expect(await json('/api/events?repo=new')).toEqual([]);
  });

  it('has a badge and a chart', async () => {
    const { fetch, json } = await setUp(history, { groups });

    expect(await json('/badge/all/app.json')).toMatchObject({ message: '1k' });
    expect((await fetch('/chart/all/app.svg')).status).toBe(200);
    expect((await fetch('/badge/all/nothing.json')).status).toBe(404);
  });
});

/** A reading of GHCR whose only tag points at this version. */
function tagged(day: string, pullCount: number, versionId: string): Reading {
  return read('ghcr', 'acme/app', day, 1000, { tags: [{ name: 'latest', pullCount, versionId }] });
}

describe('/api/tags', () => {
  const tags = [
    { name: '1.0', lastUpdated: '2026-03-01T08:00:00Z', digest: 'sha256:11', fullSize: 30 },
    {
      name: 'latest',
      lastUpdated: '2026-03-02T08:00:00Z',
      platforms: [
        { architecture: 'arm64', os: 'linux', variant: 'v8' },
        { architecture: 'amd64', os: 'linux' },
      ],
    },
  ];

  it('gives the newest known tags, the newest first', async () => {
    const { json } = await setUp([
      read('dockerhub', 'acme/app', '2026-03-02', 10, { tags }),
      read('dockerhub', 'acme/app', '2026-03-03', 12),
      read('ghcr', 'acme/app', '2026-03-03', 5, { tags: [{ name: '1.0', pullCount: 4, versionId: '77' }] }),
    ]);
    const nothing = { last_updated: null, digest: null, size: null, platforms: null, pull_count: null, version_id: null };

    expect(await json('/api/tags?repo=acme/app')).toEqual([
      {
        ...nothing,
        registry: 'dockerhub',
        repo: 'acme/app',
        tag: 'latest',
        last_updated: '2026-03-02T08:00:00Z',
        platforms: 'linux/arm64/v8 linux/amd64',
      },
      {
        ...nothing,
        registry: 'dockerhub',
        repo: 'acme/app',
        tag: '1.0',
        last_updated: '2026-03-01T08:00:00Z',
        digest: 'sha256:11',
        size: 30,
      },
      { ...nothing, registry: 'ghcr', repo: 'acme/app', tag: '1.0', pull_count: 4, version_id: '77' },
    ]);
    expect(await json('/api/tags?repo=acme/app&registry=ghcr')).toHaveLength(1);
    expect(await json('/api/tags?repo=no/such')).toEqual([]);
  });

  it('gives their downloads over time where the registry tells them', async () => {
    const { json, fetch } = await setUp([tagged('2026-03-01', 100, '7'), tagged('2026-03-02', 130, '7'), tagged('2026-03-03', 20, '8')]);
    const row = { registry: 'ghcr', repo: 'acme/app', tag: 'latest' };

    expect(await json('/api/tags/history?from=2026-03-02')).toEqual([
      { ...row, timestamp: '2026-03-02T00:00:00Z', pull_count: 130, daily_pulls: 30, version: '7', version_pull_count: 130 },
      { ...row, timestamp: '2026-03-03T00:00:00Z', pull_count: 150, daily_pulls: 20, version: '8', version_pull_count: 20 },
    ]);
    expect(await (await fetch('/api/tags/history?to=2026-03-01&format=csv')).text()).toBe(
      'timestamp,registry,repo,tag,pull_count,daily_pulls,version,version_pull_count\r\n2026-03-01T00:00:00Z,ghcr,acme/app,latest,100,0,7,100\r\n',
    );
  });
});

describe('recorded events', () => {
  it('stand among the others; those of a registry are left out where images are named', async () => {
    const { store, json } = await setUp([read('ghcr', 'acme/app', '2026-03-01', 10)]);
    const seenAt = '2026-03-03T10:00:00.000Z';
    await store.save(
      [read('ghcr', 'acme/app', '2026-03-03', 11)],
      [
        { time: '2026-03-02T08:00:00.000Z', seenAt, registry: 'ghcr', repo: 'acme/app', kind: 'tag_pushed', detail: '1.0' },
        { time: '2026-03-02T09:00:00.000Z', seenAt, registry: 'ghcr', kind: 'registry_dark', detail: 'GHCR cannot be reached' },
      ],
    );

    const dark = { kind: 'registry_dark', repo: '', text: 'ghcr: outage: GHCR cannot be reached' };
    expect(await json('/api/events?from=2026-03-02')).toMatchObject([{ kind: 'tag_pushed', text: 'acme/app (ghcr): pushed 1.0' }, dark]);
    expect(await json('/api/events?repo=acme/app&from=2026-03-02')).toMatchObject([{ kind: 'tag_pushed' }]);
    expect(await json('/api/events?registry=dockerhub')).toEqual([]);
  });
});
