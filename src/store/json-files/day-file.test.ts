import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromEpochDay } from '../../core/model/day.ts';
import { parseDayFileName, dayFileName, formatDocument, readDayFile } from './day-file.ts';
import { nodeFileSystem, type FileSystem } from './file-system.ts';

function filesWith(bytes: Uint8Array): FileSystem {
  return { ...nodeFileSystem, read: async () => bytes };
}

describe('the name of a file', () => {
  it('is that of its day', () => {
    const day = fc.integer({ min: 0, max: 40_000 }).map(fromEpochDay);

    fc.assert(
      fc.property(day, (each) => {
        expect(parseDayFileName(dayFileName(each))).toBe(each);
      }),
    );
  });

  it.each([
    '2026-02-30.json',
    '2026-3-1.json',
    '2026-03-01.JSON',
    '2026-03-01.json.tmp',
    '.json',
    '',
    '../2026-03-01.json',
    ' 2026-03-01.json',
  ])('is no day’s when it is %j', (name) => {
    expect(parseDayFileName(name)).toBeUndefined();
  });
});

describe('the text of a document', () => {
  it('says the same as the document, without a character that HTML could misread', () => {
    const text = fc
      .array(fc.constantFrom('<', '>', '&', '\u2028', '\u2029', '"', '\\', '\\u003c', '\0', 'é', '\u{1f433}', '\ud800'))
      .map((all) => all.join(''));
    const document = fc.dictionary(text, fc.oneof(text, fc.jsonValue())).map((members) => ({ ...members, timestamp: '' }));

    fc.assert(
      fc.property(document, (each) => {
        const written = formatDocument(each);
        expect(written).not.toMatch(/[<>&\u2028\u2029]/);
        expect(written.endsWith('\n')).toBe(false);
        expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(each)));
      }),
    );
  });
});

describe('the content of a file', () => {
  it('may be anything: it is a document or corrupt, with a reason', async () => {
    const verdicts = ['document', 'empty', 'not JSON in UTF-8', 'not a JSON object', '"docker_hub" is not a list', '"ghcr" is not a list'];
    const json = fc.oneof(
      fc.jsonValue(),
      fc.record({ timestamp: fc.jsonValue(), docker_hub: fc.jsonValue(), ghcr: fc.jsonValue() }, { requiredKeys: [] }),
    );
    const bytes = fc.oneof(
      fc.uint8Array(),
      json.map((value) => new TextEncoder().encode(JSON.stringify(value))),
    );

    await fc.assert(
      fc.asyncProperty(bytes, async (content) => {
        const file = await readDayFile(filesWith(content), '/data', '2026-03-14', { maxWholeBytes: 1_000_000, maxBytes: 100 });
        expect(verdicts).toContain(file.kind === 'corrupt' ? file.reason : file.kind);
      }),
    );
  });

  it.each([
    ['[', ']'],
    ['{"a":', '}'],
  ])('is corrupt when it is nested 20,000 deep in %s: it could be read, but never written again', async (open, close) => {
    const deep = `${open.repeat(20_000)}1${close.repeat(20_000)}`;

    for (const text of [`{"docker_hub":[{"repo":"acme/app","pull_count":1,"tags":${deep}}]}`, `{"foreign":${deep}}`]) {
      const file = await readDayFile(filesWith(new TextEncoder().encode(text)), '/data', '2026-03-14', {
        maxWholeBytes: 1_000_000,
        maxBytes: 1_000_000,
      });
      expect(file).toEqual({ kind: 'corrupt', reason: 'nested deeper than 100 levels' });
    }
  });

  it('may start with the mark that some editors put there', async () => {
    const file = await readDayFile(filesWith(new TextEncoder().encode('\ufeff{"note":1}')), '/data', '2026-03-14', {
      maxWholeBytes: 1_000_000,
      maxBytes: 100,
    });

    expect(file).toEqual({ kind: 'document', document: { note: 1, timestamp: '2026-03-14T00:00:00Z' } });
  });
});
