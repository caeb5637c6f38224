import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeReadings, parseReadings } from '../../core/document/snapshot.ts';
import { compareImages } from '../../core/model/image.ts';
import type { Reading } from '../../core/model/reading.ts';
import { formatDocument } from './day-file.ts';
import { checkDocument, documentText, reduceDocument } from './document-scan.ts';
import { parseDay } from './parse-day.ts';

const day = '2026-03-14';
const limits = { maxTagBytes: 1e6, maxRowLength: 1e6, maxImages: 1_000 };

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function textOf(bytes: Uint8Array, size: number): Promise<string> {
  let text = '';
  for await (const piece of documentText(inPieces(bytes, size), day)) text += piece;
  return text;
}

/** Why it is no snapshot; undefined where it is one. */
async function verdict(bytes: Uint8Array, size: number): Promise<string | undefined> {
  return checkDocument(inPieces(bytes, size), day).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : 'not an error'),
  );
}

function whole(bytes: Uint8Array) {
  return parseDay(bytes, day);
}

// Members whose names are numbers come first where an object is held whole.
const name = fc.string({ unit: 'grapheme' }).filter((each) => !/^\d+$/.test(each) && each !== '__proto__');
const { tree: anyValue } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, 'x', '</script>&\u2028', '\ud800', '\\"', 'emoji 🙂', '2026-03-14T10:00:00Z'),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(name, tie('tree'), { maxKeys: 4 }),
  ),
}));
const document = fc
  .tuple(
    fc.record({ timestamp: anyValue, docker_hub: anyValue, ghcr: fc.array(anyValue), read_at: anyValue }, { requiredKeys: [] }),
    fc.dictionary(name, anyValue, { maxKeys: 3 }),
  )
  .map(([own, rest]) => ({ ...rest, ...own }));
const written = fc
  .tuple(
    document,
    fc.constantFrom(
      (value: object) => JSON.stringify(value),
      (value: object) => JSON.stringify(value, null, '\t'),
      (value: object) => formatDocument({ timestamp: '', ...value }),
    ),
  )
  .map(([value, write]) => new TextEncoder().encode(write(value)));
const pieceSize = fc.integer({ min: 1, max: 40 });

const readings: fc.Arbitrary<Reading[]> = fc.array(
  fc.record({
    registry: fc.constantFrom('dockerhub', 'ghcr', 'quay'),
    repo: fc.constantFrom('acme/app', 'acme/tool', 'acme/charts/x'),
    pullCount: fc.nat(),
    readAt: fc.constantFrom(`${day}T10:00:00Z`, `${day}T11:00:00Z`),
    tagCount: fc.option(fc.nat(), { nil: undefined }),
    tags: fc.option(fc.array(fc.record({ name: fc.constantFrom('1.0', `sha256-${'0'.repeat(64)}.sig`) }), { maxLength: 3 }), {
      nil: undefined,
    }),
    mark: fc.constantFrom(undefined, 'closed' as const),
    dayPulls: fc.option(fc.nat(), { nil: undefined }),
  }),
  { minLength: 1 },
);

