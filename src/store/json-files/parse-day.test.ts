import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeReadings, parseReadings, type SnapshotDocument } from '../../core/document/snapshot.ts';
import type { Reading, Tag } from '../../core/model/reading.ts';
import { formatDocument } from './day-file.ts';
import { missingIn, parseDay } from './parse-day.ts';

const day = '2026-03-14';
const none: ReadonlySet<string> = new Set();

function bytesOf(document: SnapshotDocument): Uint8Array {
  return new TextEncoder().encode(formatDocument(document));
}

function parsed(bytes: Uint8Array, wanted?: ReadonlySet<string>): SnapshotDocument {
  const result = parseDay(bytes, day, wanted);
  if ('reason' in result) throw new Error(result.reason);
  return result.document;
}

/** As the Go tool writes it. */
function goRow(repo: string, tags: readonly object[] | null, pulls = 5): object {
  return { repo, last_updated: '', tags, pull_count: pulls };
}

const goTag = {
  name: '1.0',
  last_updated: '',
  digest: 'sha256:1',
  images: [{ architecture: 'amd64', os: 'linux', digest: '', size: 1 }],
  full_size: 1,
};

function goDay(...rows: readonly object[]): SnapshotDocument {
  return { timestamp: `${day}T00:00:00Z`, docker_hub: rows };
}

function withoutTags(readings: readonly Reading[]): readonly Reading[] {
  return readings.map(({ tags: _tags, ...reading }) => ({ ...reading, tags: undefined }));
}

const texts = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.constantFrom('\n      ]', '\n      "tags": [\n', ']', '"pull_count": 7', '\\', '\n    {', '</script>', 'sha256-', '"sha256-'),
);
const tags: fc.Arbitrary<Tag> = fc.record({
  name: texts,
  lastUpdated: fc.option(texts, { nil: undefined }),
  digest: fc.option(texts, { nil: undefined }),
  versionId: fc.option(texts, { nil: undefined }),
  pullCount: fc.option(fc.nat(), { nil: undefined }),
  platforms: fc.option(fc.array(fc.record({ architecture: texts, os: texts }), { maxLength: 2 }), { nil: undefined }),
});
const readings = fc.uniqueArray(
  fc.record({
    registry: fc.constantFrom('dockerhub', 'ghcr', 'quay'),
    repo: fc.constantFrom('acme/app', 'acme/tool', 'acme/charts/x'),
    pullCount: fc.nat(),
    readAt: fc.constant(`${day}T10:00:00Z`),
    tagCount: fc.option(fc.nat(), { nil: undefined }),
    tags: fc.option(fc.array(tags, { maxLength: 4 }), { nil: undefined }),
  }),
  { selector: ({ registry, repo }) => `${registry} ${repo}`, minLength: 1 },
);

function isWanted({ repo }: Reading): boolean {
  return repo === 'acme/tool';
}

describe('a day of which not all tags are wanted', () => {
  it('keeps the tags of the next registry apart from those of a row whose total comes first', () => {
    const document = {
      timestamp: `${day}T00:00:00Z`,
      quay: [{ repo: 'acme/app', pull_count: 0, tags: [goTag] }],
      docker_hub: [goRow('acme/app', [goTag], 1)],
    };

    const found = parseReadings(parsed(bytesOf(document), none));

    expect(found.map(({ registry, pullCount }) => [registry, pullCount])).toEqual([
      ['quay', 0],
      ['dockerhub', 1],
    ]);
  });

  it('has the same readings but for the tags that are not, whatever is in them', () => {
    fc.assert(
      fc.property(readings, (all) => {
        const bytes = bytesOf(mergeReadings(undefined, all));
        const whole = parseReadings(parsed(bytes));

        expect(withoutTags(parseReadings(parsed(bytes, none)))).toEqual(withoutTags(whole));
        const wanted = parseReadings(parsed(bytes, new Set(['acme/tool'])));
        expect(wanted.filter(isWanted)).toEqual(whole.filter(isWanted));
        expect(withoutTags(wanted)).toEqual(withoutTags(whole));
      }),
    );
  });

  it('has no tags but those, and says which are missing', () => {
    const bytes = bytesOf(goDay(goRow('acme/app', [goTag, goTag]), goRow('acme/tool', [goTag]), goRow('acme/none', null)));

    const document = parsed(bytes, new Set(['acme/tool']));

    expect(parseReadings(document).map(({ repo, tags: found, tagCount }) => [repo, found?.length, tagCount])).toEqual([
      ['acme/app', undefined, undefined],
      ['acme/tool', 1, 1],
      ['acme/none', undefined, undefined],
    ]);
    expect([...missingIn(document)]).toEqual(['docker_hub acme/app', 'docker_hub acme/app length']);
  });

  it('is read whole where it is written in another way, or has attachments, whose number nobody knows otherwise', () => {
    const attached = goDay(goRow('acme/app', [goTag, { ...goTag, name: `sha256-${'0'.repeat(64)}.sig` }]));
    const compact = new TextEncoder().encode(JSON.stringify(goDay(goRow('acme/app', [goTag]))));

    for (const bytes of [bytesOf(attached), compact]) {
      expect(parsed(bytes, none)).toEqual(parsed(bytes));
      expect(parseReadings(parsed(bytes, none))[0]?.tagCount).toBe(1);
    }
  });

  it('is corrupt for the same reason as without', () => {
    const text = formatDocument(goDay(goRow('acme/app', [goTag]), goRow('acme/tool', [goTag])));
    const damaged = [
      text.slice(0, -20),
      text.slice(0, text.indexOf('full_size')),
      text.replace('"name": "1.0"', '"name": "\u0000\u0000\u0000"'),
      `${text}]`,
      '',
    ];

    for (const each of damaged) {
      const bytes = new TextEncoder().encode(each);
      expect(parseDay(bytes, day, none)).toEqual(parseDay(bytes, day));
      expect(parseDay(bytes, day, none)).toHaveProperty('reason');
    }
    const notUtf8 = Uint8Array.from(new TextEncoder().encode(text), (byte) => (byte === 0x31 ? 0xff : byte));
    expect(parseDay(notUtf8, day, none)).toEqual({ reason: 'not JSON in UTF-8' });
  });
});
