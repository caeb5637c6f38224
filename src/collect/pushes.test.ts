import { describe, expect, it } from 'vitest';
import type { Reading, Tag } from '../core/model/reading.ts';
import { movedTags, tagVersions, timedPushes } from './pushes.ts';

function read(tags: readonly Tag[], more: Partial<Reading> = {}): Reading {
  return { registry: 'dockerhub', repo: 'acme/app', pullCount: 1, readAt: '2026-03-14T10:00:00.000Z', tags, ...more };
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

  it('need versions', () => {
    expect(tagVersions([{ name: 'a' }])).toBeUndefined();
    expect(tagVersions(undefined)).toBeUndefined();
    expect(tagVersions([{ name: 'a' }, { name: 'b', versionId: '1' }])).toEqual(new Map([['b', '1']]));
  });
});
