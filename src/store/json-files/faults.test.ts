import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SnapshotStore } from '../../core/ports.ts';
import { documentOf, totalsOf } from '../testing/store-under-test.ts';
import { reading } from '../testing/readings.ts';
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

const setAsideName = '2026-03-14.json.corrupt-20260314T120000000Z';
const skipped = 'skipping snapshot file';

async function answers(store: SnapshotStore): Promise<unknown> {
  return [store.version(), await store.days(), await totalsOf(store), await store.latest({}), await documentOf(store, '2026-03-14')];
}

describe('a save that fails', () => {
  it.each([
    ['create', 'ENOSPC'],
    ['write', 'ENOSPC'],
    ['sync', 'ENOSPC'],
    ['close', 'ENOSPC'],
    ['rename', 'ENOSPC'],
  ] as const)('at %s leaves the old file whole, no temporary file, and the answers as they were', async (step, code) => {
    const store = await folder.open({ files });
    await store.save([reading('acme/app', 10, '2026-03-14T10:00:00', { tagCount: 3 })]);
    const [text, before] = [await folder.read('2026-03-14.json'), await answers(store)];

    files.fail(step, code);
    const saving = store.save([reading('acme/app', 11, '2026-03-14T11:00:00')]);

    const message = `cannot store 2026-03-14: the disk with ${folder.directory} is full`;
    await expect(saving).rejects.toMatchObject({ name: 'AppError', code: 'internal', message, cause: { code } });
    files.heal();
    expect(await folder.read('2026-03-14.json')).toBe(text);
    expect(await folder.names()).toEqual(['2026-03-14.json']);
    expect(await answers(store)).toEqual(before);
    await store.save([reading('acme/app', 11, '2026-03-14T11:00:00')]);
    expect(await totalsOf(store)).toEqual({ 'dockerhub acme/app': { '2026-03-14': 11 } });
    await store.close();
  });

  it.each([
    ['ENOSPC', 'the disk with DIR is full'],
    ['EDQUOT', 'the disk quota of DIR is used up'],
    ['EROFS', 'DIR is read-only, mount it writable'],
    ['EIO', 'the disk with DIR has an I/O error'],
    ['EFBIG', 'the file is too large for the file system'],
    ['EMFILE', 'too many files are open'],
    ['ENOENT', 'DIR or a file in it no longer exists'],
    ['ESTALE', 'the file system reports ESTALE'],
    [
      'EACCES',
      'permission denied in DIR; give it to the user that registry-stats runs as (chown -R 65532:65532 DIR), or run as its owner ("user:" in a compose file)',
    ],
  ])('says what %s means', async (code, why) => {
    const store = await folder.open({ files });
    files.fail('create', code);

    const saving = store.save([reading('acme/app', 1, '2026-03-14')]);

    const message = `cannot store 2026-03-14: ${why.replaceAll('DIR', folder.directory)}`;
    await expect(saving).rejects.toMatchObject({ name: 'AppError', code: 'internal', message });
    await store.close();
  });

  it('for one day does not hold the others back', async () => {
    const store = await folder.open({ files });
    await folder.write('2026-03-13.json', '{}');
    files.fail('read', 'EIO', '2026-03-13');

    const saving = store.save([reading('acme/app', 10, '2026-03-13T23:59:00'), reading('acme/app', 11, '2026-03-14T00:01:00')]);

    await expect(saving).rejects.toMatchObject({ message: `cannot store 2026-03-13: the disk with ${folder.directory} has an I/O error` });
    expect(await totalsOf(store)).toEqual({ 'dockerhub acme/app': { '2026-03-14': 11 } });
    expect(await folder.read('2026-03-13.json')).toBe('{}');
    await store.close();
  });

  it('does not hold back those that come after it', async () => {
    const store = await folder.open({ files });
    files.fail('create', 'ENOSPC');
    const failing = store.save([reading('acme/app', 10, '2026-03-13')]);
    await expect(failing).rejects.toMatchObject({ code: 'internal' });
    files.heal();

    await store.save([reading('acme/app', 11, '2026-03-14')]);

    expect(await store.days()).toEqual(['2026-03-14']);
    await store.close();
  });

  it('only at the sync of the folder is reported, although the new file exists and is what queries return', async () => {
    const store = await folder.open({ files });
    files.fail('syncFolder', 'EIO');

    const saving = store.save([reading('acme/app', 10, '2026-03-14')]);

    await expect(saving).rejects.toMatchObject({ code: 'internal' });
    expect(await totalsOf(store)).toEqual({ 'dockerhub acme/app': { '2026-03-14': 10 } });
    await store.close();
  });

  it.each(['EINVAL', 'EPERM', 'ENOTSUP'])('is not one on a file system whose folders cannot be synced (%s)', async (code) => {
    const store = await folder.open({ files });
    files.fail('syncFolder', code);

    await store.save([reading('acme/app', 10, '2026-03-14')]);

    expect(await store.days()).toEqual(['2026-03-14']);
    await store.close();
  });
});

