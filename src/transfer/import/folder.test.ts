import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../store/memory.ts';
import { event, reading } from '../../store/testing/readings.ts';
import { readFolder } from './folder.ts';
import type { ImportRecord } from './import-record.ts';

const registries = ['dockerhub', 'ghcr'];

describe('a folder that is imported', () => {
  it('gives its events and its totals day by day, and tells how far it is', async () => {
    const store = createMemoryStore();
    await store.save(
      [reading('acme/app', 2, '2026-03-15'), reading('acme/app', 1, '2026-03-14')],
      [event('image_gone', '2026-03-14T10:00:00.000Z')],
    );
    const progress: string[] = [];
    const records: ImportRecord[] = [];

    const options = {
      days: await store.days(),
      registries,
      onProgress: (done: number, total: number) => void progress.push(`${done}/${total}`),
    };
    for await (const record of readFolder(store, options)) records.push(record);

    expect(records).toMatchObject([
      { event: { kind: 'image_gone' } },
      { reading: { day: '2026-03-14', pullCount: 1 } },
      { reading: { day: '2026-03-15', pullCount: 2 } },
    ]);
    expect(progress).toEqual(['1/2', '2/2']);
  });

  it('has problems where a registry is unknown or a name is none, with the file and the reason', async () => {
    const store = createMemoryStore();
    await store.save(
      [
        reading('acme/app', 1, '2026-03-14'),
        reading('acme/app', 2, '2026-03-14', { registry: 'harbor' }),
        reading('<script>', 3, '2026-03-14'),
      ],
      [{ ...event('image_gone', '2026-03-14T10:00:00.000Z'), registry: 'harbor' }],
    );
    const records: ImportRecord[] = [];

    for await (const record of readFolder(store, { days: ['2026-03-14'], registries, onProgress: () => undefined })) records.push(record);

    const unknown = 'invalid registry "harbor": valid is one of dockerhub, ghcr';
    const problems = records.flatMap((record) => ('problem' in record ? [record.problem] : []));
    expect(problems).toHaveLength(3);
    expect(problems).toEqual(
      expect.arrayContaining([
        { where: expect.stringMatching(/^event image_gone at /), reason: unknown },
        { where: '2026-03-14.json', reason: unknown },
        { where: '2026-03-14.json', reason: 'invalid image name "<script>": valid is owner/name' },
      ]),
    );
    expect(records.filter((record) => 'reading' in record)).toHaveLength(1);
  });
});
