import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SnapshotStore } from '../../core/ports.ts';
import { createRecordingLog } from '../../../test/support/recording-log.ts';
import { totalsOf } from '../testing/store-under-test.ts';
import { reading } from '../testing/readings.ts';
import { readHistory } from './history.ts';
import { createFaultyFiles, createTestFolder, type FaultyFiles, type TestFolder } from './testing/folder.ts';

let folder: TestFolder;
let files: FaultyFiles;

beforeEach(async () => {
  folder = await createTestFolder();
  files = createFaultyFiles();
});

afterEach(async () => {
  await folder.remove();
});

const days = ['2025-12-30', '2025-12-31', '2026-01-01', '2026-03-14'];
const all = { 'dockerhub acme/app': { '2025-12-30': 1, '2025-12-31': 2, '2026-01-01': 3, '2026-03-14': 4 } };

async function filled(): Promise<SnapshotStore> {
  const store = await folder.open({ files });
  await store.save(days.map((day, at) => reading('acme/app', at + 1, day)));
  return store;
}

/** What a process finds that starts now: the other one was killed. */
async function afterKill(): Promise<unknown> {
  const found = await readHistory({ directory: folder.directory, clock: folder.clock, log: createRecordingLog() });
  const [series] = await found.totals({});
  return { totals: Array.from(series?.totals ?? []), days: await found.days() };
}

describe('moving days into the file of their year', () => {
  it('writes a line an image', async () => {
    const store = await folder.open();
    const discrepancy = { kind: 'frozen', by: -5, since: '2026-01-04T12:00:00.000Z' } as const;
    await store.save([
      reading('acme/app', 10, '2026-01-02T12:00:01', { tagCount: 3, lastUpdated: '2026-01-01T00:00:00Z', tags: [{ name: 'v1' }] }),
      reading('acme/app', 12, '2026-01-04', { mark: 'frozen', dayPulls: 5, discrepancy }),
      reading('acme/app', 15, '2026-01-06T00:00:10', { day: '2026-01-05', mark: 'backfilled' }),
      reading('acme/lib', 7, '2026-01-03T01:00:00', { registry: 'quay', day: '2026-01-02', totalSince: '2025-12-01' }),
    ]);
    await store.prune('2026-03-14');
    await store.close();

    expect(await folder.names()).toEqual(['history']);
    expect((await folder.read('history/2026.json')).split('\n')).toEqual([
      '{"format":1,"year":2026,"images":[',
      '{"registry":"dockerhub","repo":"acme/app","first":"2026-01-02","totals":[10,null,12,15],"read_after":[43201,null,43200,86410],"marks":[["read",2],["frozen",1],["backfilled",1]],"notes":{"2026-01-04":{"day_pulls":5,"discrepancy":{"kind":"frozen","by":-5,"since":"2026-01-04T12:00:00.000Z"}}},"tag_count":["2026-01-02",3],"last_updated":["2026-01-02","2026-01-01T00:00:00Z"]},',
      '{"registry":"quay","repo":"acme/lib","first":"2026-01-02","totals":[7],"read_after":[90000],"marks":[["read",1]],"total_since":"2025-12-01"}',
      ']}',
      '',
    ]);
  });

  it.each([
    ['makeFolder', 'history'],
    ['create', '.snapshot'],
    ['write', '.snapshot'],
    ['sync', '.snapshot'],
    ['close', '.snapshot'],
    ['rename', '.snapshot'],
    ['syncFolder', 'history'],
    ['remove', '2025-12-30'],
    ['remove', '2026-01-01'],
    ['read', '2025-12-31'],
    ['read', 'history/2026'],
  ] as const)('loses nothing when it ends at %s of %s, and is done by the next', async (step, pathPart) => {
    const store = await filled();
    files.fail(step, 'EIO', pathPart);

    await expect(store.prune('2026-03-14')).rejects.toMatchObject({ name: 'AppError', code: 'internal' });

    expect(await totalsOf(store)).toEqual(all);
    expect(await afterKill()).toMatchObject({ totals: [1, 2, 3, 4] });
    files.heal();
    await store.prune('2026-03-14');
    expect(await totalsOf(store)).toEqual(all);
    expect(await afterKill()).toEqual({ totals: [1, 2, 3, 4], days: ['2026-03-14'] });
    expect(await folder.names()).toEqual(['2026-03-14.json', 'history']);
    await store.close();
  });

  it('of one year does not hold the others back', async () => {
    const store = await filled();
    files.fail('read', 'EACCES', 'history/2025');

    await expect(store.prune('2026-03-14')).rejects.toMatchObject({ code: 'internal' });

    expect(await store.days()).toEqual(['2025-12-30', '2025-12-31', '2026-03-14']);
    await store.close();
  });

  it('takes the file of a day that is in both, and moves it again', async () => {
    const store = await filled();
    const text = await folder.read('2026-01-01.json');
    await store.prune('2026-03-14');
    await store.close();
    await folder.write('2026-01-01.json', text.replace('"pull_count": 3', '"pull_count": 33'));

    const again = await folder.open();
    expect(await totalsOf(again)).toMatchObject({ 'dockerhub acme/app': { '2025-12-31': 2, '2026-01-01': 33 } });
    expect(await again.days()).toEqual(['2026-01-01', '2026-03-14']);
    expect(await again.prune('2026-03-14')).toEqual(['2026-01-01']);
    expect(await totalsOf(again)).toMatchObject({ 'dockerhub acme/app': { '2025-12-31': 2, '2026-01-01': 33 } });
    await again.close();
  });
});

