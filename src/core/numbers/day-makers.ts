/** Which images made the pulls of a day, a week or a month. */
import { nextDay, shownUnder, type ChartKind } from './chart.ts';
import { daySumsOf } from './day-sums.ts';
import { fromEpochDay, toEpochDay, type Day } from '../model/day.ts';
import type { DaySum, ImageSeries } from '../model/history.ts';
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

/** The days whose series say what made a day of a chart: those of it, and some before, which its values may cover. */
export function makersRange(day: Day, kind: ChartKind): DayRange {
  const [from, to] = [toEpochDay(shownUnder(toEpochDay(day), pullsKind(kind))), toEpochDay(day)];
  return { from: fromEpochDay(from - 35), to: fromEpochDay(Math.max(to, nextDay(from, pullsKind(kind)) - 1)) };
}

/** The images with a value under this day of a chart, the largest first. Their values add up to what the chart of their pulls shows. */
export function dayMakers(series: readonly ImageSeries[], day: Day, kind: ChartKind): readonly DayMaker[] {
  const pulls = pullsKind(kind);
  const shown = shownUnder(toEpochDay(day), pulls);
  return series
    .flatMap((image): DayMaker[] => {
      const parts = partsOfSums(sumsUnder(image, shown, pulls), pulls).get(shown);
      return parts ? [{ registry: image.registry, repo: image.repo, parts }] : [];
    })
    .toSorted((a, b) => b.parts.value - a.parts.value || compareImagesByName(a, b));
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