describe('a document that is read in pieces', () => {
  it('has the text that JSON.stringify gives of it whole, however it is written and cut', async () => {
    await fc.assert(
      fc.asyncProperty(written, pieceSize, async (bytes, size) => {
        const parsed = whole(bytes);
        const expected = 'document' in parsed ? JSON.stringify(parsed.document) : parsed.reason;
        expect((await verdict(bytes, size)) ?? (await textOf(bytes, size))).toBe(expected);
      }),
      { numRuns: 400 },
    );
  });

  it('is a snapshot where it is one whole, whatever bytes are changed in it', async () => {
    await fc.assert(
      fc.asyncProperty(
        written,
        fc.nat(),
        fc.constantFrom(...Array.from('{}[],:"\\01e.-tn \n\u0000\xff')),
        pieceSize,
        async (bytes, at, by, size) => {
          const changed = Uint8Array.from(bytes);
          changed[at % bytes.length] = by.charCodeAt(0);
          const parsed = whole(changed);
          expect((await verdict(changed, size)) === undefined).toBe('document' in parsed);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['', 'not JSON in UTF-8'],
    ['{"a":1}}', 'not JSON in UTF-8'],
    ['{"a":[1,]}', 'not JSON in UTF-8'],
    ['{"a" 1}', 'not JSON in UTF-8'],
    ['{"a":01}', 'not JSON in UTF-8'],
    ['{"a":"b', 'not JSON in UTF-8'],
    ['[]', 'not a JSON object'],
    ['7', 'not a JSON object'],
    ['{"ghcr":{}}', '"ghcr" is not a list'],
    ['{"docker_hub":-1e9}', '"docker_hub" is not a list'],
  ])('is none when it is %s', async (text, reason) => {
    expect(await verdict(new TextEncoder().encode(text), 65_536)).toBe(reason);
  });

  it.each(['{"docker_hub":1e999}', '{"ghcr":-1e1257}', '{"ghcr":null}'])('is one with %s, read whole or in pieces', async (text) => {
    const bytes = new TextEncoder().encode(text);
    expect([await verdict(bytes, 3), 'document' in whole(bytes)]).toEqual([undefined, true]);
  });

  it('is none when it is nested deeply, or a text in it has no end', async () => {
    const deep = new TextEncoder().encode(`{"a":${'['.repeat(20_000)}`);
    const long = new TextEncoder().encode(`{"a":"${'x'.repeat(1_200_000)}`);

    expect(await verdict(deep, 65_536)).toBe('nested deeper than 100 levels');
    expect(await verdict(long, 65_536)).toBe('a text of more than 1048576 characters');
  });

  it('gives the readings that it has whole, of images that are there twice the better one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(readings, readings), pieceSize, fc.boolean(), async ([first, second], size, isGo) => {
        const rows = { ...mergeReadings(undefined, first), timestamp: `${day}T23:00:00Z` };
        const twice = Object.entries(mergeReadings(undefined, second)).filter(([, value]) => Array.isArray(value));
        const all: Record<string, unknown> = { ...rows };
        for (const [member, more] of twice) all[member] = [all[member], more].flat().filter(Boolean);
        const text = JSON.stringify(all, (key: string, value: unknown) => (isGo && key === 'read_at' ? undefined : value));
        const bytes = new TextEncoder().encode(text);
        const parsed = whole(bytes);
        if (!('document' in parsed)) throw new Error(parsed.reason);

        const reduced = await reduceDocument(inPieces(bytes, size), await checkDocument(inPieces(bytes, size), day), limits);

        expect(parseReadings(reduced).toSorted(compareImages)).toEqual(parseReadings(parsed.document).toSorted(compareImages));
      }),
    );
  });

  it('gives tags only of the images that are wanted, and no more than have room', async () => {
    const tags = [{ name: '1.0', digest: 'sha256:1' }];
    const of = (repo: string): Reading => ({ registry: 'quay', repo, pullCount: 1, readAt: `${day}T10:00:00Z`, tagCount: 1, tags });
    const bytes = new TextEncoder().encode(JSON.stringify(mergeReadings(undefined, [of('acme/a'), of('acme/b'), of('acme/c')])));
    const reduced = async (more: object): Promise<unknown> => {
      const times = await checkDocument(inPieces(bytes, 100), day);
      const found = parseReadings(await reduceDocument(inPieces(bytes, 100), times, { ...limits, ...more }));
      return found.map((reading) => [reading.repo, reading.tags?.length, reading.tagsCut]);
    };

    expect(await reduced({ wanted: new Set(['acme/b']) })).toEqual([
      ['acme/a', undefined, undefined],
      ['acme/b', 1, undefined],
      ['acme/c', undefined, undefined],
    ]);
    expect(await reduced({ maxTagBytes: 600 })).toEqual([
      ['acme/a', 1, undefined],
      ['acme/b', 1, undefined],
      ['acme/c', undefined, 1],
    ]);
    await expect(reduced({ maxImages: 2 })).rejects.toThrow('more than 2 images');
    await expect(reduced({ maxRowLength: 50 })).rejects.toThrow('a row of more than 50 characters');
  });
});
