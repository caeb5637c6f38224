/** What is read of single images is what is read of all, whoever wrote the files. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromEpochDay, toEpochDay, type Day } from '../../core/model/day.ts';
import type { StoredReading } from '../../core/model/history.ts';
import { matches, type SeriesQuery } from '../../core/model/query.ts';
import type { Reading } from '../../core/model/reading.ts';
import type { SnapshotStore } from '../../core/ports.ts';
import { nodeFileSystem } from './file-system.ts';
import { createTestFolder, type TestFolder } from './testing/folder.ts';

const firstDay = toEpochDay('2026-03-10');
const anyDay = fc.nat({ max: 4 }).map((day) => fromEpochDay(firstDay + day));
const repos = ['acme/app', 'acme/charts%2Fapp', 'acme/tool'] as const;

const reading: fc.Arbitrary<Reading> = fc.record({
  registry: fc.constantFrom('dockerhub', 'ghcr', 'quay'),
  repo: fc.constantFrom(...repos),
  // Often the same in several registries.
  pullCount: fc.nat({ max: 2 }),
  readAt: fc.tuple(anyDay, fc.nat({ max: 9 })).map(([day, hour]) => `${day}T0${hour}:00:00.000Z`),
  tags: fc.option(fc.uniqueArray(fc.record({ name: fc.constantFrom('a', 'b"', '],\n') }), { maxLength: 2 }), { nil: undefined }),
  lastUpdated: fc.constantFrom(undefined, '\n    {\n      "repo": "acme/tool"'),
});

/** What somebody else makes of a file. */
const changes: Readonly<Record<string, (text: string, day: Day) => string>> = {
  compact: (text) => JSON.stringify(JSON.parse(text)),
  wider: (text) => JSON.stringify(JSON.parse(text), null, 4),
  'of the Go tool': (text, day) =>
    JSON.stringify(
      {
        ...JSON.parse(text),
        timestamp: `${day}T05:00:00Z`,
        docker_hub: repos.slice(0, 2).map((repo) => ({ repo, last_updated: '', tags: [{ name: 'go' }], pull_count: 1 })),
        ghcr: [{ package: 'acme/tool', download_count: 3 }],
      },
      null,
      2,
    ),
  'with a row twice': (text) => {
    const { quay = [], ...others } = JSON.parse(text);
    return JSON.stringify({ ...others, quay: [...quay, ...quay.map((row: object) => ({ ...row, tags: [{ name: 'twice' }] }))] }, null, 2);
  },
  'in another member': (text) => JSON.stringify({ ...JSON.parse(text), extra: [{ repo: 'acme/app', pull_count: 2, tags: null }] }, null, 2),
  'with a time of its own': (text, day) => JSON.stringify({ ...JSON.parse(text), read_at: `${day}T01:00:00Z` }, null, 2),
  damaged: (text) => text.slice(0, -3),
};

const step = fc.oneof(
  { weight: 3, arbitrary: fc.array(reading, { minLength: 1, maxLength: 8 }) },
  { weight: 1, arbitrary: fc.record({ prune: anyDay }) },
  { weight: 3, arbitrary: fc.record({ change: fc.constantFrom(...Object.keys(changes)), day: anyDay, isSeen: fc.boolean() }) },
);

async function readingsOf(store: SnapshotStore, query: SeriesQuery): Promise<StoredReading[]> {
  const found: StoredReading[] = [];
  for await (const each of store.readings(query)) if (matches(query, each)) found.push(each);
  return found;
}

async function changeFile(folder: TestFolder, day: Day, change: string): Promise<void> {
  const name = `${day}.json`;
  if (!(await folder.names()).includes(name)) return;
  const text = await folder.read(name);
  try {
    await folder.write(name, changes[change]?.(text, day) ?? text);
  } catch (error) {
    // It was damaged before.
    if (!(error instanceof SyntaxError)) throw error;
  }
}

const queries: readonly SeriesQuery[] = [
  ...repos.map((repo) => ({ repos: new Set([repo]) })),
  { repos: new Set(repos) },
  { repos: new Set(['acme/app']), registries: new Set(['quay']) },
  { repos: new Set(['acme/unknown']) },
];

describe('the readings of single images', () => {
  it('are those among the readings of all, after any saves, prunes and changes by others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const folder = await createTestFolder();
        let store = await folder.open();
        try {
          for (const each of steps) {
            if ('prune' in each) await store.prune(each.prune);
            else if (Array.isArray(each)) await store.save(each);
            else await changeFile(folder, each.day, each.change);
            if ('isSeen' in each && each.isSeen) {
              await store.close();
              store = await folder.open();
            }
          }
          const all = await readingsOf(store, {});
          for (const query of queries) expect(await readingsOf(store, query)).toEqual(all.filter((own) => matches(query, own)));
        } finally {
          await store.close();
          await folder.remove();
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are read from their own lines of a file that the index knows', async () => {
    const folder = await createTestFolder();
    // As if nobody could see that it was changed.
    const files = { ...nodeFileSystem, stamp: async () => ({ modifiedAt: 0, text: 'the same' }) };
    const store = await folder.open({ files });
    await store.save(
      ['ghcr', 'dockerhub'].flatMap((registry) =>
        repos.map((repo) => ({
          registry,
          repo,
          pullCount: 7,
          readAt: '2026-03-10T05:00:00.000Z',
          tags: [{ name: `${registry} ${repo}` }],
        })),
      ),
    );
    await folder.write('2026-03-10.json', (await folder.read('2026-03-10.json')).replace('"acme/app"', '"acme'));

    const found = await readingsOf(store, { repos: new Set(['acme/tool']) });

    expect(found.map(({ registry, tags }) => [registry, tags?.[0]?.name])).toEqual([
      ['dockerhub', 'dockerhub acme/tool'],
      ['ghcr', 'ghcr acme/tool'],
    ]);
    expect(await readingsOf(store, { repos: new Set(['acme/app']) })).toEqual([]);
    await store.close();
    await folder.remove();
  });
});