describe('a file of kept totals', () => {
  it.each([
    ['empty', ''],
    ['of another year', '{"format":1,"year":2024,"images":[]}'],
    ['of a later format', '{"format":2,"year":2025}'],
    [
      'with a total that is none',
      '{"format":1,"year":2025,"images":[{"registry":"a","repo":"b","first":"2025-01-01","totals":[-1],"read_after":[0],"marks":[]}]}',
    ],
  ])('(%s) that is none is skipped with one warning, and set aside when its year is written', async (_what, content) => {
    const store = await filled();
    await store.prune('2025-12-31');
    await store.close();
    await writeFile(join(folder.directory, 'history/2025.json'), content);

    const again = await folder.open();
    expect(await totalsOf(again)).toEqual({ 'dockerhub acme/app': { '2025-12-31': 2, '2026-01-01': 3, '2026-03-14': 4 } });
    expect(await folder.read('history/2025.json')).toBe(content);
    await again.prune('2026-01-01');

    expect(await folder.read('history/2025.json.corrupt-20260314T120000000Z')).toBe(content);
    expect(await totalsOf(again)).toEqual({ 'dockerhub acme/app': { '2025-12-31': 2, '2026-01-01': 3, '2026-03-14': 4 } });
    expect(folder.logged('skipping kept totals')).toHaveLength(1);
    expect(folder.logged('set aside invalid kept totals')).toHaveLength(1);
    await again.close();
  });

  it('is read, and written in lines, where somebody else has written it in another way and order', async () => {
    const store = await filled();
    await store.save([reading('acme/lib', 8, '2025-12-30'), reading('acme/zoo', 9, '2025-12-31', { registry: 'quay' })]);
    await store.prune('2025-12-31');
    await store.close();
    const { images, ...rest } = JSON.parse(await folder.read('history/2025.json'));
    await writeFile(join(folder.directory, 'history/2025.json'), JSON.stringify({ ...rest, images: images.toReversed() }, null, 2));

    const again = await folder.open();
    const before = await totalsOf(again);
    await again.prune('2026-01-01');

    expect(await totalsOf(again)).toEqual(before);
    expect(before).toMatchObject({ 'dockerhub acme/lib': { '2025-12-30': 8 }, 'quay acme/zoo': { '2025-12-31': 9 } });
    const lines = (await folder.read('history/2025.json')).split('\n');
    expect(lines.map((line) => /"repo":"([^"]+)/.exec(line)?.[1])).toEqual([
      undefined,
      'acme/app',
      'acme/lib',
      'acme/zoo',
      undefined,
      undefined,
    ]);
    expect(folder.logged('skipping kept totals')).toEqual([]);
    await again.close();
  });

  it('goes when the totals are to go, with what is left of its year kept', async () => {
    const store = await filled();
    await store.prune('2026-03-14');

    await store.prune('2025-12-31', { withTotals: true });
    expect(await totalsOf(store)).toEqual({ 'dockerhub acme/app': { '2025-12-31': 2, '2026-01-01': 3, '2026-03-14': 4 } });
    await store.prune('2026-03-14', { withTotals: true });

    expect(await afterKill()).toEqual({ totals: [4], days: ['2026-03-14'] });
    await expect(folder.read('history/2025.json')).rejects.toMatchObject({ code: 'ENOENT' });
    await store.close();
  });
});
