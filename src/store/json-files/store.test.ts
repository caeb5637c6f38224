import { mkdir, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asSnapshotDocument, parseReadings } from '../../core/document/snapshot.ts';
import { describeStore } from '../testing/contract.ts';
import { reading } from '../testing/readings.ts';
import { documentOf, reopenable, totalsOf } from '../testing/store-under-test.ts';
import { createTestFolder, type TestFolder } from './testing/folder.ts';

describeStore('a folder of JSON files', async (clock) => {
  const folder = await createTestFolder();
  return { ...(await reopenable(() => folder.open({ clock }))), dispose: () => folder.remove() };
});

let folder: TestFolder;

beforeEach(async () => {
  folder = await createTestFolder();
});

afterEach(async () => {
  await folder.remove();
});

/** A file as the Go tool writes it. */
const goFile = `{
  "timestamp": "2026-03-13T06:31:11.482913057Z",
  "docker_hub": [
    {
      "repo": "Acme/App",
      "last_updated": "2026-03-01T09:12:13.446611Z",
      "tags": null,
      "pull_count": 1234
    }
  ],
  "ghcr": [
    {
      "package": "acme/app",
      "download_count": 567
    },
    {
      "package": "acme/failed",
      "download_count": 0
    }
  ]
}`;

/** The count of the only image in a file; fails when the file is not whole. */
function countIn(text: string): number {
  const [only] = parseReadings(asSnapshotDocument(JSON.parse(text), '2026-03-14'));
  return only?.pullCount ?? Number.NaN;
}

