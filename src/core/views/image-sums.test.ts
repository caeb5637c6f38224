import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumGrowth, type Growth } from '../numbers/growth.ts';
import { sumWeekdays, type WeekdayPulls } from '../numbers/weekday.ts';
import { createImageSums, imageSumsOf, sumImages } from './image-sums.ts';
import type { TrackedImage } from './images.ts';

const anyGrowth: fc.Arbitrary<Growth> = fc.oneof(
  fc.constant({}),
  fc.record({ pulls: fc.nat(99) }),
  fc.record({ pulls: fc.nat(99), change: fc.integer({ min: -99, max: 99 }) }),
);
const anyWeekday: fc.Arbitrary<WeekdayPulls> = fc.record(
  { pulls: fc.nat(99), earlier: fc.array(fc.nat(99), { maxLength: 4 }) },
  { requiredKeys: ['earlier'] },
);
const anyImage: fc.Arbitrary<TrackedImage> = fc.record(
  {
    registry: fc.constantFrom('dockerhub', 'ghcr'),
    repo: fc.constantFrom('acme/a', 'acme/b'),
    pullCount: fc.nat(999),
    lastDay: anyGrowth,
    weekday: anyWeekday,
    lastWeek: anyGrowth,
    last30Days: anyGrowth,
    historySince: fc.constantFrom('2026-03-01', '2026-03-02'),
    backfilledDays: fc.nat(30),
    importedDays: fc.constant(0),
    lastRead: fc.constantFrom('2026-03-14T10:00:00.000Z', '2026-03-14T11:00:00.000Z'),
    stale: fc.boolean(),
  },
  { requiredKeys: ['registry', 'repo', 'lastDay', 'weekday', 'lastWeek', 'last30Days', 'backfilledDays', 'importedDays', 'stale'] },
);

function image(more: Partial<TrackedImage>): TrackedImage {
  const nothing = { lastDay: {}, weekday: { earlier: [] }, lastWeek: {}, last30Days: {}, backfilledDays: 0, importedDays: 0, stale: false };
  return { registry: 'ghcr', repo: 'acme/a', ...nothing, ...more };
}

describe('sums of images', () => {
  it('are those of all of them, however they are kept', () => {
    fc.assert(
      fc.property(fc.array(anyImage, { maxLength: 20 }), fc.array(fc.tuple(fc.nat(600), anyImage), { maxLength: 4 }), (some, changes) => {
        const sums = createImageSums();
        let images = Array.from({ length: 30 }, () => some).flat();
        for (const [at, changed] of changes) {
          expect(sums(images)).toEqual(sumImages(images));
          images = at < images.length ? images.with(at, changed) : [...images, changed];
        }
        const made = sums(images);
        expect(made).toEqual(sumImages(images));
        expect(made.weekday).toEqual(sumWeekdays(images.map(({ weekday }) => weekday)));
        expect(made.lastDay).toEqual(sumGrowth(images.map(({ lastDay }) => lastDay)));
        expect(made.last30Days).toEqual(sumGrowth(images.map(({ last30Days }) => last30Days)));
        expect(made.total ?? 0).toBe(images.reduce((sum, { pullCount = 0 }) => sum + pullCount, 0));
      }),
      { numRuns: 50 },
    );
  });

  it('say what is known of each registry, and nothing of one that was never read', () => {
    const sums = sumImages([
      image({ pullCount: 5, historySince: '2026-03-02', backfilledDays: 3, lastRead: '2026-03-14T10:00:00.000Z', stale: true }),
      image({ pullCount: 7, historySince: '2026-03-01', backfilledDays: 1 }),
      image({ registry: 'dockerhub', historySince: '2026-03-01', backfilledDays: 9 }),
    ]);
    expect(sums).toMatchObject({ images: 3, stale: 1, total: 12, lastRead: Date.parse('2026-03-14T10:00:00.000Z') });
    expect([...sums.registries]).toEqual([
      ['ghcr', { historySince: '2026-03-01', backfilledDays: 3 }],
      ['dockerhub', { historySince: undefined, backfilledDays: 0 }],
    ]);
    expect(sumImages([])).toMatchObject({ images: 0, total: undefined, lastRead: undefined, weekday: { pulls: undefined } });
  });

  it('are kept by store', () => {
    const store = {};
    expect(imageSumsOf(store)).toBe(imageSumsOf(store));
    expect(imageSumsOf(store)).not.toBe(imageSumsOf({}));
  });
});
