/** Which images made the pulls of a day, a week or a month. */
import { nextDay, shownUnder, type ChartKind } from './chart.ts';
import { addValues, pullsOfDays } from './daily-rows.ts';
import { daySumsOf } from './day-sums.ts';
import { firstSorted } from './first.ts';
import { addDays, fromEpochDay, toEpochDay, type Day } from '../model/day.ts';
import type { DailyTotals, DaySum, ImageSeries } from '../model/history.ts';
import { compareImagesByName, type ImageName } from '../model/image.ts';
import type { DayRange } from '../model/query.ts';
import { partsOfSums, type ValueParts } from './value-parts.ts';

export interface DayMaker extends ImageName {
  /** Its pulls, and what they are made of. */
  readonly parts: ValueParts;
}

/** How a chart of totals or averages is looked into: by the pulls of its days. */
export function pullsKind(kind: ChartKind): 'daily' | 'weekly' | 'monthly' {
  return kind === 'weekly' || kind === 'monthly' ? kind : 'daily';
}

export interface DayMakers {
  /** What all of them made. */
  readonly sum: number;
  /** How many there are. */
  readonly images: number;
  /** The largest first; of very many only the largest. */
  readonly makers: readonly DayMaker[];
}

/** As many as are shown. */
export const maxMakers = 50;

/** The days that are shown together with this day of a chart. */
export function makersPeriod(day: Day, kind: ChartKind): { readonly from: Day; readonly to: Day } {
  const [from, to] = [toEpochDay(shownUnder(toEpochDay(day), pullsKind(kind))), toEpochDay(day)];
  return { from: fromEpochDay(from), to: fromEpochDay(Math.max(to, nextDay(from, pullsKind(kind)) - 1)) };
}

/** The days whose series say what a day of a chart is made of: those of it, and some before, which its values may cover. */
export function makersRange(day: Day, kind: ChartKind): DayRange {
  const { from, to } = makersPeriod(day, kind);
  return { from: addDays(from, -35), to };
}

/** The images with a value under this day of a chart. Their values add up to what the chart of their pulls shows. */
export function dayMakers(series: readonly ImageSeries[], day: Day, kind: ChartKind): DayMakers {
  const pulls = pullsKind(kind);
  const shown = shownUnder(toEpochDay(day), pulls);
  const makers = series
    .flatMap((image): DayMaker[] => {
      const parts = partsOfSums(sumsUnder(image, shown, pulls), pulls).get(shown);
      return parts ? [{ registry: image.registry, repo: image.repo, parts }] : [];
    })
    .toSorted((a, b) => b.parts.value - a.parts.value || compareImagesByName(a, b));
  return { sum: makers.reduce((all, { parts }) => all + parts.value, 0), images: makers.length, makers };
}

/** The same of thousands of images, from their totals of the period: which of them are the largest. */
export async function findMakers(
  totals: DailyTotals,
  isWanted: (image: ImageName) => boolean,
): Promise<Omit<DayMakers, 'makers'> & { readonly largest: readonly ImageName[] }> {
  const made = new Float64Array(totals.images.length).fill(Number.NaN);
  for await (const { pulls } of pullsOfDays(totals)) addValues(made, pulls);
  const isWantedAt = (position: number): boolean => {
    const image = totals.images[position];
    return image !== undefined && isWanted(image);
  };
  const own = [...made.keys()].filter((position) => !Number.isNaN(made[position]) && isWantedAt(position));
  const valueAt = (position: number): number => made[position] ?? 0;
  // They are in the order of their names.
  const largest = firstSorted(own, (a, b) => valueAt(b) - valueAt(a) || a - b, maxMakers);
  return {
    sum: own.reduce((all, position) => all + valueAt(position), 0),
    images: own.length,
    largest: largest.flatMap((position) => totals.images[position] ?? []),
  };
}

function* sumsUnder(image: ImageSeries, shown: Day, kind: ChartKind): Generator<DaySum> {
  const [first, next] = [toEpochDay(shown), nextDay(toEpochDay(shown), kind)];
  const at = Array.from(image.days).findIndex((day) => day >= first);
  if (at < 0) return;
  for (const sum of daySumsOf(image, at)) {
    if (sum.day >= next) return;
    yield sum;
  }
}
