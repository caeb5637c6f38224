import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reading, Tag } from '../core/model/reading.ts';
import { cutTags, demandOf, fairShare, isStoredAs, sizeOfTags, tagsHash } from './tag-budget.ts';

function tags(count: number, platforms = 0): Tag[] {
  return Array.from({ length: count }, (_, at) => ({
    name: `v${at}`,
    lastUpdated: new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
    platforms: Array.from({ length: platforms }, (__, n) => ({ architecture: `arch${n}`, os: 'linux', digest: 'd'.repeat(71) })),
  }));
}

function read(list: readonly Tag[] | undefined, more: Partial<Reading> = {}): Reading {
  return { registry: 'dockerhub', repo: 'acme/app', pullCount: 1, readAt: '2026-03-14T10:00:00.000Z', tags: list, ...more };
}

describe('the share of an image', () => {
  it.each([
    [[], 100, Infinity],
    [[10, 20, 30], 60, Infinity],
    [[10, 20, 31], 60, 30],
    [[100, 100, 1], 101, 50],
    [[100, 100, 100, 100], 10, 2],
  ])('of %j within %i is %d', (demands, budget, share) => {
    expect(fairShare(demands, budget)).toBe(share);
  });

  it('never gives more than there is, and takes nothing from those who need little', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 1 }), fc.nat(5000), (demands, budget) => {
        const share = fairShare(demands, budget);
        const given = demands.map((demand) => Math.min(demand, share));

        expect(given.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(budget);
        expect(share).toBeGreaterThanOrEqual(Math.floor(budget / demands.length));
      }),
    );
  });
});

describe('a list that is cut', () => {
  it('keeps its newest tags in their order, and says how many it lost', () => {
    const list = tags(10, 3);
    const half = sizeOfTags(list) / 2;

    const { tags: kept, tagsCut } = cutTags(read(list), half);

    expect(kept?.map(({ name }) => name)).toEqual(['v5', 'v6', 'v7', 'v8', 'v9']);
    expect(tagsCut).toBe(5);
    expect(cutTags(read(kept, { tagsCut }), half / 5)).toMatchObject({ tags: [{ name: 'v9' }], tagsCut: 9 });
  });

  it('is left alone where it fits, and is none where not one of its tags does', () => {
    const reading = read(tags(3));

    expect(cutTags(reading, sizeOfTags(reading.tags))).toBe(reading);
    expect(cutTags(reading, 100)).toMatchObject({ tags: undefined, tagsCut: 3 });
    expect(cutTags(read(undefined), 0)).toEqual(read(undefined));
  });

  it('needs as much as before it was cut', () => {
    const whole = read(tags(100, 3));

    expect(demandOf(cutTags(whole, 20_000)) / demandOf(whole)).toBeCloseTo(1, 1);
  });
});

describe('a stored list', () => {
  const list = tags(10, 2);

  it('is known again, also where only its newest tags are stored', () => {
    const { tags: kept = [] } = cutTags(read(list), sizeOfTags(list) / 2);

    expect(isStoredAs(tagsHash('dockerhub', list), false, read(list))).toBe(true);
    expect(isStoredAs(tagsHash('dockerhub', kept), true, read(list))).toBe(true);
    expect(isStoredAs(tagsHash('dockerhub', kept), false, read(list))).toBe(false);
  });

  it.each<[string, readonly Tag[]]>([
    ['a tag moves', list.map((tag, at) => (at === 9 ? { ...tag, digest: 'sha256:1' } : tag))],
    ['a tag is new', [...list, { name: 'v10', lastUpdated: '2026-03-01T00:00:00Z' }]],
    ['a tag is gone', list.slice(0, -1)],
    ['a platform is gone', list.map((tag) => ({ ...tag, platforms: tag.platforms?.slice(1) }))],
    ['a tag is pulled', list.map((tag) => ({ ...tag, pullCount: 1 }))],
  ])('is another one when %s', (_, changed) => {
    expect(isStoredAs(tagsHash('dockerhub', list), false, read(changed))).toBe(false);
    expect(isStoredAs(tagsHash('dockerhub', list), true, read(changed))).toBe(false);
  });

  it('of an earlier version is not known', () => {
    expect(isStoredAs('', false, read(list))).toBe(false);
    expect(isStoredAs('', true, read([]))).toBe(false);
  });
});
