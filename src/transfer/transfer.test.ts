/** Histories out and in again. */
import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, toEpochDay } from '../core/model/day.ts';
import { AppError } from '../core/model/errors.ts';
import type { Reading } from '../core/model/reading.ts';
import type { SnapshotStore } from '../core/ports.ts';
import type { StoredReading } from '../core/model/history.ts';
import { marks } from '../core/model/mark.ts';
import { createMemoryStore } from '../store/memory.ts';
import { event, reading } from '../store/testing/readings.ts';
import { readCsv } from './import/csv.ts';
import { importInto, type ImportIntoOptions } from './import/import-into.ts';
import type { ImportRecord, ImportProblem } from './import/import-record.ts';
import { splitLines, maxLineLength } from './import/lines.ts';
import { readNdjson } from './import/ndjson.ts';
import { csvText, jsonText, ndjsonText, seriesWithin } from './export/export-text.ts';

const registries = ['dockerhub', 'ghcr', 'quay'];
const header = 'day,registry,repo,pull_count,known,read_at,tag_count,last_updated,total_since\r\n';

async function* bytesOf(text: string, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** A line of twice the length that is read, and a short one. */
async function* endless(): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(1024 * 1024).fill(120);
  for (let at = 0; at < 2 * (maxLineLength / piece.length); at += 1) yield piece;
  yield Buffer.from('\nnext\n');
}

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

async function storeWith(readings: readonly Reading[], events: Parameters<SnapshotStore['save']>[1] = []): Promise<SnapshotStore> {
  const store = createMemoryStore();
  await store.save(readings, events);
  return store;
}

async function allOf(store: SnapshotStore): Promise<unknown[]> {
  const readings: StoredReading[] = [];
  for await (const each of store.readings({})) readings.push(each);
  return [readings, await store.events(), await store.latest({})];
}

async function importAll(store: SnapshotStore, records: AsyncIterable<ImportRecord>, options: Partial<ImportIntoOptions> = {}) {
  const problems: ImportProblem[] = [];
  const result = await importInto(store, records, {
    dryRun: false,
    keepMarks: false,
    onProblem: (problem) => void problems.push(problem),
    ...options,
  });
  return { result, problems };
}

function csv(...rows: readonly string[]): AsyncGenerator<ImportRecord> {
  return readCsv(splitLines(bytesOf(`day,registry,repo,pull_count\n${rows.join('\n')}\n`)), registries);
}

const history = [
  reading('acme/app', 100, '2026-03-13', {
    tags: [{ name: 'v1', digest: 'sha256:11', platforms: [{ os: 'linux', architecture: 'arm64', variant: 'v8' }] }],
    tagCount: 1,
  }),
  reading('acme/app', 110, '2026-03-14', { lastUpdated: '2026-03-01T08:00:00Z', mark: 'frozen' }),
  reading('acme/charts%2Fapp', 5, '2026-03-14', { registry: 'ghcr', tags: [{ name: '1', versionId: '77', pullCount: 4 }] }),
  reading('acme/app', 40, '2026-03-15T02:00:00', { registry: 'quay', day: '2026-03-14', totalSince: '2026-01-01', mark: 'backfilled' }),
];

describe('an export', () => {
  it('is CSV with a header, one row a total', async () => {
    const store = await storeWith(history.slice(1));

    expect(await textOf(csvText(store.readings({})))).toBe(
      `${header}2026-03-14,dockerhub,acme/app,110,frozen,2026-03-14T12:00:00.000Z,,2026-03-01T08:00:00Z,\r\n` +
        '2026-03-14,ghcr,acme/charts%2Fapp,5,read,2026-03-14T12:00:00.000Z,,,\r\n' +
        '2026-03-14,quay,acme/app,40,backfilled,2026-03-15T02:00:00.000Z,,,2026-01-01\r\n',
    );
    expect(await textOf(csvText(createMemoryStore().readings({})))).toBe(header);
  });

  it('is JSON, one array whatever its size', async () => {
    const days = Array.from({ length: 1200 }, (_, at) => reading('acme/app', at, addDays('2020-01-01', at)));

    expect(JSON.parse(await textOf(jsonText((await storeWith(days)).readings({}))))).toHaveLength(1200);
    expect(JSON.parse(await textOf(jsonText(createMemoryStore().readings({}))))).toEqual([]);
  });
});

