import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeededRandom } from '../../demo/simulator/seeded-random.ts';
import type { ImageSeries } from '../model/history.ts';
import { findUnusualDays } from './unusual-days.ts';

/** The series of an image with these pulls, a day each; null: a day without a value, whose pulls are in the next. */
function seriesOf(daily: readonly (number | null)[], still?: ReadonlySet<number>): ImageSeries {
  const days: number[] = [0];
  const totals: number[] = [1000];
  let total = 1000;
  for (const [at, pulls] of daily.entries()) {
    if (pulls === null) continue;
    total += pulls;
    days.push(at + 1);
    totals.push(total);
  }
  return { registry: 'dockerhub', repo: 'acme/app', days, totals, marks: days.map(() => 'read' as const), still };
}

function found(daily: readonly (number | null)[]): number[] {
  return [...findUnusualDays(seriesOf(daily))].map(({ day }) => day - 1);
}

const quiet = Array.from({ length: 28 }, (_, at) => 100 + (at % 3));

describe('an unusual day', () => {
  it('is far above the median of the 28 days before, and says what is typical', () => {
    expect([...findUnusualDays(seriesOf([...quiet, 900]))]).toEqual([{ day: 29, pulls: 900, typical: 101 }]);
  });

  it.each([
    ['five times the square root of a steady median above it', Array.from({ length: 28 }, () => 400), 801, true],
    ['less than twice the typical', Array.from({ length: 28 }, () => 400), 799, false],
    ['at least 50 above', Array.from({ length: 28 }, () => 0), 51, true],
    ['less than 50 above', Array.from({ length: 28 }, () => 0), 49, false],
    // Median 100, median distance 60: 5 × 1.4826 × 60 above it is 545.
    ['beyond five deviations', Array.from({ length: 28 }, (_, at) => [100, 40, 160][at % 3] ?? 0), 546, true],
    ['within five deviations', Array.from({ length: 28 }, (_, at) => [100, 40, 160][at % 3] ?? 0), 540, false],
  ])('has to be %s', (_what, before, value, isUnusual) => {
    expect(found([...before, value])).toEqual(isUnusual ? [28] : []);
  });

  it('needs days before it that are known', () => {
    expect(found([...quiet.slice(0, 20), 900])).toEqual([]);
    expect(found([...quiet.slice(0, 21), 900])).toEqual([21]);
  });

  it('is followed by seven days of which nothing is said', () => {
    expect(found([...quiet, 900, 900, 100, 100, 900, 100, 100, 100, 100, 100, 100, 100, 900])).toEqual([28, 40]);
  });

  it('is news again when it is twice as large as those that an image has again and again', () => {
    const weekly = Array.from({ length: 84 }, (_, at) => (at % 7 === 6 ? 900 : 100));

    expect(found([...quiet, ...weekly, 100, 1_700])).toEqual([34]);
    expect(found([...quiet, ...weekly, 100, 1_900])).toEqual([34, 113]);
  });

  it('is no day whose value covers more than itself', () => {
    expect(found([...quiet, null, null, null, null, 900])).toEqual([]);
    const after = seriesOf([...quiet, 0, 0, 0, 400], new Set([29, 30, 31]));
    expect([...findUnusualDays(after)]).toEqual([]);
  });

  it('is no day that catches up on what the days before lacked', () => {
    expect(found([...quiet, 0, 0, 300])).toEqual([]);
    expect(found([...quiet, 10, 260])).toEqual([]);
    expect(found([...quiet, 0, 900])).toEqual([29]);
  });

  it('is none where the total contradicts the daily counts', () => {
    const series = seriesOf([...quiet, 900]);
    const marks = Array.from(series.days, (day) => (day === 29 ? ('inconsistent' as const) : ('read' as const)));

    expect([...findUnusualDays({ ...series, marks })]).toEqual([]);
  });

  it('is the same whether all days or the last ones are asked for', () => {
    const spike = fc.record({ at: fc.integer({ min: 30, max: 299 }), pulls: fc.integer({ min: 500, max: 50_000 }) });
    fc.assert(
      fc.property(fc.array(spike, { maxLength: 12 }), fc.nat({ max: 300 }), (spikes, from) => {
        const daily = Array.from({ length: 300 }, (_, at) => 100 + (at % 3));
        for (const { at, pulls } of spikes) daily[at] = pulls;
        const series = seriesOf(daily);
        // What went on for more than twelve weeks without a pause may begin anew for who looks at its end only.
        const isShort = spikes.every(({ at }) => at > from - 84);
        const late = [...findUnusualDays(series)].filter(({ day }) => day >= from);
        fc.pre(isShort);
        expect([...findUnusualDays(series, from)]).toEqual(late);
      }),
    );
  });
});

/** Sizes and rhythms as real images have them, two years long. */
const days = 730;
const noisy: Readonly<Record<string, (random: () => number) => (number | null)[]>> = {
  'a small image with weekends': (random) =>
    Array.from({ length: days }, (_, at) => Math.round((at % 7 > 4 ? 8 : 40) * (0.3 + 1.4 * random()))),
  'a large image that grows, with weekends': (random) =>
    Array.from({ length: days }, (_, at) => Math.round((at % 7 > 4 ? 30_000 : 52_000) * (1 + at / days) * (0.8 + 0.4 * random()))),
  // A pipeline that pulls each Monday, and releases now and then.
  'an image with bursts': (random) =>
    Array.from({ length: days }, (_, at) =>
      Math.round((at % 7 === 0 ? 900 : 120) * (0.5 + random()) * (random() < 0.01 ? 6 : 1) * (random() < 0.05 ? 2 : 1)),
    ),
  'an image with bursts at any time': (random) =>
    Array.from({ length: days }, () => Math.round(200 * (0.5 + random()) * (random() < 0.04 ? 8 + 8 * random() : 1))),
  'an image whose counter catches up': (random) => {
    const daily: (number | null)[] = [];
    let held = 0;
    for (let at = 0; at < days; at += 1) {
      const pulls = Math.round(700 * (0.6 + 0.8 * random())) + held;
      const chance = random();
      held = chance < 0.04 ? pulls : chance < 0.08 ? Math.round(pulls * 0.7) : 0;
      daily.push(chance < 0.02 ? null : pulls - held);
      if (chance < 0.02) held = 0;
    }
    return daily;
  },
};

describe('in a noisy series', () => {
  it.each(Object.keys(noisy))('of %s at most five days a year are unusual, and a real spike is', (name) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const daily = noisy[name]?.(createSeededRandom(seed)) ?? [];
      expect(found(daily).length).toBeLessThanOrEqual(10);

      const typical = daily.filter((value) => value !== null).toSorted((a, b) => a - b)[days / 2] ?? 0;
      const withSpike = daily.toSpliced(400, 3, typical, typical, 40 * (typical + 50));
      const spike = 402;
      expect(found(withSpike).some((day) => day > spike - 8 && day <= spike)).toBe(true);
    }
  });
});
