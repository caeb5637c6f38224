import { chmod, readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listMarks, type ImageSeries } from '../../core/model/history.ts';
import { reading } from '../testing/readings.ts';
import { readHistory } from './history.ts';
import { createTestFolder, type TestFolder } from './testing/folder.ts';

let folder: TestFolder;

beforeEach(async () => {
  folder = await createTestFolder();
});

afterEach(async () => {
  await chmod(folder.directory, 0o700).catch(() => undefined);
  await folder.remove();
});

function plain(image: ImageSeries): object {
  return { ...image, marks: listMarks(image), notes: [...(image.notes ?? [])] };
}

describe('the history of a folder', () => {
  it('is read while another process has it open, and nothing is written', async () => {
    const store = await folder.open();
    await store.save([reading('acme/app', 10, '2026-03-13'), reading('acme/app', 12, '2026-03-14')]);
    const before = await readdir(folder.directory);

    const history = await readHistory(folder);

    expect((await history.totals({})).map(plain)).toEqual((await store.totals({})).map(plain));
    expect(await history.latest({})).toEqual(await store.latest({}));
    expect(await history.days()).toEqual(['2026-03-13', '2026-03-14']);
    expect(await readdir(folder.directory)).toEqual(before);
    await store.close();
  });

  it('of a folder that is not there is a clear error', async () => {
    const missing = `${folder.directory}/none`;

    await expect(readHistory({ ...folder, directory: missing })).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining(`${missing} not found`),
    });
  });
});