describe('a file that is no snapshot', () => {
  const corrupt: readonly (readonly [string, string | Uint8Array, string])[] = [
    ['empty', '', 'empty'],
    ['cut', '{"timestamp": "2026-03-14T10:00:00Z", "docker_hub": [', 'not JSON in UTF-8'],
    ['not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'not JSON in UTF-8'],
    ['a list', '[]', 'not a JSON object'],
    ['of a foreign shape', '{"docker_hub": {"acme/app": 1}}', '"docker_hub" is not a list'],
    ['too large', `{"timestamp": "${'x'.repeat(2_000)}"}`, 'larger than 2000 bytes'],
  ];

  it.each(corrupt)('(%s) is skipped with one warning, and set aside only when its day is written', async (_what, content, reason) => {
    await folder.write('2026-03-14.json', content);
    await folder.write('2026-03-13.json', '{"timestamp":"2026-03-13T10:00:00Z","docker_hub":[{"repo":"acme/app","pull_count":9}]}');
    const original = await folder.read('2026-03-14.json');

    const store = await folder.open({ maxBytes: 2_000 });

    expect(await store.days()).toEqual(['2026-03-13']);
    expect(await documentOf(store, '2026-03-14')).toBeUndefined();
    expect(await folder.names()).toEqual(['2026-03-13.json', '2026-03-14.json']);
    await store.save([reading('acme/app', 10, '2026-03-14')]);
    expect(await totalsOf(store)).toEqual({ 'dockerhub acme/app': { '2026-03-13': 9, '2026-03-14': 10 } });
    expect(await folder.names()).toEqual(['2026-03-13.json', '2026-03-14.json', setAsideName]);
    expect(await folder.read(setAsideName)).toBe(original);
    expect(folder.logged(skipped)).toEqual([{ file: join(folder.directory, '2026-03-14.json'), reason }]);
    await store.close();
  });

  it('never takes the name of one that was set aside before', async () => {
    const store = await folder.open();
    await folder.write(setAsideName, 'older');
    await folder.write(`${setAsideName}-1`, 'old');
    await folder.write('2026-03-14.json', 'broken');

    await store.save([reading('acme/app', 10, '2026-03-14')]);

    expect(await folder.read(setAsideName)).toBe('older');
    expect(await folder.read(`${setAsideName}-1`)).toBe('old');
    expect(await folder.read(`${setAsideName}-2`)).toBe('broken');
    await store.close();
  });

  it.each(['write', 'rename'] as const)('stays where it is when the new one fails at %s', async (step) => {
    await folder.write('2026-03-14.json', 'broken');
    const store = await folder.open({ files });

    files.fail(step, 'ENOSPC');
    await expect(store.save([reading('acme/app', 10, '2026-03-14')])).rejects.toMatchObject({ code: 'internal' });

    expect(await folder.names()).toEqual(['2026-03-14.json']);
    expect(await folder.read('2026-03-14.json')).toBe('broken');
    await store.close();
  });

  it('is warned about anew when it was good in between', async () => {
    await folder.write('2026-03-14.json', 'broken');
    const store = await folder.open();
    await store.save([reading('acme/app', 10, '2026-03-14')]);
    await folder.write('2026-03-14.json', 'broken again');

    expect(await documentOf(store, '2026-03-14')).toBeUndefined();
    expect(await documentOf(store, '2026-03-14')).toBeUndefined();

    expect(folder.logged(skipped)).toHaveLength(2);
    await store.close();
  });

  it('would come of a snapshot that grew too large, so that one is refused', async () => {
    const store = await folder.open({ maxBytes: 400 });
    await store.save([reading('acme/app', 10, '2026-03-14')]);
    const text = await folder.read('2026-03-14.json');

    const saving = store.save([reading('acme/tool', 20, '2026-03-14', { lastUpdated: 'x'.repeat(400) })]);

    await expect(saving).rejects.toMatchObject({ code: 'internal', message: 'cannot store 2026-03-14: its file would exceed 400 bytes' });
    expect(await folder.names()).toEqual(['2026-03-14.json']);
    expect(await folder.read('2026-03-14.json')).toBe(text);
    await store.close();
  });
});

describe('a file that may not be read', () => {
  it('is skipped with a warning and never replaced', async () => {
    await folder.write('2026-03-14.json', '{"timestamp":"2026-03-14T10:00:00Z"}');
    files.fail('read', 'EACCES', '2026-03-14');
    const store = await folder.open({ files });

    expect(await store.days()).toEqual([]);
    expect(await documentOf(store, '2026-03-14')).toBeUndefined();
    await expect(store.save([reading('acme/app', 10, '2026-03-14')])).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining(`cannot store 2026-03-14: permission denied in ${folder.directory}`),
    });
    expect(await folder.names()).toEqual(['2026-03-14.json']);
    expect(folder.logged(skipped)).toHaveLength(1);
    await store.close();
  });

  it('because of a fault of the disk is no reason not to start, but its snapshot is an error', async () => {
    await folder.write('2026-03-14.json', '{}');
    files.fail('read', 'EIO', '2026-03-14');
    const store = await folder.open({ files });

    await expect(documentOf(store, '2026-03-14')).rejects.toMatchObject({
      name: 'AppError',
      code: 'internal',
      message: `cannot read 2026-03-14: the disk with ${folder.directory} has an I/O error`,
    });
    await store.close();
  });
});

