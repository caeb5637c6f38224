import { createHash } from 'node:crypto';
import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDays } from '../../core/model/day.ts';
import { listMarks } from '../../core/model/history.ts';
import type { Reading } from '../../core/model/reading.ts';
import type { SnapshotStore } from '../../core/ports.ts';
import { totalsOf } from '../testing/store-under-test.ts';
import { reading } from '../testing/readings.ts';
import { nodeFileSystem, type FileSystem } from './file-system.ts';
import { indexCacheName } from './index-cache.ts';
import { createFaultyFiles, createTestFolder, oldFiles, type TestFolder } from './testing/folder.ts';

let folder: TestFolder;

beforeEach(async () => {
  folder = await createTestFolder();
});

afterEach(async () => {
  await folder.remove();
});

const days = ['2026-03-10', '2026-03-11', '2026-03-12'];

function readingsOfDay(at: number): Reading[] {
  const day = days[at] ?? '';
  const app = reading('acme/app', 10 * (at + 1), day, {
    ...(at === 1 ? { tagCount: 7 } : {}),
    ...(at === 0 ? { lastUpdated: '2026-03-01T00:00:00Z' } : {}),
  });
  return [app, reading('acme/tool', 5, day, { registry: 'ghcr', ...(at === 0 ? { mark: 'backfilled' as const } : {}) })];
}

/** Three days of two images, and the index that was kept of them. */
async function prepare(): Promise<void> {
  const store = await folder.open();
  for (const at of days.keys()) await store.save(readingsOfDay(at));
  await store.close();
}

async function answersOf(store: SnapshotStore): Promise<unknown> {
  const marks = (await store.totals({})).map(listMarks);
  return [await store.days(), await totalsOf(store), marks, await store.latest({})];
}

interface Opened {
  readonly answers: unknown;
  /** Days whose file was read. */
  readonly read: readonly string[];
}

/** What a store answers that opens the folder now. */
async function opened(): Promise<Opened> {
  const read: string[] = [];
  const files: FileSystem = {
    ...oldFiles,
    read(path, maxBytes) {
      const [day] = /\d{4}-\d{2}-\d{2}(?=\.json$)/.exec(path) ?? [];
      if (day !== undefined) read.push(day);
      return nodeFileSystem.read(path, maxBytes);
    },
  };
  const store = await folder.open({ files });
  const seen = [...read];
  const answers = await answersOf(store);
  await store.close();
  return { answers, read: seen };
}

let edits = 0;

/** Writes a file as another program does later: within one tick of the system's clock its time would stay the same. */
async function edit(name: string, content: string, where = folder): Promise<void> {
  await where.write(name, content);
  edits += 1;
  const seconds = Date.now() / 1000 + edits;
  await utimes(join(where.directory, name), seconds, seconds);
}

/** The same from the files alone. */
async function rebuilt(): Promise<unknown> {
  await rm(join(folder.directory, indexCacheName), { force: true });
  return (await opened()).answers;
}

