import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../model/errors.ts';
import { canonicalRepo } from '../model/image-ref.ts';
import { marks } from '../model/mark.ts';
import { isPullCount, type Reading } from '../model/reading.ts';
import { asSnapshotDocument, mergeReadings, parseReadings, type SnapshotDocument } from './snapshot.ts';

const day = '2026-04-08';
const startMs = Date.parse(`${day}T00:00:00Z`);

/** A whole second of the day; the document of the Go tool was written between two of them. */
const anyReadAt = fc.nat(86_399).map((second) => new Date(startMs + second * 1000).toISOString());
const anyGoTimestamp = fc.nat(86_399).map((second) => new Date(startMs + second * 1000).toISOString().replace('.000Z', '.482913057Z'));
const anyRegistry = fc.constantFrom('dockerhub', 'ghcr', 'quay', 'ecrpublic');
const anyRepo = fc.constantFrom('acme/a', 'acme/b', 'acme/charts%2Fc', 'other/a');
const anyMark = fc.constantFrom(...marks);
const anyText = fc.string({ minLength: 1, maxLength: 8 });
const anySize = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const mayMiss = { requiredKeys: [] };

const anyPlatform = fc
  .record({ variant: anyText, digest: anyText, size: anySize }, mayMiss)
  .chain((optional) => fc.record({ architecture: anyText, os: anyText }).map((required) => ({ ...required, ...optional })));
const anyTag = fc
  .record(
    {
      lastUpdated: anyText,
      digest: anyText,
      fullSize: anySize,
      platforms: fc.array(anyPlatform, { minLength: 1, maxLength: 2 }),
      pullCount: fc.maxSafeNat(),
      versionId: anyText,
    },
    mayMiss,
  )
  .chain((optional) => anyText.map((name) => ({ name, ...optional })));
const anyDetails = fc.record({ lastUpdated: anyText, tagCount: fc.maxSafeNat(), tags: fc.array(anyTag, { maxLength: 3 }) }, mayMiss);
const anyReading: fc.Arbitrary<Reading> = fc
  .tuple(fc.record({ registry: anyRegistry, repo: anyRepo, pullCount: fc.maxSafeNat(), readAt: anyReadAt, mark: anyMark }), anyDetails)
  .map(([required, details]) => ({ ...required, ...details }));
const readingsOfDistinctTimes = fc.uniqueArray(anyReading, { selector: ({ readAt }) => readAt, maxLength: 12 });

const anyGoName = fc.constantFrom('acme/a', 'Acme/A', 'acme/B', 'acme/charts%2fc', 'other/kept');
const anyCount = fc.oneof(fc.constant(0), fc.nat(1000));
const anyHubRow = fc.record({ repo: anyGoName, last_updated: fc.string(), tags: fc.constant(null), pull_count: anyCount });
const anyGhcrRow = fc.record({ package: anyGoName, download_count: anyCount });
const anyGoDocument: fc.Arbitrary<SnapshotDocument> = fc
  .record({ timestamp: anyGoTimestamp, docker_hub: fc.array(anyHubRow, { maxLength: 6 }), ghcr: fc.array(anyGhcrRow, { maxLength: 6 }) })
  .map((json) => asSnapshotDocument(json, day));
const anyDocument = fc.option(anyGoDocument, { nil: undefined });

function totalsOf(document: SnapshotDocument): ReadonlyMap<string, number> {
  return new Map(parseReadings(document).map(({ registry, repo, pullCount }) => [`${registry} ${repo}`, pullCount]));
}

function stored(document: SnapshotDocument): SnapshotDocument {
  return asSnapshotDocument(JSON.parse(JSON.stringify(document)), day);
}