describe('a file', () => {
  it('is written to the byte as the Go tool writes it, and only its owner can read it', async () => {
    const store = await folder.open();
    await store.save([
      reading('acme/app', 10, '2026-03-14T10:00:00', {
        lastUpdated: '<b>&\u2028\u2029é\u{1f433}"\\',
        tags: [],
      }),
      reading('acme/app', 5, '2026-03-14T11:00:00', { registry: 'ghcr' }),
    ]);

    expect(await folder.read('2026-03-14.json')).toBe(`{
  "timestamp": "2026-03-14T11:00:00.000Z",
  "docker_hub": [
    {
      "repo": "acme/app",
      "last_updated": "\\u003cb\\u003e\\u0026\\u2028\\u2029é\u{1f433}\\"\\\\",
      "tags": [],
      "pull_count": 10,
      "read_at": "2026-03-14T10:00:00.000Z"
    }
  ],
  "ghcr": [
    {
      "package": "acme/app",
      "download_count": 5,
      "read_at": "2026-03-14T11:00:00.000Z"
    }
  ]
}`);
    expect((await stat(join(folder.directory, '2026-03-14.json'))).mode & 0o777).toBe(0o600);
    await store.close();
  });

  it('of the Go tool is read as it is: mixed case, nine fraction digits, a failed read stored as 0', async () => {
    await folder.write('2026-03-13.json', goFile);

    const store = await folder.open();

    expect(await totalsOf(store)).toEqual({ 'dockerhub acme/app': { '2026-03-13': 1234 }, 'ghcr acme/app': { '2026-03-13': 567 } });
    expect(await documentOf(store, '2026-03-13')).toEqual(JSON.parse(goFile));
    expect(await folder.read('2026-03-13.json')).toBe(goFile);
    await store.close();
    expect(folder.log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('keeps what this version does not know, of the document, a row and a tag, when it is rewritten', async () => {
    const row = {
      repo: 'acme/app',
      pull_count: 1,
      tags: [{ name: 'v1', signed_by: ['x'] }],
      stars: 9,
      read_at: '2026-03-14T01:00:00.000Z',
    };
    const other = { repo: 'acme/other', pull_count: 'many' };
    const json = {
      timestamp: '2026-03-14T01:00:00Z',
      schema: 3,
      docker_hub: [row, other],
      notes: { a: [1, { b: null }] },
      quay: [{ x: 1 }],
    };
    await folder.write('2026-03-14.json', JSON.stringify(json));
    const store = await folder.open();

    await store.save([reading('acme/app', 2, '2026-03-14', { tags: [{ name: 'v1' }, { name: 'v2' }] })]);
    await store.close();

    expect(JSON.parse(await folder.read('2026-03-14.json'))).toMatchObject({
      schema: 3,
      notes: { a: [1, { b: null }] },
      quay: [{ x: 1 }],
      docker_hub: [{ repo: 'acme/app', pull_count: 2, stars: 9, tags: [{ name: 'v1', signed_by: ['x'] }, { name: 'v2' }] }, other],
    });
  });

  it('is read anew for each snapshot, so that an edit by hand shows', async () => {
    const store = await folder.open();
    await store.save([reading('acme/app', 10, '2026-03-14')]);

    await folder.write('2026-03-14.json', '{"timestamp":"2026-03-14T00:00:00Z","note":"edited"}');

    expect(await documentOf(store, '2026-03-14')).toEqual({ timestamp: '2026-03-14T00:00:00Z', note: 'edited' });
    await store.close();
  });

  it('may be a link to one that lies elsewhere', async () => {
    await folder.write('elsewhere', goFile);
    await symlink(join(folder.directory, 'elsewhere'), join(folder.directory, '2026-03-13.json'));

    const store = await folder.open();

    expect(await store.days()).toEqual(['2026-03-13']);
    await store.close();
  });
});

describe('other names in the folder', () => {
  it('are ignored, never pruned, and never touched', async () => {
    const others = ['notes.txt', '2026-02-30.json', '2026-03-01.json.bak', '.2026-03-01.json', 'x2026-03-01.json', '2026-03-01.JSON'];
    for (const name of others) await folder.write(name, 'mine');
    await mkdir(join(folder.directory, '2026-03-02.json'));
    const store = await folder.open();
    await store.save([reading('acme/app', 10, '2026-03-14')]);

    expect(await store.days()).toEqual(['2026-03-14']);
    expect(await store.prune('2026-03-15')).toEqual(['2026-03-14']);

    await store.close();
    expect(await folder.names()).toEqual([...others, '2026-03-02.json', 'history'].toSorted());
    for (const name of others) expect(await folder.read(name)).toBe('mine');
    expect(folder.log.lines).toEqual([]);
  });

  it('that a killed process left half-written are removed when the folder is opened', async () => {
    await folder.write('.snapshot-1234.tmp', '{"timestamp": "2026-');
    await folder.write('.lock-stale-x', '{}');

    const store = await folder.open();
    await store.close();

    expect(await folder.names()).toEqual([]);
  });
});

describe('saves', () => {
  it('never show a half-written file to a reader and leave no temporary file', async () => {
    const store = await folder.open();
    await store.save([reading('acme/app', 0, '2026-03-14')]);
    const saves = 200;
    const seen = new Set<number>();
    const done = new AbortController();
    const reader = async (): Promise<void> => {
      while (!done.signal.aborted) seen.add(countIn(await folder.read('2026-03-14.json')));
    };

    const reading200 = reader();
    for (let count = 1; count <= saves; count += 1) {
      await store.save([reading('acme/app', count, '2026-03-14', { lastUpdated: 'x'.repeat(count * 50) })]);
    }
    done.abort();
    await reading200;

    expect(seen.size).toBeGreaterThan(1);
    expect([...seen].every((count) => count >= 0 && count <= saves)).toBe(true);
    expect(await folder.names()).toEqual(['2026-03-14.json']);
    await store.close();
  });

  it('after the store was closed are refused, and do not lock the folder again', async () => {
    const store = await folder.open();
    await store.close();

    await expect(store.save([reading('acme/app', 1, '2026-03-14')])).rejects.toMatchObject({ name: 'AppError', code: 'conflict' });
    await (await folder.open({ hostname: 'other' })).close();
    expect(await folder.names()).toEqual([]);
  });
});

describe('the version', () => {
  it('differs after a restart, when files may have been changed meanwhile', async () => {
    const first = await folder.open();
    await first.close();
    await folder.clock.advance(1);

    const second = await folder.open();

    expect(second.version()).not.toBe(first.version());
    await second.close();
  });
});
