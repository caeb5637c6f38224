import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mergeReadings, type SnapshotDocument } from '../../core/document/snapshot.ts';
import { addDays } from '../../core/model/day.ts';
import { reading } from '../testing/readings.ts';
import { formatDocument } from './day-file.ts';
import { createDayFolder, type DayFolder } from './day-folder.ts';
import { createKeptTotals } from './kept-totals.ts';
import { loadIndex, type LoadOptions } from './load-index.ts';
import { createTestFolder, oldFiles, type TestFolder } from './testing/folder.ts';

let folder: TestFolder;

beforeEach(async () => {
  folder = await createTestFolder();
});

afterEach(() => folder.remove());

const first = '2026-02-01';
const tag = { name: '1.0', last_updated: '', digest: 'sha256:1', full_size: 1 };

function tagRows(count: number): object[] {
  return Array.from({ length: count }, (_, at) => ({ ...tag, name: `1.${at}` }));
}

/** Rows of the Go tool and of this program, with images that come, end, and were not read whole. */
function documentOf(at: number): SnapshotDocument {
  const day = addDays(first, at);
  const goRows = [
    { repo: 'acme/app', last_updated: '', tags: tagRows(at + 1), pull_count: 100 + at },
    ...(at < 7 ? [{ repo: 'acme/ended', last_updated: '', tags: tagRows(3), pull_count: at }] : []),
    { repo: 'acme/untagged', last_updated: '', tags: at < 5 ? tagRows(2) : null, pull_count: at },
    ...(at < 9 ? [{ repo: 'acme/partly', last_updated: '', tags: tagRows(at + 2), pull_count: at }] : []),
  ];
  const document: SnapshotDocument = { timestamp: `${day}T10:00:00Z`, docker_hub: goRows };
  const tags = [{ name: '2.0', fullSize: 5 }, { name: 'latest' }];
  return mergeReadings(document, [
    // Its number of tags is not known: the one of the Go tool's last day stays.
    ...(at >= 9 ? [reading('acme/partly', at, day, { tags })] : []),
    reading('acme/ours', at, day, { registry: 'ghcr', tagCount: at, tags, tagsNote: { hash: `h${at}` } }),
  ]);
}

function deps() {
  return {
    directory: folder.directory,
    clock: folder.clock,
    log: folder.log,
    files: oldFiles,
    host: folder.host,
    maxBytes: 1_000_000,
    maxWholeBytes: 1_000_000,
  };
}

async function load(days: number, wrap: (folder: DayFolder) => DayFolder, options: LoadOptions = {}) {
  const own = createDayFolder(deps());
  const all = Array.from({ length: days }, (_, at) => addDays(first, at));
  return loadIndex({ folder: wrap(own), totals: createKeptTotals(deps()) }, all, undefined, options);
}

/** Reads every file whole, as if all tags were wanted. */
const whole = (own: DayFolder): DayFolder => ({ ...own, read: (day) => own.read(day) });

describe('an index of many files, which are read without tags', () => {
  it('equals the one that is built from all that is in them', async () => {
    for (let at = 0; at < 16; at += 1) await folder.write(`${addDays(first, at)}.json`, formatDocument(documentOf(at)));
    const read: string[] = [];
    const light = await load(16, (own) => ({
      ...own,
      read: (day, wanted) => {
        if (!wanted) read.push(day);
        return own.read(day, wanted);
      },
    }));

    expect([...light.index.entries()]).toEqual([...(await load(16, whole)).index.entries()]);
    expect(light.index.isExact()).toBe(true);
    // Whole are read the days with the newest list of an image, and with its length.
    expect(read.toSorted()).toEqual([4, 6, 8, 15].map((at) => addDays(first, at)));
  });

  it('equals it also at a checkpoint in between, which is cached', async () => {
    for (let at = 0; at < 16; at += 1) await folder.write(`${addDays(first, at)}.json`, formatDocument(documentOf(at)));
    const states: unknown[] = [];
    await load(16, (own) => own, {
      async onFile({ index, filesRead, settle }) {
        if (filesRead !== 8) return;
        await settle();
        states.push([...index.entries()]);
      },
    });

    expect(states).toEqual([[...(await load(8, whole)).index.entries()]]);
  });

  it('leaves out a day whose tags turn out to be damaged', async () => {
    for (let at = 0; at < 12; at += 1) await folder.write(`${addDays(first, at)}.json`, formatDocument(documentOf(at)));
    await folder.write(`${addDays(first, 11)}.json`, formatDocument(documentOf(11)).replace('"name": "1.3"', '"name" "1.3"'));

    const { index, stamps } = await load(12, (own) => own);

    expect(index.days().at(-1)).toBe(addDays(first, 10));
    expect(stamps.has(addDays(first, 11))).toBe(false);
    expect(folder.log.lines.map(({ message }) => message)).toEqual(['skipping snapshot file']);
  });
});
