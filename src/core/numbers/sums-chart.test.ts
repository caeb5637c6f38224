import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DaySum, ImageSeries } from '../model/history.ts';
import { fromEpochDay } from '../model/day.ts';
import type { DayRange } from '../model/query.ts';
import { marks } from '../model/mark.ts';
import { buildChart, knownRange, type ChartKind, type ChartSplit } from './chart.ts';
import { addDaySums, daySumsOf, negated } from './day-sums.ts';
import { withStillDays, type Freeze } from './freezes.ts';
import { buildSumsChart } from './sums-chart.ts';

const firstDay = 20_500;
const anyDay = fc.integer({ min: firstDay, max: firstDay + 40 });
const anyImage = fc.record({
  registry: fc.constantFrom('dockerhub', 'ghcr', 'quay'),
  repo: fc.constantFrom('acme/a', 'acme/b', 'acme/c', 'acme/d', 'acme/e'),
  known: fc.uniqueArray(
    fc.record({
      day: anyDay,
      total: fc.nat(10_000),
      mark: fc.constantFrom(...marks),
      dayPulls: fc.option(fc.nat(50), { nil: undefined, freq: 9 }),
    }),
    { selector: ({ day }) => day, maxLength: 20, minLength: 1 },
  ),
  still: fc.option(anyDay, { nil: undefined, freq: 5 }),
});
const anySeries = fc.uniqueArray(anyImage, { selector: ({ registry, repo }) => `${registry} ${repo}`, maxLength: 9 }).map((images) =>
  images.map(({ registry, repo, known, still }): ImageSeries => {
    const sorted = known.toSorted((a, b) => a.day - b.day);
    const notes = new Map(sorted.flatMap(({ day, dayPulls }) => (dayPulls === undefined ? [] : [[day, { dayPulls }] as const])));
    return {
      registry,
      repo,
      days: sorted.map(({ day }) => day),
      totals: sorted.map(({ total }) => total),
      marks: sorted.map(({ mark }) => mark),
      notes,
      still: still === undefined ? undefined : new Set(sorted.map(({ day }) => day).filter((day) => day === still)),
    };
  }),
);

function sumsOf(series: readonly ImageSeries[]): readonly DaySum[] {
  return addDaySums(series.flatMap((image) => [...daySumsOf(image)]));
}

const anyRange = fc.record({ from: anyDay.map(fromEpochDay), to: anyDay.map(fromEpochDay) }, { requiredKeys: [] });
const anyKind = fc.constantFrom<ChartKind>('total', 'daily', 'weekly', 'monthly');

function spread(day: number): number {
  return firstDay + 5 * (day - firstDay);
}

/** Far apart, so that values cover more days than lie between those that are needed and those that are shown. */
const anySparseSeries = anySeries.map((series) =>
  series.map((image): ImageSeries => {
    const notes = new Map([...(image.notes ?? [])].map(([day, note]) => [spread(day), note]));
    return { ...image, days: Array.from(image.days, spread), marks: Array.from(image.days, () => 'read'), notes, still: undefined };
  }),
);
const anyFreeze = fc
  .record({ registry: fc.constantFrom('dockerhub', 'quay'), from: anyDay, length: fc.nat(60), hasEnded: fc.boolean() })
  .map(({ registry, from, length, hasEnded }): Freeze => {
    const first = spread(from);
    // It ends on a day that has a value.
    const to = first + 5 * Math.ceil((length + 1) / 5) - 1;
    return { registry, owner: 'acme', from: first, to, until: hasEnded ? to + 1 : undefined };
  });

/** Whether an image that was read in a freeze was read again when it was over, or never: a value weeks later is taken to cover the time since its end. */
function isReadAgain({ days }: ImageSeries, { from, to, until = Infinity }: Freeze): boolean {
  const known = Array.from(days);
  const next = known.find((day) => day > to) ?? until;
  return next === until || !known.some((day) => day >= from && day <= to);
}

