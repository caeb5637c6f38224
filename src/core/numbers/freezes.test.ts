import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeededRandom } from '../../demo/simulator/seeded-random.ts';
import { fromEpochDay, toEpochDay, type EpochDay } from '../model/day.ts';
import type { ImageSeries } from '../model/history.ts';
import type { Mark } from '../model/mark.ts';
import { coveredDays } from './covered-days.ts';
import { findFreezes, withStillDays, type Freeze } from './freezes.ts';
import { toPulls } from './series.ts';

const first = toEpochDay('2025-03-31');

/** An image with these pulls, one number a day; null: not read. */
function image(repo: string, pulls: readonly (number | null)[], mark: Mark = 'read'): ImageSeries {
  let total = 1_000;
  const known = pulls.flatMap((each, at) => {
    total += each ?? 0;
    return each === null ? [] : [[first + at, total] as const];
  });
  return {
    registry: 'dockerhub',
    repo,
    days: known.map(([day]) => day),
    totals: known.map(([, sum]) => sum),
    marks: known.map(() => mark),
  };
}

/** Pulls around a median, fewer at weekends, for so many days. */
function typical(median: number, days: number, seed = 1): number[] {
  const random = createSeededRandom(seed);
  return Array.from({ length: days }, (_, at) => Math.round(median * (at % 7 > 4 ? 0.6 : 1) * (0.8 + 0.4 * random())));
}

function daysOf(freezes: readonly Freeze[]): (readonly [string, string, string | undefined])[] {
  return freezes.map(({ from, to, until }) => [
    fromEpochDay(from),
    fromEpochDay(to),
    until === undefined ? undefined : fromEpochDay(until),
  ]);
}

describe('a freeze', () => {
  it('of seven images of one owner is found from a single still day (l7mp, 2025-07-09)', () => {
    const images = [290, 168, 166, 60, 30, 12, 3].map((median, at) => {
      const pulls = typical(median, 120, at + 1);
      return image(`l7mp/image-${at}`, pulls.with(100, 0).with(101, Math.round(median * 2.5)));
    });

    expect(daysOf(findFreezes(images))).toEqual([['2025-07-09', '2025-07-09', '2025-07-10']]);
  });

  it('of one image with thousands of pulls is found after four weeks', () => {
    expect(daysOf(findFreezes([image('acme/app', [...typical(3_000, 30), 0, 0, 9_000, 3_000])]))).toEqual([
      ['2025-04-30', '2025-05-01', '2025-05-02'],
    ]);
    expect(findFreezes([image('acme/app', [...typical(3_000, 20), 0, 0, 9_000, 3_000])])).toEqual([]);
  });

  it('goes on while nothing has moved since, and the day in progress says nothing yet', () => {
    const before = typical(3_000, 60);

    expect(daysOf(findFreezes([image('acme/app', [...before, 0])]))).toEqual([]);
    expect(daysOf(findFreezes([image('acme/app', [...before, 0, 0])]))).toEqual([['2025-05-30', '2025-05-30', undefined]]);
  });

  it.each([
    [14, 40],
    [370, 4],
  ])('is never found in an image that has %i still days of 476', (still, size) => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = createSeededRandom(seed);
      const pulls = Array.from({ length: 476 }, () => (random() < still / 476 ? 0 : 1 + Math.floor(size * random())));

      expect(findFreezes([image('acme/small', pulls)])).toEqual([]);
    }
  });

  it('is none where one image of the owner moved, or was not read', () => {
    const busy = image('acme/app', typical(3_000, 100).with(80, 0));

    expect(findFreezes([busy])).toHaveLength(1);
    expect(findFreezes([busy, image('acme/tool', typical(20, 100))])).toEqual([]);
    expect(findFreezes([busy, image('acme/tool', [...typical(20, 80), null, ...typical(20, 19)])])).toEqual([]);
    expect(findFreezes([busy, image('other/tool', typical(20, 100))])).toHaveLength(1);
  });

  it('is not looked for where the registry publishes its days', () => {
    const pulls = typical(3_000, 100).with(80, 0);

    expect(findFreezes([image('acme/app', pulls, 'closed')])).toEqual([]);
    expect(findFreezes([image('acme/app', pulls, 'backfilled')])).toEqual([]);
  });

  it('makes the value after it cover its days', () => {
    const app = image('acme/app', typical(3_000, 100).with(80, 0).with(81, 0).with(82, 9_000));
    const [frozen] = withStillDays([app], findFreezes([app]));

    expect([79, 80, 81, 82, 83].map((at) => frozen && coveredDays(frozen, at))).toEqual([1, 1, 1, 3, 1]);
    expect(frozen && toPulls(frozen)).toEqual(toPulls(app));
  });
});

