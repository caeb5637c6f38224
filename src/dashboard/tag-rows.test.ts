import { describe, expect, it } from 'vitest';
import type { Tag } from '../core/model/reading.ts';
import { tagOrder, tagRows } from './tag-rows.ts';
import { textFilter } from './text-filter.ts';
import type { TagSort } from './tag-view.ts';

const tags: readonly Tag[] = [
  { name: '1.10', lastUpdated: '2026-03-03T08:00:00Z', fullSize: 300 },
  { name: '1.9', lastUpdated: '2026-03-02T08:00:00Z', fullSize: 900, pullCount: 7 },
  { name: 'latest', lastUpdated: '2026-03-02T08:00:00Z', fullSize: 20, pullCount: 0 },
  { name: '1.9-rc.2' },
  { name: '1.9-rc.10' },
];

function sorted(sort: TagSort, descending: boolean): readonly string[] {
  const { key, compare } = tagOrder({ sort, descending });
  // In any order that they come.
  const rows = tagRows({ registry: 'ghcr', repo: 'acme/app', tags }).toReversed();
  return rows.toSorted((a, b) => compare(key(a), key(b))).map(({ tag }) => tag.name);
}

describe('the rows of tags', () => {
  it.each<[TagSort, boolean, string]>([
    ['name', false, '1.9 1.9-rc.2 1.9-rc.10 1.10 latest'],
    ['name', true, 'latest 1.10 1.9-rc.10 1.9-rc.2 1.9'],
    ['pushed', true, '1.10 1.9 latest 1.9-rc.2 1.9-rc.10'],
    ['pushed', false, '1.9 latest 1.10 1.9-rc.2 1.9-rc.10'],
    ['size', true, '1.9 1.10 latest 1.9-rc.2 1.9-rc.10'],
    ['size', false, 'latest 1.10 1.9 1.9-rc.2 1.9-rc.10'],
    ['pulls', true, '1.9 latest 1.10 1.9-rc.2 1.9-rc.10'],
    ['pulls', false, 'latest 1.9 1.10 1.9-rc.2 1.9-rc.10'],
  ])('sorted by %s, descending %s, have what is not known last, and of equals the newest first', (sort, descending, names) => {
    expect(sorted(sort, descending)).toEqual(names.split(' '));
  });

  it('are found by all words of a search, whatever their case', () => {
    expect(textFilter('alpine rc')('v1.9-RC.2-alpine')).toBe(true);
    expect(textFilter('alpine rc.3')('v1.9-RC.2-alpine')).toBe(false);
    expect(textFilter('')('latest')).toBe(true);
  });
});