describe('the index cache', () => {
  it('answers as the files do, without reading one of them', async () => {
    await prepare();

    const { answers, read } = await opened();

    expect(read).toEqual([]);
    expect(answers).toEqual(await rebuilt());
  });

  it('is not listed as a day, and belongs to its owner alone', async () => {
    await prepare();

    expect((await stat(join(folder.directory, indexCacheName))).mode & 0o777).toBe(0o600);
    const store = await folder.open();
    expect(await store.days()).toEqual(days);
    await store.close();
    expect((await readdir(folder.directory)).toSorted()).toEqual([indexCacheName, ...days.map((day) => `${day}.json`)]);
  });

  it.each([
    ['just before it', 1_000, days],
    ['in the future', -3_600_000, days],
    ['well before it', 3_000, []],
  ] as const)('trusts a file only when it was not written %s', async (_what, ageMs, expected) => {
    const stamp = async (path: string) => ({ ...(await nodeFileSystem.stamp(path)), modifiedAt: folder.clock.now() - ageMs });
    const store = await folder.open({ files: { ...nodeFileSystem, stamp } });
    for (const at of days.keys()) await store.save(readingsOfDay(at));
    await store.close();

    expect((await opened()).read).toEqual(expected);
  });

  it.each([
    ['that was changed', async () => edit('2026-03-12.json', (await folder.read('2026-03-12.json')).replace('30', '31')), ['2026-03-12']],
    [
      'that was changed, and had the newest value of a detail',
      async () => edit('2026-03-11.json', '{"docker_hub":[{"repo":"acme/app","pull_count":15}]}'),
      ['2026-03-11', ...days],
    ],
    ['that is new', async () => edit('2026-03-13.json', '{"docker_hub":[{"repo":"acme/app","pull_count":40}]}'), ['2026-03-13']],
    ['that is older than all', async () => edit('2026-03-01.json', '{"ghcr":[]}'), ['2026-03-01']],
    ['that was deleted, the oldest', async () => rm(join(folder.directory, '2026-03-10.json')), []],
    [
      'that was deleted, and had the newest value of a detail',
      async () => rm(join(folder.directory, '2026-03-11.json')),
      ['2026-03-10', '2026-03-12'],
    ],
    ['that is no longer a snapshot', async () => edit('2026-03-12.json', '{'), ['2026-03-12', ...days]],
  ] as const)('notices a file %s, and reads no others than it has to', async (_what, change, expected) => {
    await prepare();
    await change();

    const { answers, read } = await opened();

    expect(answers).toEqual(await rebuilt());
    expect(read).toEqual(expected);
  });

  it('warns at every start about an invalid file, and notices when it was repaired', async () => {
    await prepare();
    await edit('2026-03-11.json', '{');
    await opened();
    const store = await folder.open();
    await store.save([reading('acme/app', 31, '2026-03-12T13:00:00')]);
    await store.close();

    expect((await opened()).read).toEqual(['2026-03-11']);
    expect(folder.logged('skipping snapshot file').length).toBeGreaterThanOrEqual(3);

    await edit('2026-03-11.json', '{"docker_hub":[{"repo":"acme/app","pull_count":15}]}');
    const { answers, read } = await opened();
    expect(read).toEqual(['2026-03-11']);
    expect(answers).toEqual(await rebuilt());
  });

  it('reads again what was saved after it was written, as after a kill', async () => {
    await prepare();
    const killed = await folder.open();
    await killed.save([reading('acme/app', 40, '2026-03-13')]);

    const { answers, read } = await opened();

    expect(read).toEqual(['2026-03-13']);
    expect(answers).toEqual(await rebuilt());
  });

  it.each([
    ['torn', (text: string) => text.slice(0, text.length / 2)],
    ['empty', () => ''],
    ['foreign', () => '{"hello":"world"}'],
    ['changed', (text: string) => text.replace('acme/tool', 'acme/fool')],
    ['of a later version', (text: string) => signed(text.replace('"format":"6 ', '"format":"7 '))],
  ])('is rebuilt when it is %s', async (_what, damage) => {
    await prepare();
    const before = (await opened()).answers;
    await folder.write(indexCacheName, damage(await folder.read(indexCacheName)));

    const { answers, read } = await opened();

    expect(read).toEqual(days);
    expect(answers).toEqual(before);
    expect(folder.logged('ignoring index cache')).toHaveLength(1);
  });

  it('is written every ten minutes, after old days were deleted, and after a start that read many files', async () => {
    const store = await folder.open();
    await store.save(readingsOfDay(0));
    await expect(folder.read(indexCacheName)).rejects.toThrow('ENOENT');

    await folder.clock.advance(10 * 60_000);
    await store.save(readingsOfDay(1));
    const second = await folder.read(indexCacheName);
    await store.save(readingsOfDay(2));
    expect(await folder.read(indexCacheName)).toBe(second);

    await store.prune('2026-03-11');
    expect(await folder.read(indexCacheName)).not.toBe(second);
    await store.close();

    for (let at = 0; at < 12; at += 1) await folder.write(`${addDays('2026-01-01', at)}.json`, '{"ghcr":[]}');
    const killed = await folder.open();
    expect((await opened()).read).toEqual([]);
    expect(await killed.days()).toHaveLength(14);
  });

  it('that cannot be written is a warning, and nothing else is affected', async () => {
    const files = createFaultyFiles();
    const store = await folder.open({ files });
    await store.save(readingsOfDay(0));
    await folder.clock.advance(10 * 60_000);

    files.fail('rename', 'ENOSPC', '.snapshot-');
    await store.save([]);
    await store.close();

    expect(folder.logged('cannot write index cache')).toHaveLength(1);
    expect((await opened()).read).toEqual(['2026-03-10']);
  });

  it('stays as it was when a detail is lost that an older day may have', async () => {
    await prepare();
    const before = await folder.read(indexCacheName);
    const store = await folder.open();
    await edit('2026-03-11.json', '{"docker_hub":[{"repo":"acme/app","pull_count":15}]}');
    await store.save([reading('acme/app', 16, '2026-03-11T13:00:00')]);
    await store.close();

    expect(await folder.read(indexCacheName)).toBe(before);
    expect((await opened()).answers).toEqual(await rebuilt());
  });

  it('knows the details of a day that could not be deleted', async () => {
    const files = createFaultyFiles();
    const store = await folder.open({ files });
    for (const at of days.keys()) await store.save(readingsOfDay(at));
    files.fail('remove', 'EIO', '2026-03-10.json');
    await expect(store.prune('2026-03-12')).rejects.toThrow('cannot delete 2026-03-10');
    await store.close();

    expect((await opened()).answers).toEqual(await rebuilt());
  });

  it('gives the answers of a rebuilt one, whatever was saved, deleted, closed and killed before', async () => {
    const day = fc.integer({ min: 0, max: 9 }).map((at) => addDays('2026-03-01', at));
    const anyReading = fc
      .tuple(
        fc.constantFrom('acme/app', 'acme/tool'),
        fc.constantFrom('dockerhub', 'ghcr'),
        fc.nat(1_000),
        day,
        fc.record(
          { tagCount: fc.nat(9), lastUpdated: fc.constantFrom('2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z') },
          { requiredKeys: [] },
        ),
        fc.constantFrom({}, { mark: 'backfilled' } as const, { mark: 'frozen' } as const),
      )
      .map(([repo, registry, total, when, details, mark]) => reading(repo, total, when, { registry, ...details, ...mark }));
    const step = fc.oneof(
      fc.record({ kind: fc.constant('save' as const), readings: fc.array(anyReading, { minLength: 1, maxLength: 4 }) }),
      fc.record({ kind: fc.constantFrom('prune' as const, 'delete' as const, 'edit' as const, 'spoil' as const), day }),
      fc.record({ kind: fc.constantFrom('close' as const, 'kill' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const own = await createTestFolder();
        let store = await own.open();
        for (const each of steps) {
          if (each.kind === 'save') await store.save(each.readings);
          if (each.kind === 'prune') await store.prune(each.day);
          if (each.kind === 'delete') await rm(join(own.directory, `${each.day}.json`), { force: true });
          if (each.kind === 'edit') await edit(`${each.day}.json`, '{"docker_hub":[{"repo":"acme/app","pull_count":15}]}', own);
          if (each.kind === 'spoil') await edit(`${each.day}.json`, '{', own);
          if (each.kind === 'close') await store.close();
          if (each.kind === 'close' || each.kind === 'kill') store = await own.open();
        }
        const warm = await answersOf(await own.open());
        await rm(join(own.directory, indexCacheName), { force: true });
        const cold = await answersOf(await own.open());
        await own.remove();
        expect(warm).toEqual(cold);
      }),
      { numRuns: 60 },
    );
  });
});

/** A cache's text with the checksum that its lines have. */
function signed(text: string): string {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1);
  return lines + createHash('sha1').update(lines).digest('hex');
}

describe('a start that is killed while it builds the index', () => {
  it('leaves what it has built, and the next one goes on there', async () => {
    const all = Array.from({ length: 30 }, (_, at) => addDays('2026-02-01', at));
    for (const day of all) await folder.write(`${day}.json`, '{"docker_hub":[{"repo":"acme/app","pull_count":1}]}');
    const stopping = new AbortController();
    const onProgress = (done: number): void => {
      void folder.clock.advance(1_000);
      if (done === 20) stopping.abort(new Error('killed'));
    };
    const observer = { onProgress, onWaiting: () => undefined, onStorable: () => undefined };
    await expect(folder.open({ signal: stopping.signal, observer })).rejects.toThrow('killed');

    const { read, answers } = await opened();

    expect(read.length).toBeGreaterThan(0);
    expect(read.length).toBeLessThan(all.length);
    expect(answers).toMatchObject([
      all,
      { 'dockerhub acme/app': Object.fromEntries(all.map((day) => [day, 1])) },
      expect.anything(),
      [{ pullCount: 1 }],
    ]);
  });
});
