/** Files of days that are larger than what may be held whole. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reading } from '../testing/readings.ts';
import { documentOf, totalsOf } from '../testing/store-under-test.ts';
import { createTestFolder, type TestFolder } from './testing/folder.ts';

let folder: TestFolder;

beforeEach(async () => {
  folder = await createTestFolder();
});

afterEach(() => folder.remove());

const limit = { maxWholeBytes: 20_000, maxBytes: 1_000_000 };
const day = '2026-03-14';

/** A file of another program: some images, and much that nobody knows. */
function foreignText(images: number): string {
  const rows = Array.from({ length: images }, (_, at) => ({ repo: `acme/image-${at}`, pull_count: 100 + at, note: 'x'.repeat(900) }));
  return JSON.stringify({ timestamp: `${day}T10:00:00Z`, docker_hub: rows, foreign: { list: [1, 2, { deep: true }] } });
}

describe('a day whose file is too large to be held whole', () => {
  it('counts as any other, and its snapshot is the whole file', async () => {
    const text = foreignText(30);
    await folder.write(`${day}.json`, text);
    const store = await folder.open(limit);

    expect(Object.keys(await totalsOf(store))).toHaveLength(30);
    expect(await store.latest({ repos: new Set(['acme/image-7']) })).toMatchObject([{ pullCount: 107, readAt: `${day}T10:00:00Z` }]);
    expect(await documentOf(store, day)).toEqual(JSON.parse(text));
    await store.close();
  });

  it('has its totals merged with what is saved, and is set aside as it was', async () => {
    const text = foreignText(30);
    await folder.write(`${day}.json`, text);
    const store = await folder.open(limit);

    await store.save([reading('acme/image-7', 500, day)]);

    const names = await folder.names();
    const aside = names.find((name) => name.startsWith(`${day}.json.corrupt-`)) ?? '';
    expect(await folder.read(aside)).toBe(text);
    const expected = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [`dockerhub acme/image-${at}`, { [day]: at === 7 ? 500 : 100 + at }]),
    );
    expect(await totalsOf(store)).toEqual(expected);
    await store.close();
    const again = await folder.open(limit);
    expect(await totalsOf(again)).toEqual(expected);
    await again.save([reading('acme/image-8', 600, day)]);
    expect(await folder.names()).toEqual(names);
    await again.close();
  });

  it('is refused with a reason when what has to be written is too large again, and stays as it was', async () => {
    const text = foreignText(39);
    await folder.write(`${day}.json`, text);
    const store = await folder.open({ ...limit, maxWholeBytes: 5_000, maxBytes: 100_000 });
    // More images than fit: the day has none.
    expect(await store.days()).toEqual([]);
    expect(folder.logged('skipping snapshot file')).toMatchObject([
      { reason: 'more than 9 images in a file that is too large to be read whole' },
    ]);
    await store.close();

    const roomy = await folder.open({ ...limit, maxWholeBytes: 21_000 });
    const many = Array.from({ length: 100 }, (_, at) => reading(`acme/new-${at}`, at, day));
    await expect(roomy.save(many)).rejects.toThrow('its file would exceed 21000 bytes');
    expect(await folder.read(`${day}.json`)).toBe(text);
    await roomy.close();
  });

  it('gives the tags of one image, and those that have room', async () => {
    const tags = Array.from({ length: 200 }, (_, at) => ({ name: `1.${at}`, pull_count: at, digest: `sha256:${at}` }));
    const rows = ['acme/a', 'acme/b'].map((repo) => ({ repo, pull_count: 1, tags }));
    await folder.write(`${day}.json`, JSON.stringify({ timestamp: `${day}T10:00:00Z`, docker_hub: rows }));
    const store = await folder.open(limit);

    const found: unknown[] = [];
    for await (const { repo, tags: own } of store.readings({ repos: new Set(['acme/b']) })) found.push([repo, own?.length]);

    expect(found).toEqual([['acme/b', 200]]);
    expect(await store.latest({})).toMatchObject([{ tagCount: 200 }, { tagCount: 200 }]);
    await store.close();
  });

  it('is skipped when it is not a snapshot, or larger than anything that is read', async () => {
    await folder.write(`${day}.json`, `${foreignText(30)}]`);
    await folder.write('2026-03-13.json', foreignText(1_200));
    const store = await folder.open(limit);

    expect(await store.days()).toEqual([]);
    expect([await store.snapshot(day), await store.snapshot('2026-03-13')]).toEqual([undefined, undefined]);
    expect(folder.logged('skipping snapshot file')).toMatchObject([
      { reason: 'larger than 1000000 bytes' },
      { reason: 'not JSON in UTF-8' },
    ]);
    await store.close();
  });
});
