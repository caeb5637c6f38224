import { describe, expect, it } from 'vitest';
import { read, setUp } from '../../../test/support/api.ts';
import type { Reading } from '../../core/model/reading.ts';
import { createMemoryStore } from '../../store/memory.ts';

const tags = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ name: `1.${at}`, lastUpdated: `2026-03-0${1 + (at % 3)}T08:00:00Z` }));

const readings: readonly Reading[] = [
  ...[0, 1, 2, 3, 4].map((at) => read('dockerhub', `acme/app-${at}`, `2026-03-0${1 + (at % 3)}`, 1, { tags: tags(at) })),
  // The same name in two registries.
  read('ghcr', 'acme/app-1', '2026-03-03', 1, { tags: tags(2) }),
  read('ghcr', 'acme/app-0', '2026-03-03', 1),
];

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** `imagesAtOnce`: how many the store wants to be asked for. */
async function tagsApi(imagesAtOnce: number) {
  const memory = createMemoryStore();
  await memory.save(readings);
  let largest = 0;
  const api = await setUp([], {
    store: {
      ...memory,
      imagesAtOnce: () => imagesAtOnce,
      readings: (query, range) => {
        largest = Math.max(largest, query.repos?.size ?? Infinity);
        return memory.readings(query, range);
      },
    },
  });
  return { ...api, largest: () => largest };
}

describe('/api/tags of many images', () => {
  it.each([1, 2, 4, 100])('is the same when a store is asked for %d images at a time', async (imagesAtOnce) => {
    const expected = await (await setUp(readings)).json('/api/tags');
    const { json, fetch, largest } = await tagsApi(imagesAtOnce);

    expect(await json('/api/tags')).toEqual(expected);
    expect(expected).toHaveLength(12);
    expect(largest()).toBeLessThanOrEqual(imagesAtOnce);
    for (const limit of [1, 3, 5, 12]) {
      const rows: unknown[] = [];
      for (let address: string | undefined = `?limit=${limit}`; address !== undefined;) {
        const page: Response = await fetch(`/api/tags${address}`);
        rows.push(...listOf(await page.json()));
        [, address] = /<(\?[^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '') ?? [];
      }
      expect(rows).toEqual(expected);
    }
  });

  it('gives the rest after a cursor without a limit', async () => {
    const { json, fetch } = await tagsApi(2);
    const all = await json('/api/tags');
    const [, cursor = ''] = /cursor=([^&>]+)/.exec((await fetch('/api/tags?limit=4')).headers.get('link') ?? '') ?? [];

    expect([...listOf(all).slice(0, 4), ...listOf(await json(`/api/tags?cursor=${cursor}`))]).toEqual(all);
  });

  it('reads no more images than a page needs', async () => {
    const memory = createMemoryStore();
    await memory.save(readings);
    const asked: string[] = [];
    const store = {
      ...memory,
      imagesAtOnce: () => 1,
      readings: (...[query, range]: Parameters<typeof memory.readings>) => {
        asked.push(...(query.repos ?? ['all']));
        return memory.readings(query, range);
      },
    };
    const { json } = await setUp([], { store });

    expect(await json('/api/tags?limit=2')).toHaveLength(2);
    expect(asked).toEqual(['acme/app-0', 'acme/app-1', 'acme/app-2']);
  });
});

describe('/api/tags/history', () => {
  it('reads only images that have tags', async () => {
    const counted = [{ name: 'v1', pullCount: 7, versionId: '1' }];
    const memory = createMemoryStore();
    await memory.save([read('ghcr', 'acme/app', '2026-03-03', 1, { tags: counted }), read('ghcr', 'acme/tool', '2026-03-03', 1)]);
    const asked: (readonly string[])[] = [];
    const store: typeof memory = {
      ...memory,
      readings: (query, range) => {
        asked.push([...(query.repos ?? [])]);
        return memory.readings(query, range);
      },
    };
    const { json } = await setUp([], { store });

    expect(await json('/api/tags/history')).toEqual([expect.objectContaining({ repo: 'acme/app', tag: 'v1', pull_count: 7 })]);
    expect(await json('/api/tags/history?repo=acme/tool')).toEqual([]);
    expect(asked).toEqual([['acme/app']]);
  });
});