describe('the days that a chart needs', () => {
  it('draw what all history draws', () => {
    const anyLateDay = fc.integer({ min: firstDay + 60, max: firstDay + 200 }).map(fromEpochDay);
    const anyLateRange = fc.record({ from: anyLateDay, to: anyLateDay }, { requiredKeys: [] });
    const anyFreezes = fc.array(anyFreeze, { maxLength: 2 });
    fc.assert(
      fc.property(
        anySparseSeries,
        anyLateRange,
        fc.constantFrom<ChartKind>('daily', 'weekly', 'monthly', 'average', 'total'),
        anyFreezes,
        (series, range, kind, drawn) => {
          const options = { ...range, kind, split: 'image' as const, maxLines: 8 };
          const freezes = drawn.filter((freeze) => series.every((image) => isReadAgain(image, freeze)));
          const needed = series.map((image) => within(image, knownRange(options, freezes)));
          expect(buildChart(withStillDays(needed, freezes), options)).toEqual(buildChart(withStillDays(series, freezes), options));
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** As a store cuts it: with the known day before the range. */
function within(image: ImageSeries, { from = '' }: DayRange): ImageSeries {
  const days = Array.from(image.days);
  const first = Math.max(0, days.findIndex((day) => fromEpochDay(day) >= from) - 1);
  const cut = days.every((day) => fromEpochDay(day) < from) ? days.length - 1 : first;
  const marksLeft = days.map((_, at) => image.marks.at(at) ?? 'read').slice(cut);
  return { ...image, days: days.slice(cut), totals: Array.from(image.totals).slice(cut), marks: marksLeft };
}

describe('a chart of what images add up to', () => {
  it('is the chart of their series', () => {
    fc.assert(
      fc.property(anySeries, anyRange, anyKind, fc.constantFrom<ChartSplit>('none', 'registry'), (series, range, kind, split) => {
        const options = { ...range, kind, split };
        expect(buildSumsChart({ sums: sumsOf(series) }, options)).toEqual(buildChart(series, { ...options, maxLines: 8 }));
      }),
      { numRuns: 500 },
    );
  });

  it('is so with lines of single images, of which the rest is what they leave', () => {
    fc.assert(
      fc.property(anySeries, anyRange, anyKind, fc.integer({ min: 2, max: 6 }), (series, range, kind, maxLines) => {
        const options = { ...range, kind, split: 'image' as const };
        const newest = new Map<string, number>();
        for (const { repo, totals } of series) newest.set(repo, (newest.get(repo) ?? 0) + (totals[totals.length - 1] ?? 0));
        const order = [...newest].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([repo]) => repo);
        const labels = order.length <= maxLines ? order : order.slice(0, maxLines - 1);
        const own = series.filter(({ repo }) => labels.includes(repo));
        expect(buildSumsChart({ sums: sumsOf(series), own, labels }, options)).toEqual(buildChart(series, { ...options, maxLines }));
      }),
      { numRuns: 500 },
    );
  });

  it('is so up to a rounding with averages', () => {
    fc.assert(
      fc.property(anySeries, anyRange, fc.constantFrom<ChartSplit>('none', 'registry'), (series, range, split) => {
        const options = { ...range, kind: 'average' as const, split };
        const [one, other] = [buildSumsChart({ sums: sumsOf(series) }, options), buildChart(series, { ...options, maxLines: 8 })];
        expect(one.days).toEqual(other.days);
        for (const { label, values } of one.lines) {
          const same = other.lines.find((line) => line.label === label)?.values;
          for (const [at, value] of values.entries()) expect(Math.abs((value ?? 0) - (same?.[at] ?? 0))).toBeLessThan(0.15);
        }
      }),
    );
  });

  it('sums and their negatives leave nothing', () => {
    fc.assert(
      fc.property(anySeries, (series) => {
        const sums = sumsOf(series);
        expect(addDaySums([...sums, ...sums.map(negated)])).toEqual([]);
      }),
    );
  });
});