interface World {
  readonly seed: number;
  readonly medians: readonly number[];
  /** Where the counters stand still: the first whole day, how many, and how much of the day before is held back too. */
  readonly freezes: readonly { readonly day: number; readonly length: number; readonly begins: number }[];
}

const worldDays = 400;
/** The least that every day of the largest image has, so that a single still day after 28 known ones is found: 29 × (q + 1) ≥ 10,000. */
const foundSize = 400;

const worlds: fc.Arbitrary<World> = fc
  .record({
    seed: fc.integer({ min: 1, max: 1e9 }),
    large: fc.integer({ min: foundSize, max: 20_000 }),
    others: fc.array(fc.nat({ max: 300 }), { maxLength: 5 }),
    starts: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
    length: fc.integer({ min: 1, max: 6 }),
    begins: fc.double({ min: 0, max: 0.9, noNaN: true }),
    shift: fc.nat({ max: 20 }),
  })
  .map(({ seed, large, others, starts, length, begins, shift }) => ({
    seed,
    medians: [large, ...others],
    freezes: starts.toSorted((a, b) => a - b).map((start) => ({ day: 60 + start * 50 + shift, length, begins })),
  }));

/** What the pulls were, and what the registry showed: weekly rhythm, bursts, and all of a freeze at once after it. */
function simulate({ seed, medians, freezes }: World): { readonly images: ImageSeries[]; readonly still: Set<EpochDay> } {
  const random = createSeededRandom(seed);
  const images = medians.map((median, at) => {
    const floor = at === 0 ? foundSize : 0;
    const shown = Array.from({ length: worldDays }, (_, day) => {
      const burst = random() < 0.03 ? 1 + 9 * random() : 1;
      return floor + Math.floor(median * (day % 7 > 4 ? 0.4 : 1) * 2 * random() * burst);
    });
    for (const { day, length, begins } of freezes) {
      let held = Math.round((shown[day - 1] ?? 0) * begins);
      shown[day - 1] = (shown[day - 1] ?? 0) - held;
      for (let still = day; still < day + length; still += 1) {
        held += shown[still] ?? 0;
        shown[still] = 0;
      }
      shown[day + length] = (shown[day + length] ?? 0) + held;
    }
    return image(`acme/${at}`, shown);
  });
  return { images, still: new Set(freezes.flatMap(({ day, length }) => Array.from({ length }, (_, at) => first + day + at))) };
}

describe('for any owner whose largest image has more than the stated size every day', () => {
  it('every freeze is found, and nothing else', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { images, still } = simulate(world);
        const freezes = findFreezes(images);
        const found = freezes.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, at) => from + at));
        expect(found).toEqual([...still].toSorted((a, b) => a - b));
        // No spike without its days: what follows a freeze covers it.
        for (const { until, from } of freezes) {
          for (const frozen of withStillDays(images, freezes)) {
            const at = Array.from(frozen.days).indexOf(until ?? 0);
            expect(coveredDays(frozen, at)).toBe((until ?? 0) - from + 1);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('for counters that are never frozen', () => {
  const noises: Readonly<Record<string, (mean: number, random: () => number) => number>> = {
    even: (mean, random) => 2 * mean * random(),
    exponential: (mean, random) => -mean * Math.log(1 - random()),
    mostlyQuiet: (mean, random) => (random() < 0.3 ? 0 : mean * random()),
  };

  it.each(Object.keys(noises))('no freeze is found in years of noise: %s', (name) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 3 }),
        (seed, means) => {
          const random = createSeededRandom(seed);
          const noise = noises[name];
          const images = means.map((mean, at) =>
            image(
              `acme/${at}`,
              Array.from({ length: 1_000 }, (_, day) => Math.floor(noise?.(mean * (day % 7 > 4 ? 0.3 : 1), random) ?? 0)),
            ),
          );
          expect(findFreezes(images)).toEqual([]);
        },
      ),
      // A fixed seed: the threshold lets through one still day in 10,000 of the largest, by its definition.
      { numRuns: 25, seed: 16 },
    );
  });
});