describe('a prune that fails', () => {
  it('for one day deletes the others, and knows which are left', async () => {
    const store = await folder.open({ files });
    await store.save(['2026-03-11', '2026-03-12', '2026-03-13'].map((day, at) => reading('acme/app', at, day)));
    files.fail('remove', 'EACCES', '2026-03-11');

    await expect(store.prune('2026-03-13')).rejects.toMatchObject({
      name: 'AppError',
      code: 'internal',
      message: expect.stringContaining('cannot delete 2026-03-11: permission denied'),
    });

    expect(await store.days()).toEqual(['2026-03-11', '2026-03-13']);
    expect(await folder.names()).toEqual(['2026-03-11.json', '2026-03-13.json', 'history']);
    await store.close();
  });

  it('is not one when a file went by itself', async () => {
    const store = await folder.open({ files });
    await store.save([reading('acme/app', 1, '2026-03-12')]);
    files.fail('remove', 'ENOENT', '2026-03-12');

    expect(await store.prune('2026-03-13')).toEqual(['2026-03-12']);

    expect(await store.days()).toEqual([]);
    await store.close();
  });

  it('because the folder cannot be listed is reported', async () => {
    const store = await folder.open({ files });
    files.fail('listFiles', 'EIO');

    await expect(store.prune('2026-03-13')).rejects.toMatchObject({ name: 'AppError', code: 'internal' });
    await store.close();
  });
});