describe('series that are cut', () => {
  it('keep the days of the span with their totals and marks, and all where there is none', async () => {
    const store = await storeWith([
      reading('acme/app', 1, '2026-03-12'),
      reading('acme/app', 2, '2026-03-13', { mark: 'backfilled' }),
      reading('acme/app', 3, '2026-03-14'),
    ]);
    const series = await store.totals({});

    expect(seriesWithin(series, {})).toEqual(series);
    expect(seriesWithin(series, { to: '2026-03-12' })).toMatchObject([{ totals: [1], marks: ['read'] }]);
    expect(seriesWithin(series, { from: '2026-03-13' })).toMatchObject([{ totals: [2, 3], marks: ['backfilled', 'read'] }]);
    expect(seriesWithin(series, { from: '2026-03-13', to: '2026-03-13' })).toMatchObject([
      { days: [toEpochDay('2026-03-13')], totals: [2], marks: ['backfilled'] },
    ]);
  });
});

describe('NDJSON', () => {
  it('carries a whole history from one store to another', async () => {
    const from = await storeWith(history, [event('tag_pushed', '2026-03-14T10:00:00.000Z', { detail: '1.0' })]);
    const text = await textOf(ndjsonText(from.readings({}), await from.events()));
    const to = createMemoryStore();

    const { result } = await importAll(to, readNdjson(splitLines(bytesOf(text)), registries), { keepMarks: true });

    expect(await allOf(to)).toEqual(await allOf(from));
    expect(result).toEqual({ added: 4, replaced: 0, equal: 0, kept: 0, events: 1, problems: 0 });
  });

  it('carries whatever a store may hold', async () => {
    const any = fc.record(
      {
        registry: fc.constantFrom(...registries),
        repo: fc.constantFrom('acme/app', 'acme/a%2Fb', 'x/y'),
        pullCount: fc.nat(),
        readAt: fc.integer({ min: 0, max: 5 }).map((days) => `${addDays('2026-03-10', days)}T10:00:00.000Z`),
        tagCount: fc.option(fc.nat(9), { nil: undefined }),
        lastUpdated: fc.option(fc.constant('2026-01-01T00:00:00Z'), { nil: undefined }),
        mark: fc.constantFrom(...marks, undefined),
        tags: fc.option(
          fc.array(fc.record({ name: fc.string({ minLength: 1, maxLength: 5 }), versionId: fc.constant('7') }), { maxLength: 3 }),
          { nil: undefined },
        ),
      },
      { requiredKeys: ['registry', 'repo', 'pullCount', 'readAt'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(any, { maxLength: 20 }), async (readings) => {
        const from = await storeWith(readings);
        const text = await textOf(ndjsonText(from.readings({}), []));
        const to = createMemoryStore();
        const { problems } = await importAll(to, readNdjson(splitLines(bytesOf(text, 64)), registries), { keepMarks: true });

        expect(problems).toEqual([]);
        expect(await allOf(to)).toEqual(await allOf(from));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['', 'the file is empty'],
    ['{"day":"2026-03-14"}\n', 'not an export of registry-stats'],
    ['{"format":"registry-stats","version":2}\n', 'use a newer registry-stats'],
  ])('is rejected with another first line: %j', async (text, reason) => {
    await expect(importAll(createMemoryStore(), readNdjson(splitLines(bytesOf(text)), registries))).rejects.toThrow(reason);
  });

  it('throws nothing but AppError whatever is in it', async () => {
    const line = fc.oneof(
      fc.json(),
      fc
        .record({ day: fc.constant('2026-03-14'), registry: fc.constantFrom(...registries), row: fc.object() })
        .map((row) => JSON.stringify(row)),
      fc.record({ event: fc.object() }).map((row) => JSON.stringify(row)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 5 }), async (lines) => {
        const text = ['{"format":"registry-stats","version":1}', ...lines].join('\n');
        const { result } = await importAll(createMemoryStore(), readNdjson(splitLines(bytesOf(text, 64)), registries));
        expect(result.added + result.events + result.problems).toBeLessThanOrEqual(lines.length);
      }),
    );
  });

  it('imports the rest after an invalid line, and reports which it is', async () => {
    const lines = [
      '{"format":"registry-stats","version":1}',
      'nonsense',
      '{"day":"2026-02-30","registry":"ghcr","row":{}}',
      '{"day":"2026-03-14","registry":"harbor","row":{}}',
      '{"day":"2026-03-14","registry":"dockerhub","row":{"repo":"acme/app","pull_count":-1}}',
      '{"event":{"time":"soon"}}',
      '{"event":{"time":"+275760-09-12T00:00:00Z","registry":"ghcr","kind":"image_gone"}}',
      '{"day":"2026-03-14","registry":"dockerhub","row":{"repo":"../app","pull_count":7}}',
      '{"day":"2026-03-14","registry":"dockerhub","row":{"repo":"acme/app","pull_count":7}}',
    ];

    const { result, problems } = await importAll(createMemoryStore(), readNdjson(splitLines(bytesOf(lines.join('\n'))), registries));

    expect(result).toMatchObject({ added: 1, events: 0, problems: 7 });
    expect(problems.map(({ where }) => where)).toEqual([2, 3, 4, 5, 6, 7, 8].map((line) => `line ${line}`));
  });
});

describe('CSV', () => {
  it('comes back as it was written, but for the tags', async () => {
    const from = await storeWith(history);
    const text = await textOf(csvText(from.readings({})));
    const to = createMemoryStore();

    await importAll(to, readCsv(splitLines(bytesOf(text)), registries), { keepMarks: true });

    // A table has no lists of tags.
    expect(await to.latest({})).toEqual((await from.latest({})).map((image) => ({ ...image, tagsDay: undefined })));
    expect(await textOf(csvText(to.readings({})))).toBe(text);
  });

  it('takes columns in any order, with a byte order mark and quotes, and ignores others', async () => {
    const store = createMemoryStore();
    const text = '\uFEFFpull_count,note,"repo",registry,day\r\n12,"a, b",Acme/App,ghcr,2026-03-14\r\n';

    await importAll(store, readCsv(splitLines(bytesOf(text)), registries));

    expect(await store.latest({})).toMatchObject([{ registry: 'ghcr', repo: 'acme/app', pullCount: 12, readAt: '2026-03-14T00:00:00Z' }]);
  });

  it.each([
    ['2026-02-30,ghcr,acme/app,1', 'invalid day "2026-02-30"'],
    ['2026-03-14,harbor,acme/app,1', 'invalid registry "harbor"'],
    ['2026-03-14,ghcr,app,1', 'it has no slash'],
    ['2026-03-14,ghcr,acme/app,', 'invalid pull_count ""'],
    ['2026-03-14,ghcr,acme/app,-1', 'invalid pull_count "-1"'],
    ['2026-03-14,ghcr,acme/app,1.5', 'invalid pull_count "1.5"'],
    ['2026-03-14,ghcr,acme/app,1e20', 'invalid pull_count "1e20"'],
    ['2026-03-14,ghcr,acme/app,99999999999999999', 'invalid pull_count'],
    ['2026-03-14,ghcr,acme/app', '3 cells instead of 4'],
    ['"2026-03-14,ghcr,acme/app,1', 'unbalanced quotes'],
    ['2026-03-14,ghcr,=cmd|x,1', 'it has no slash'],
  ])('reports an invalid row with its number, and imports the rest: %s', async (row, reason) => {
    const { result, problems } = await importAll(createMemoryStore(), csv('2026-03-13,ghcr,acme/app,1', row, '2026-03-15,ghcr,acme/app,3'));

    expect(result).toMatchObject({ added: 2, problems: 1 });
    expect(problems).toEqual([{ where: 'line 3', reason: expect.stringContaining(reason) }]);
  });

  it('reports a row that is too long, and one that is not UTF-8, and imports the rest', async () => {
    const bytes = Buffer.concat([
      Buffer.from('day,registry,repo,pull_count\n"'),
      Buffer.alloc(2 * 1024 * 1024, ','),
      Buffer.from('\n2026-03-14,ghcr,acme/\u00fcber,1\n', 'latin1'),
      Buffer.from('2026-03-15,ghcr,acme/app,3\n'),
    ]);

    const { result, problems } = await importAll(createMemoryStore(), readCsv(splitLines(Readable.from([bytes])), registries));

    expect(result).toMatchObject({ added: 1 });
    expect(problems).toEqual([
      { where: 'line 2', reason: 'line too long' },
      { where: 'line 3', reason: expect.stringContaining('has characters other than') },
    ]);
  });

  it('takes rows whose cells hold line breaks', async () => {
    const store = createMemoryStore();
    const text =
      'day,note,registry,repo,pull_count\n2026-03-14,"first\nsecond, ""third""\r\n",ghcr,acme/app,5\n2026-03-15,,ghcr,acme/app,x\n';

    const { result, problems } = await importAll(store, readCsv(splitLines(bytesOf(text)), registries));

    expect(result).toMatchObject({ added: 1 });
    expect(problems).toEqual([{ where: 'line 5', reason: expect.stringContaining('invalid pull_count "x"') }]);
  });

  it('reads back what was kept from a spreadsheet, and a timestamp only in ISO 8601', async () => {
    const head = 'day,registry,repo,pull_count,read_at,last_updated\n';
    const rows = ["2026-03-14,ghcr,acme/app,1,2026-03-14T10:00:00Z,'=now()", '2026-03-14,ghcr,acme/b,1,March 7,'];
    const store = createMemoryStore();

    const { problems } = await importAll(store, readCsv(splitLines(bytesOf(head + rows.join('\n'))), registries));

    expect(await store.latest({})).toMatchObject([{ repo: 'acme/app', lastUpdated: '=now()', readAt: '2026-03-14T10:00:00Z' }]);
    expect(problems).toEqual([{ where: 'line 3', reason: expect.stringContaining('invalid read_at "March 7"') }]);
  });

  it.each(['', 'a,b\n1,2\n', '<html>\n', '"day,registry\n', 'day,registry,repo,pull_count\r2026-03-14,ghcr,acme/app,1\r'])(
    'is rejected without a required column: %j',
    async (text) => {
      const records = readCsv(splitLines(bytesOf(text)), registries);

      await expect(importAll(createMemoryStore(), records)).rejects.toMatchObject({
        code: 'invalid_input',
        message: expect.stringContaining('day,registry,repo,pull_count'),
      });
    },
  );

  it('throws nothing but AppError whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (text) => {
        const error: unknown = await importAll(
          createMemoryStore(),
          readCsv(splitLines(bytesOf(`day,registry,repo,pull_count\n${text}`)), registries),
        ).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        expect(error === undefined || error instanceof AppError).toBe(true);
      }),
    );
  });
});

