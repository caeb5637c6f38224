import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFixedClock } from '../../test/support/fixed-clock.ts';
import type { LatestImage } from '../core/model/history.ts';
import { compareImages, imageKey } from '../core/model/image.ts';
import { latestOfDay } from '../core/numbers/testing/latest-image.ts';
import { createOverviewLists } from './overview-list.ts';

const names = ['acme/a', 'acme/b', 'old/a'].flatMap((repo) => ['dockerhub', 'ghcr'].map((registry) => ({ registry, repo })));
const groups = [
  {
    name: 'both',
    members: [
      { registry: 'ghcr', repo: 'acme/a' },
      { registry: 'ghcr', repo: 'old/a' },
    ],
  },
];

function listsOf(images: ReadonlyMap<string, LatestImage>) {
  let [from, latest]: [string, readonly LatestImage[]] = ['', []];
  const store = {
    // As a store does it: the same array until something changes.
    async latest() {
      const state = JSON.stringify([...images.values()]);
      if (state !== from) [from, latest] = [state, [...images.values()].toSorted(compareImages)];
      return latest;
    },
    days: async () => ['2026-03-14'],
  };
  return createOverviewLists({
    store,
    clock: createFixedClock('2026-03-14T12:00:00.000Z'),
    configured: [],
    groups,
    staleAfterMs: 86_400_000,
  });
}

describe('the list of the overview', () => {
  it('is that of the images as they are now, after whatever was read, came and went', async () => {
    const step = fc.record({
      name: fc.constantFrom(...names),
      day: fc.constantFrom('2026-03-01', '2026-03-14', undefined),
      pullCount: fc.nat(9),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
        const images = new Map<string, LatestImage>();
        const lists = listsOf(images);
        for (const { name, day, pullCount } of steps) {
          if (day === undefined) images.delete(imageKey(name));
          else images.set(imageKey(name), latestOfDay(name, day, { pullCount, readAt: `${day}T09:00:00.000Z` }));
          for (const registry of ['', 'ghcr']) {
            const { nameOf, rowsOf, ...list } = await lists(registry);
            const { nameOf: _, rowsOf: freshRowsOf, ...fresh } = await listsOf(images)(registry);
            expect(list).toEqual(fresh);
            expect(rowsOf(['acme/b', 'both', 'acme/b'])).toEqual(freshRowsOf(['acme/b', 'both']));
            expect([...list.shown, ...list.hidden].toSorted(compareImages)).toEqual(list.latest);
            expect(list.rows.map(({ repo }) => repo)).toEqual([...new Set(list.images.map(nameOf))]);
          }
        }
      }),
    );
  });

  it('has no row for what was not read for more than a week, and is the same until something changes', async () => {
    const images = new Map(
      names.map((name) => [imageKey(name), latestOfDay(name, name.repo === 'old/a' ? '2026-03-01' : '2026-03-14', {})]),
    );
    const lists = listsOf(images);
    const list = await lists('dockerhub');
    expect(list.rows.map(({ repo }) => repo)).toEqual(['acme/a', 'acme/b']);
    expect(list.hidden.map(({ repo }) => repo)).toEqual(['old/a']);
    expect(list.rowsOf(['acme/b', 'acme/a', 'old/a']).map(({ repo }) => repo)).toEqual(['acme/a', 'acme/b']);
    expect([list.count, [...list.registries]]).toEqual([6, ['dockerhub', 'ghcr']]);
    expect(await lists('dockerhub')).toBe(list);
  });
});
