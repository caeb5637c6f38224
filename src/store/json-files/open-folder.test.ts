import { chmod, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppError } from '../../core/model/errors.ts';
import { totalsOf } from '../testing/store-under-test.ts';
import { reading } from '../testing/readings.ts';
import { createFaultyFiles, createTestFolder, type TestFolder } from './testing/folder.ts';

let folder: TestFolder;

beforeEach(async () => {
  folder = await createTestFolder();
});

afterEach(async () => {
  await folder.remove();
});

const ownershipAdvice =
  'give it to the user that registry-stats runs as (chown -R 65532:65532 DIR), or run as its owner ("user:" in a compose file)';

describe('opening', () => {
  it('makes the folder and those above it, for its owner only', async () => {
    const directory = join(folder.directory, 'a', 'b');

    const store = await folder.open({ directory });
    await store.save([reading('acme/app', 1, '2026-03-14')]);
    await store.close();

    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder.directory, 'a'))).mode & 0o777).toBe(0o700);
  });

  it('leaves the mode of a folder that is there', async () => {
    await chmod(folder.directory, 0o755);

    await (await folder.open()).close();

    expect((await stat(folder.directory)).mode & 0o777).toBe(0o755);
  });

  it('refuses a place that is a file, or lies below one', async () => {
    await folder.write('data', 'mine');

    for (const directory of [join(folder.directory, 'data'), join(folder.directory, 'data', 'below')]) {
      const message = `${directory} is not a folder: set DATA_DIR to a folder`;
      await expect(folder.open({ directory })).rejects.toMatchObject({ name: 'AppError', code: 'misconfigured', message });
    }
    expect(await folder.read('data')).toBe('mine');
  });

  it.each([
    ['makeFolder', 'EACCES', `DIR cannot be created: permission denied; create it and ${ownershipAdvice}`],
    ['makeFolder', 'EROFS', 'DIR cannot be created: DIR is read-only, mount it writable'],
    ['create', 'EACCES', `DIR is not writable: ${ownershipAdvice}`],
    ['create', 'EPERM', `DIR is not writable: ${ownershipAdvice}`],
    ['create', 'EROFS', 'DIR is not writable: DIR is read-only, mount it writable'],
    ['sync', 'ENOSPC', 'DIR is not writable: the disk with DIR is full'],
    ['listFiles', 'EACCES', `DIR is not readable: ${ownershipAdvice}`],
  ] as const)('says what to do when %s fails with %s, and leaves nothing behind', async (step, code, message) => {
    const files = createFaultyFiles();
    files.fail(step, code);

    const opening = folder.open({ files });

    const text = message.replaceAll('DIR', folder.directory);
    await expect(opening).rejects.toMatchObject({ name: 'AppError', code: 'misconfigured', message: text, cause: { code } });
    expect(await folder.names()).toEqual([]);
    files.heal();
    await (await folder.open({ files, hostname: 'other' })).close();
  });

  it.each([
    ['create', 'EROFS', 'DIR is not writable: DIR is read-only, mount it writable'],
    ['create', 'ENOSPC', 'DIR is not writable: the disk with DIR is full'],
    ['sync', 'EDQUOT', 'DIR is not writable: the disk quota of DIR is used up'],
  ] as const)(
    'of a service goes on when %s fails with %s: it can be read, says why it stores nothing, and stores when it can',
    async (step, code, why) => {
      await folder.write('2026-03-13.json', '{"docker_hub":[{"repo":"acme/app","pull_count":1}]}');
      const files = createFaultyFiles();
      files.fail(step, code);
      const problems: (string | undefined)[] = [];
      const observer = {
        onProgress: () => undefined,
        onWaiting: () => undefined,
        onStorable: (problem?: AppError) => void problems.push(problem?.message),
      };

      const store = await folder.open({ files, mayBeReadOnly: true, observer });
      const message = why.replaceAll('DIR', folder.directory);

      expect(await totalsOf(store)).toEqual({ 'dockerhub acme/app': { '2026-03-13': 1 } });
      expect(problems).toEqual([message]);
      expect(folder.logged('nothing can be stored')).toMatchObject([{ reason: message }]);
      await expect(store.save([reading('acme/app', 2, '2026-03-14')])).rejects.toMatchObject({ code: 'internal' });
      files.heal();
      await folder.host.tick();
      await store.save([reading('acme/app', 2, '2026-03-14')]);
      expect(problems).toEqual([message, undefined]);
      expect(await totalsOf(store)).toEqual({ 'dockerhub acme/app': { '2026-03-13': 1, '2026-03-14': 2 } });
      await store.close();
      expect(await folder.names()).toEqual(['2026-03-13.json', '2026-03-14.json']);
    },
  );

  it('goes on when a leftover file cannot be removed, with a warning', async () => {
    await folder.write('.snapshot-old.tmp', '');
    const files = createFaultyFiles();
    files.fail('remove', 'EPERM', '.snapshot-old');

    const store = await folder.open({ files });

    expect(await store.days()).toEqual([]);
    expect(folder.logged('cannot remove leftover temporary file')).toMatchObject([{ file: join(folder.directory, '.snapshot-old.tmp') }]);
    await store.close();
  });

  it('does not take a folder for a leftover file', async () => {
    await mkdir(join(folder.directory, '.snapshot-x.tmp'));

    await (await folder.open()).close();

    expect(await folder.names()).toEqual(['.snapshot-x.tmp']);
  });
});