describe('a line of 100 MB', () => {
  const piece = new Uint8Array(64 * 1024).fill(120);

  async function* file(head: string, tail: string): AsyncGenerator<Uint8Array> {
    yield Buffer.from(head);
    for (let at = 0; at < 1600; at += 1) yield piece;
    yield Buffer.from(`\n${tail}\n`);
  }

  it('is reported, and the others are imported', async () => {
    const csvFile = file('day,registry,repo,pull_count\n', '2026-03-15,ghcr,acme/app,3');
    const ndjsonFile = file(
      '{"format":"registry-stats","version":1}\n',
      '{"day":"2026-03-14","registry":"dockerhub","row":{"repo":"acme/app","pull_count":7}}',
    );

    const fromCsv = await importAll(createMemoryStore(), readCsv(splitLines(csvFile), registries));
    const fromNdjson = await importAll(createMemoryStore(), readNdjson(splitLines(ndjsonFile), registries));

    for (const { result, problems } of [fromCsv, fromNdjson]) {
      expect(result).toMatchObject({ added: 1, problems: 1 });
      expect(problems).toEqual([{ where: 'line 2', reason: 'line too long' }]);
    }
  });

  it('is no header', async () => {
    await expect(importAll(createMemoryStore(), readCsv(splitLines(file('', 'x')), registries))).rejects.toThrow('line too long');
    await expect(importAll(createMemoryStore(), readNdjson(splitLines(file('', 'x')), registries))).rejects.toThrow(
      'not an export of registry-stats',
    );
  });
});

describe('the lines of a file', () => {
  it('are cut where they end, wherever the pieces do, and numbered with the empty ones', async () => {
    const lines = [];
    for await (const line of splitLines(bytesOf('a\r\n\nü\n\nlast', 1))) lines.push([line.number, line.text]);

    expect(lines).toEqual([
      [1, 'a'],
      [3, 'ü'],
      [5, 'last'],
    ]);
  });

  it('are never held in memory when they are too long', async () => {
    const lines = [];
    for await (const { number, isTooLong, text } of splitLines(endless())) lines.push([number, isTooLong, text.length]);

    expect(lines).toEqual([
      [1, true, 0],
      [2, false, 4],
    ]);
  });
});