describe('every reading', () => {
  it('is read back as it was merged', () => {
    fc.assert(
      fc.property(anyReading, (reading) => {
        const document = stored(mergeReadings(undefined, [reading]));
        expect(parseReadings(document)).toEqual([reading]);
        expect(document.timestamp).toBe(reading.readAt);
      }),
    );
  });

  it('changes nothing when it is merged once more', () => {
    fc.assert(
      fc.property(anyDocument, fc.array(anyReading, { maxLength: 6 }), (document, readings) => {
        const once = mergeReadings(document, readings);
        expect(JSON.stringify(mergeReadings(once, readings))).toBe(JSON.stringify(once));
      }),
    );
  });

  it('changes nothing when it was read back from the document', () => {
    fc.assert(
      fc.property(fc.array(anyReading, { maxLength: 6 }), (readings) => {
        const document = mergeReadings(undefined, readings);
        expect(mergeReadings(document, parseReadings(document)).timestamp).toBe(document.timestamp);
        expect(parseReadings(mergeReadings(document, parseReadings(document)))).toEqual(parseReadings(document));
      }),
    );
  });

  it('may be merged in any order and in any batches without a difference to the totals', () => {
    fc.assert(
      fc.property(
        anyDocument,
        readingsOfDistinctTimes.chain((readings) =>
          fc.tuple(fc.constant(readings), fc.shuffledSubarray(readings, { minLength: readings.length }), fc.nat(readings.length)),
        ),
        (document, [readings, shuffled, cut]) => {
          const atOnce = mergeReadings(document, readings);
          const inBatches = mergeReadings(mergeReadings(document, shuffled.slice(0, cut)), shuffled.slice(cut));
          const oneByOne = shuffled.reduce((merged, reading) => stored(mergeReadings(merged, [reading])), begun(document));
          expect(sorted(totalsOf(inBatches))).toEqual(sorted(totalsOf(atOnce)));
          expect(sorted(totalsOf(oneByOne))).toEqual(sorted(totalsOf(atOnce)));
        },
      ),
    );
  });

  it('leaves every row that it does not name as it was, in its order', () => {
    const distinct = { selector: (row: { readonly repo: string }) => row.repo.toLowerCase(), maxLength: 5 };
    fc.assert(
      fc.property(fc.uniqueArray(anyHubRow, distinct), anyGoTimestamp, anyReading, (rows, timestamp, reading) => {
        const document = asSnapshotDocument({ timestamp, docker_hub: rows, note: ['x'] }, day);
        const after = mergeReadings(document, [{ ...reading, registry: 'dockerhub' }]);
        const others = rows.filter((row) => row.repo.toLowerCase() !== reading.repo.toLowerCase());
        expect(after['note']).toEqual(['x']);
        expect(after['docker_hub']).toEqual(expect.arrayContaining(others));
        expect(orderOf(after['docker_hub'], others)).toEqual(others.map((row) => row.repo));
      }),
    );
  });

  it('moves the timestamp never back, and at most to its own time', () => {
    fc.assert(
      fc.property(anyGoDocument, fc.array(anyReading, { maxLength: 4 }), (document, readings) => {
        const times = [document.timestamp, ...readings.map(({ readAt }) => readAt)].toSorted((a, b) => Date.parse(a) - Date.parse(b));
        expect(mergeReadings(document, readings).timestamp).toBe(times.at(-1));
      }),
    );
  });
});

describe('any JSON', () => {
  const anyField = fc.constantFrom('repo', 'package', 'pull_count', 'download_count', 'tags', 'read_at', 'tag_count', 'last_updated', 'x');
  const anyValue = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    anyGoName,
    fc.nat(),
    fc.array(fc.dictionary(fc.constantFrom('name', 'images'), fc.jsonValue({ maxDepth: 2 })), { maxLength: 2 }),
  );
  const anyRow = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.dictionary(anyField, anyValue, { maxKeys: 6 }));
  const anyMember = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.array(anyRow, { maxLength: 4 }));
  const anyJson = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.dictionary(fc.constantFrom('timestamp', 'docker_hub', 'ghcr', 'quay', 'read_at', 'note', '__proto__'), anyMember, { maxKeys: 5 }),
  );

  it('is a document with believable readings, or is refused with an AppError', () => {
    fc.assert(
      fc.property(anyJson, (json) => {
        const document = documentOrError(json);
        const readings = document instanceof AppError ? [] : parseReadings(document);
        const unbelievable = readings.filter(
          ({ repo, pullCount, readAt }) => repo !== canonicalRepo(repo) || !isPullCount(pullCount) || Number.isNaN(Date.parse(readAt)),
        );
        expect(unbelievable).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('takes a reading that is newer than all of it, and loses no other total', () => {
    fc.assert(
      fc.property(anyJson, anyRegistry, (json, registry) => {
        const document = documentOrError(json);
        if (document instanceof AppError) return;
        const reading = { registry, repo: 'acme/new', pullCount: 5, readAt: '9999-01-01T00:00:00.000Z' };
        const expected = new Map([...totalsOf(document), [`${registry} acme/new`, 5]]);
        expect(sorted(totalsOf(stored(mergeReadings(document, [reading]))))).toEqual(sorted(expected));
      }),
      { numRuns: 300 },
    );
  });
});

function begun(document: SnapshotDocument | undefined): SnapshotDocument {
  return document ?? mergeReadings(undefined, []);
}

function sorted(totals: ReadonlyMap<string, number>): [string, number][] {
  return [...totals].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function orderOf(rows: unknown, wanted: readonly { readonly repo: string }[]): string[] {
  const names = new Set(wanted.map((row) => row.repo));
  return (Array.isArray(rows) ? rows : []).map((row) => String(row.repo)).filter((name) => names.has(name));
}

/** The document, or what was thrown instead; anything but an AppError invalid_input is thrown on. */
function documentOrError(json: unknown): SnapshotDocument | AppError {
  try {
    return asSnapshotDocument(json, day);
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_input') return error;
    throw error;
  }
}
