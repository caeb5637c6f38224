/** Much of everything: totals are always stored, tags as far as there is room, and once for as long as they stay as they are. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseReadings, type SnapshotDocument } from '../../core/document/snapshot.ts';
import type { Reading, Tag } from '../../core/model/reading.ts';
import type { SnapshotStore } from '../../core/ports.ts';
import { newestTags } from '../../core/views/tags.ts';
import { sizeOfTags } from '../tag-budget.ts';
import { createTestFolder, type TestFolder } from './testing/folder.ts';

let folder: TestFolder;

beforeEach(async () => {
  folder = await createTestFolder();
});

afterEach(() => folder.remove());

function tags(count: number, platforms = 3): Tag[] {
  return Array.from({ length: count }, (_, at) => ({
    name: `v${at}`,
    lastUpdated: new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
    digest: `sha256:${String(at).padStart(64, '0')}`,
    platforms: Array.from({ length: platforms }, (__, n) => ({ architecture: `arch${n}`, os: 'linux', digest: 'd'.repeat(71), size: 9 })),
  }));
}

function read(repo: string, day: string, list: readonly Tag[] | undefined, more: Partial<Reading> = {}): Reading {
  return { registry: 'dockerhub', repo, pullCount: 7, readAt: `${day}T10:00:00.000Z`, tags: list, tagCount: list?.length, ...more };
}

async function rowOf(day: string, repo = 'acme/app'): Promise<Record<string, unknown> | undefined> {
  const document: { docker_hub: Record<string, unknown>[] } = JSON.parse(await folder.read(`${day}.json`));
  return document.docker_hub.find((row) => row['repo'] === repo);
}

async function readings(store: SnapshotStore, from?: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { repo, day, tags: list, tagsNote } of store.readings({}, { from })) found.push([day, repo, list?.length, tagsNote]);
  return found;
}

describe('tags that have no room', () => {
  it('lose their oldest, each image the same, and the rows say how many; no total is lost', async () => {
    const store = await folder.open({ maxTagBytes: 200_000 });
    for (let at = 0; at < 20; at += 1) await store.save([read(`acme/app-${at}`, '2026-03-14', tags(100))]);
    await store.save([read('acme/small', '2026-03-14', tags(3))]);

    const document: SnapshotDocument = JSON.parse(await folder.read('2026-03-14.json'));
    const stored = parseReadings(document);
    expect(await store.latest({})).toHaveLength(21);
    expect(stored.reduce((sum, each) => sum + sizeOfTags(each.tags), 0)).toBeLessThanOrEqual(200_000);
    expect(stored.find(({ repo }) => repo === 'acme/small')).toMatchObject({ tags: { length: 3 }, tagsCut: undefined });
    for (const { repo, tags: kept = [], tagsCut, tagCount } of stored.filter((each) => each.repo !== 'acme/small')) {
      expect([repo, kept.length + (tagsCut ?? 0), tagCount]).toEqual([repo, 100, 100]);
      expect(kept.length).toBeGreaterThanOrEqual(8);
      expect(kept.at(-1)?.name).toBe('v99');
    }
    await store.close();
  });

  it('of one image keep no other from being stored', async () => {
    const store = await folder.open({ maxTagBytes: 50_000 });

    await store.save([read('acme/vast', '2026-03-14', tags(1, 5_000)), read('acme/app', '2026-03-14', tags(10))]);

    expect(await store.latest({})).toMatchObject([
      { repo: 'acme/app', tagCount: 10 },
      { repo: 'acme/vast', pullCount: 7, tagCount: 1 },
    ]);
    expect(await newestTags(store, await store.latest({}))).toMatchObject([
      { repo: 'acme/app', tags: { length: 10 } },
      { repo: 'acme/vast', tags: [], cut: 1 },
    ]);
    expect(await rowOf('2026-03-14', 'acme/vast')).toMatchObject({ tags: null, tags_cut: 1, tag_count: 1 });
    await store.close();
  });

  it('are left out where the file would be larger than can be read, and the totals stored', async () => {
    const store = await folder.open({ maxBytes: 20_000 });

    await store.save([read('acme/app', '2026-03-14', tags(100)), read('acme/tool', '2026-03-14', tags(2))]);

    expect(await store.latest({})).toMatchObject([
      { repo: 'acme/app', tagCount: 100 },
      { repo: 'acme/tool', tagCount: 2 },
    ]);
    expect(await rowOf('2026-03-14')).toMatchObject({ tags: null, tags_cut: 100 });
    expect(folder.logged('tags of a day have no room and are left out')).toEqual([{ day: '2026-03-14' }]);
    await store.close();
  });

  it('leave a number of tags that is not known unknown, and say how many there are at least', async () => {
    const store = await folder.open({ maxTagBytes: 20_000 });

    await store.save([read('acme/app', '2026-03-14', tags(100), { tagCount: undefined })]);

    const [image] = await newestTags(store, await store.latest({}));
    expect((await store.latest({}))[0]?.tagCount).toBeUndefined();
    expect((image?.tags.length ?? 0) + (image?.cut ?? 0)).toBe(100);
    await store.close();
  });
});

describe('tags that stay as they are', () => {
  it.each([
    ['whole', undefined],
    ['cut', 30_000],
  ])('are stored once (%s), and are those of each day for whoever reads it', async (_, maxTagBytes) => {
    const first = await folder.open({ maxTagBytes });
    await first.save([read('acme/app', '2026-03-12', tags(50))]);
    await first.save([read('acme/app', '2026-03-13', tags(50))]);
    await first.close();
    const store = await folder.open({ maxTagBytes });
    await store.save([read('acme/app', '2026-03-14', tags(50))]);
    await store.save([read('acme/app', '2026-03-14', tags(50), { readAt: '2026-03-14T11:00:00.000Z' })]);

    const kept = (await rowOf('2026-03-12'))?.['tags'];
    const count = Array.isArray(kept) ? kept.length : 0;
    expect(count).toBe(maxTagBytes === undefined ? 50 : 26);
    for (const day of ['2026-03-13', '2026-03-14'])
      expect(await rowOf(day)).toMatchObject({ tags: null, tag_count: 50, tags_since: '2026-03-12' });
    expect(await readings(store)).toEqual(['12', '13', '14'].map((day) => [`2026-03-${day}`, 'acme/app', count, undefined]));
    expect(await readings(store, '2026-03-14')).toEqual([['2026-03-14', 'acme/app', count, undefined]]);
    expect(await newestTags(store, await store.latest({}))).toMatchObject([
      { tags: { length: count }, cut: maxTagBytes === undefined ? undefined : 50 - count },
    ]);
    await store.close();
  });

  it('are stored again when one of them moves, also twice a day', async () => {
    const store = await folder.open();
    const moved = tags(50).map((tag, at) => (at === 7 ? { ...tag, digest: 'sha256:1' } : tag));
    await store.save([read('acme/app', '2026-03-13', tags(50))]);
    await store.save([read('acme/app', '2026-03-14', tags(50))]);
    await store.save([read('acme/app', '2026-03-14', moved, { readAt: '2026-03-14T11:00:00.000Z' })]);

    const row = await rowOf('2026-03-14');
    expect(row?.['tags']).toMatchObject({ length: 50, 7: { digest: 'sha256:1' } });
    expect(row).not.toHaveProperty('tags_since');
    await store.save([read('acme/app', '2026-03-14', tags(50), { readAt: '2026-03-14T12:00:00.000Z' })]);
    expect((await rowOf('2026-03-14'))?.['tags']).toMatchObject({ length: 50, 7: { digest: expect.stringMatching(/7$/) } });
    await store.close();
  });

  it('are stored again after a week, and when the day that has them is deleted', async () => {
    const store = await folder.open();
    for (const day of ['01', '07', '08', '09']) await store.save([read('acme/app', `2026-03-${day}`, tags(5))]);

    expect(await rowOf('2026-03-07')).toMatchObject({ tags_since: '2026-03-01' });
    expect(await rowOf('2026-03-08')).toMatchObject({ tags: { length: 5 } });
    expect(await rowOf('2026-03-09')).toMatchObject({ tags_since: '2026-03-08' });
    await store.prune('2026-03-09');
    await store.save([read('acme/app', '2026-03-10', tags(5))]);
    expect(await rowOf('2026-03-10')).toMatchObject({ tags: { length: 5 } });
    expect(await readings(store, '2026-03-09')).toEqual([
      ['2026-03-09', 'acme/app', undefined, undefined],
      ['2026-03-10', 'acme/app', 5, undefined],
    ]);
    await store.close();
  });

  it('are those of the day before where somebody else takes those of the newest day away', async () => {
    const first = await folder.open();
    await first.save([
      read('acme/app', '2026-03-13', tags(3)),
      read('acme/app', '2026-03-14', tags(4)),
      read('acme/tool', '2026-03-14', tags(5)),
    ]);
    await first.close();
    await folder.write('2026-03-14.json', (await folder.read('2026-03-14.json')).replace(/"tags": \[.*?\n {6}\]/s, '"tags": null'));
    const store = await folder.open();

    expect(await newestTags(store, await store.latest({}))).toMatchObject([
      { repo: 'acme/app', tags: { length: 3 } },
      { repo: 'acme/tool', tags: { length: 5 } },
    ]);
    await store.prune('2026-03-14');
    expect(await newestTags(store, await store.latest({}))).toMatchObject([{ repo: 'acme/tool' }]);
    await store.close();
  });

  it('never refer to a later day', async () => {
    const store = await folder.open();
    await store.save([read('acme/app', '2026-03-14', tags(5))]);

    await store.save([read('acme/app', '2026-03-13', tags(5))]);

    expect(await rowOf('2026-03-13')).toMatchObject({ tags: { length: 5 } });
    await store.close();
  });

  it('of the Go tool, whose rows say nothing of it, stay as they are', async () => {
    const goRow = { repo: 'acme/app', last_updated: '', tags: [{ name: 'v0', last_updated: '', digest: '', full_size: 0 }], pull_count: 5 };
    await folder.write('2026-03-13.json', JSON.stringify({ timestamp: '2026-03-13T10:00:00Z', docker_hub: [goRow] }));
    const store = await folder.open();

    await store.save([read('acme/tool', '2026-03-13', tags(5)), read('acme/app', '2026-03-14', [{ name: 'v0' }])]);

    expect(await rowOf('2026-03-13')).toEqual(goRow);
    expect(await rowOf('2026-03-14')).toMatchObject({ tags: { length: 1 } });
    await store.close();
  });
});
