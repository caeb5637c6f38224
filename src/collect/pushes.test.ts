import { describe, expect, it } from 'vitest';
import type { Reading, Tag } from '../core/model/reading.ts';
import { knownVersions, listedPushes, movedTags, tagVersions, timedPushes } from './pushes.ts';

function read(tags: readonly Tag[], more: Partial<Reading> = {}): Reading {
  return { registry: 'dockerhub', repo: 'acme/app', pullCount: 1, readAt: '2026-03-14T10:00:00.000Z', tags, ...more };
}

function tag(name: string, versionId: string): Tag {
  return { name, versionId };
}

const since = Date.parse('2026-03-14T08:00:00Z');

describe('pushes of tags with a time', () => {
  it('are told once a release, at the time of its first push, and not before the last look', () => {
    const reading = read([
      { name: 'old', lastUpdated: '2026-03-14T08:00:00Z' },
      { name: 'latest', lastUpdated: '2026-03-14T08:12:00.5Z' },
      { name: '1.2.0', lastUpdated: '2026-03-14T08:05:00Z' },
      { name: 'edge', lastUpdated: '2026-03-14T09:30:00Z' },
      { name: 'never' },
      { name: 'odd', lastUpdated: 'soon' },
    ]);

    const base = { seenAt: reading.readAt, registry: 'dockerhub', repo: 'acme/app', kind: 'tag_pushed' };
    expect(timedPushes(reading, since)).toEqual([
      { ...base, time: '2026-03-14T08:05:00.000Z', detail: '1.2.0, latest' },
      { ...base, time: '2026-03-14T09:30:00.000Z', detail: 'edge' },
    ]);
  });

  it('leave out signatures and attestations, and what a wrong clock says of the future', () => {
    const attached = `sha256-${'a'.repeat(64)}.sig`;

    expect(timedPushes(read([{ name: attached, lastUpdated: '2026-03-14T09:00:00Z' }]), since)).toEqual([]);
    expect(timedPushes(read([{ name: 'x', lastUpdated: '2026-03-14T10:00:01Z' }]), since)).toEqual([]);
  });

  it('name ten tags and count the others', () => {
    const tags = Array.from({ length: 13 }, (_, at) => ({ name: `t${at}`, lastUpdated: '2026-03-14T09:00:00Z' }));

    expect(timedPushes(read(tags), since)[0]?.detail).toBe('t0, t1, t2, t3, t4, t5, t6, t7, t8, t9 and 3 more');
  });
});

describe('pushes of tags with a version', () => {
  const before = new Map([
    ['1.0', '98'],
    ['latest', '99'],
  ]);

  it('are those that point at a newer version than any did', () => {
    const tags = [
      { name: '1.1', versionId: '100' },
      { name: 'latest', versionId: '100' },
      { name: '1.0', versionId: '98' },
      { name: '0.9', versionId: '97' },
    ];

    expect(movedTags(read(tags), before, since)).toMatchObject([{ time: '2026-03-14T10:00:00.000Z', detail: '1.1, latest' }]);
    expect(movedTags(read(tags, { lastUpdated: '2026-03-14T09:59:00Z' }), before, since)).toMatchObject([
      { time: '2026-03-14T09:59:00.000Z' },
    ]);
    expect(movedTags(read(tags.slice(2)), before, since)).toEqual([]);
  });

  it('are not told again when the list named them before their version was read', () => {
    const signed = { ...read([]), tags: undefined, listedTags: { names: ['1.0', '1.1'], newestVersionId: '105' } };
    const after = knownVersions(signed, before) ?? new Map<string, string>();

    expect(movedTags(read([tag('1.1', '100'), tag('latest', '100')]), after, since)).toEqual([]);
    expect(movedTags(read([tag('1.2', '106'), tag('1.1', '100')]), after, since)).toMatchObject([{ detail: '1.2' }]);
    expect(knownVersions(read([tag('1.2', '106')]), after)).toEqual(new Map([['1.2', '106']]));
    expect(knownVersions({ ...signed, listedTags: undefined }, before)).toBe(before);
  });

  it('need versions', () => {
    expect(tagVersions([{ name: 'a' }])).toBeUndefined();
    expect(tagVersions(undefined)).toBeUndefined();
    expect(tagVersions([{ name: 'a' }, { name: 'b', versionId: '1' }])).toEqual(new Map([['b', '1']]));
  });
});

describe('pushes that only the list of names tells', () => {
  const attached = `sha256-${'a'.repeat(64)}.sig`;
  const known = { names: new Set(['1.0', 'latest']), count: 3 };
  const listed = (names: readonly string[], more: Partial<Reading> = {}): Reading =>
    read([], { tags: undefined, listedTags: { names }, tagCount: names.length, ...more });

  it('are the newest names that were not known, as many as there are more', () => {
    expect(listedPushes(listed(['0.9', '1.0', '1.1', 'latest', '1.2']), known, since)).toMatchObject([
      { kind: 'tag_pushed', repo: 'acme/app', time: '2026-03-14T10:00:00.000Z', detail: '1.2, 1.1' },
    ]);
    expect(listedPushes(listed(['0.9', '1.0', '1.1', 'latest'], { lastUpdated: '2026-03-14T09:59:00Z' }), known, since)).toMatchObject([
      { time: '2026-03-14T09:59:00.000Z', detail: '1.1' },
    ]);
  });

  it.each([
    ['there are no more than before', listed(['0.9', '1.0', '1.1']), known],
    ['it is not known how many there were', listed(['1.0', '1.1']), { names: known.names }],
    ['it is not known how many there are', listed(['1.0', '1.1'], { tagCount: undefined }), known],
    ['there are more than the end of the list has', listed(['1.0', '1.1', '1.2'], { tagCount: 7 }), known],
    ['no list was read', read([], { tagCount: 9 }), known],
    ['all of them were known', listed(['1.0', 'latest'], { tagCount: 4 }), known],
    ['they carry signatures', listed(['1.0', 'latest', attached], { tagCount: 4 }), known],
  ])('are none where %s', (_what, reading, before) => {
    expect(listedPushes(reading, before, since)).toEqual([]);
  });
});
