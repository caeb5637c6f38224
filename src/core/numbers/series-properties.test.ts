import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromEpochDay } from '../model/day.ts';
import type { ImageSeries } from '../model/history.ts';
import { compareText } from '../model/image.ts';
import { pullsByDay as pullRows, totalsByDay as totalRows, type SeriesRow } from './series.ts';
import { type DayRange } from '../model/query.ts';

function pullsByDay(...args: Parameters<typeof pullRows>): SeriesRow[] {
  return [...pullRows(...args)];
}

function totalsByDay(...args: Parameters<typeof totalRows>): SeriesRow[] {
  return [...totalRows(...args)];
}

const firstDay = 20_500;
const anyDay = fc.integer({ min: firstDay, max: firstDay + 20 });
const anyTotal = fc.nat(10_000);
const anyRange: fc.Arbitrary<DayRange> = fc.record({ from: anyDay.map(fromEpochDay), to: anyDay.map(fromEpochDay) }, { requiredKeys: [] });

/** Images of three repos in three registries, each image once; with `grows` no counter ever goes down. */
function anySeries(grows: boolean): fc.Arbitrary<ImageSeries[]> {
  const image = fc.record({
    registry: fc.constantFrom('dockerhub', 'ghcr', 'quay'),
    repo: fc.constantFrom('acme/a', 'acme/b', 'b-b/a'),
    days: fc.uniqueArray(anyDay, { maxLength: 12 }).map((days) => days.toSorted((a, b) => a - b)),
    totals: fc.array(anyTotal, { minLength: 12, maxLength: 12 }),
  });
  return fc.uniqueArray(image, { selector: ({ registry, repo }) => `${registry} ${repo}`, maxLength: 9 }).map((images) =>
    images.map(({ days, totals, ...name }) => {
      const known = totals.slice(0, days.length);
      return { ...name, days, marks: days.map(() => 'read'), totals: grows ? known.toSorted((a, b) => a - b) : known };
    }),
  );
}

function sumOf(rows: readonly SeriesRow[], repo: string): number {
  return rows.filter((row) => row.repo === repo).reduce((sum, { value }) => sum + value, 0);
}

/** What an image grew by from its first known day to its last. */
function growthOf({ totals }: ImageSeries): number {
  return (totals[totals.length - 1] ?? 0) - (totals[0] ?? 0);
}

/** The last known total up to a day, straight from the rule's words. */
function lastKnown(image: ImageSeries, day: string): number {
  const at = Array.from(image.days).findLastIndex((known) => fromEpochDay(known) <= day);
  return image.totals[at] ?? 0;
}

function inRange({ from = '0000', to = '9999' }: DayRange) {
  return ({ day }: SeriesRow): boolean => day >= from && day <= to;
}

describe('for any series', () => {
  it('the pulls of an image add up to its last total less its first, while its counter never goes down', () => {
    fc.assert(
      fc.property(anySeries(true), (series) => {
        for (const image of series) expect(sumOf(pullsByDay([image]), image.repo)).toBe(growthOf(image));
      }),
    );
  });

  it('the pulls of a repo add up to the growth in all its registries', () => {
    fc.assert(
      fc.property(anySeries(true), (series) => {
        const rows = pullsByDay(series);
        for (const repo of new Set(series.map((image) => image.repo))) {
          const growth = series.filter((image) => image.repo === repo).reduce((sum, image) => sum + growthOf(image), 0);
          expect(sumOf(rows, repo)).toBe(growth);
        }
      }),
    );
  });

  it('the pulls of a repo on a day are those of its registries on that day', () => {
    fc.assert(
      fc.property(anySeries(false), (series) => {
        const each = series.flatMap((image) => pullsByDay([image]));
        for (const { day, repo, value } of pullsByDay(series)) {
          const parts = each.filter((row) => row.day === day && row.repo === repo);
          expect(parts.length).toBeGreaterThan(0);
          expect(value).toBe(sumOf(parts, repo));
        }
      }),
    );
  });

  it('no pulls are negative', () => {
    fc.assert(
      fc.property(anySeries(false), (series) => {
        expect(pullsByDay(series).filter(({ value }) => value < 0)).toEqual([]);
      }),
    );
  });

  it('a total is the sum of the last known totals of the registries', () => {
    fc.assert(
      fc.property(anySeries(false), (series) => {
        for (const { day, repo, value } of totalsByDay(series)) {
          const images = series.filter((image) => image.repo === repo);
          expect(value).toBe(images.reduce((sum, image) => sum + lastKnown(image, day), 0));
        }
      }),
    );
  });

  it('a total never dips while no counter goes down', () => {
    fc.assert(
      fc.property(anySeries(true), (series) => {
        const highest = new Map<string, number>();
        for (const { repo, value } of totalsByDay(series)) {
          expect(value).toBeGreaterThanOrEqual(highest.get(repo) ?? 0);
          highest.set(repo, value);
        }
      }),
    );
  });

  it('there is one row for each repo and day on which it was read, ordered by day and repo', () => {
    fc.assert(
      fc.property(anySeries(false), (series) => {
        const known = new Set(series.flatMap(({ repo, days }) => Array.from(days, (day) => `${fromEpochDay(day)} ${repo}`)));
        const expected = [...known].toSorted(compareText);
        expect(totalsByDay(series).map(({ day, repo }) => `${day} ${repo}`)).toEqual(expected);
        expect(pullsByDay(series).map(({ day, repo }) => `${day} ${repo}`)).toEqual(expected);
      }),
    );
  });

  it('a range has exactly the rows that all days have in that range', () => {
    fc.assert(
      fc.property(anySeries(false), anyRange, (series, range) => {
        expect(pullsByDay(series, range)).toEqual(pullsByDay(series).filter(inRange(range)));
        expect(totalsByDay(series, range)).toEqual(totalsByDay(series).filter(inRange(range)));
      }),
    );
  });

  it('the order of the series makes no difference', () => {
    const shuffled = anySeries(false).chain((series) =>
      fc.tuple(fc.constant(series), fc.shuffledSubarray(series, { minLength: series.length })),
    );
    fc.assert(
      fc.property(shuffled, ([series, other]) => {
        expect(pullsByDay(other)).toEqual(pullsByDay(series));
        expect(totalsByDay(other)).toEqual(totalsByDay(series));
      }),
    );
  });
});
