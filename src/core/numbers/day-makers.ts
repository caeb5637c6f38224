/** Which images made the pulls of a day, a week or a month. */
import { shownUnder, type ChartKind } from './chart.ts';
import { toEpochDay, type Day } from '../model/day.ts';
import type { ImageSeries } from '../model/history.ts';
import { compareImagesByName, type ImageName } from '../model/image.ts';
import { partsByDay, type ValueParts } from './value-parts.ts';

export interface DayMaker extends ImageName {
  /** Its pulls, and what they are made of. */
  readonly parts: ValueParts;
}

/** How a chart of totals or averages is looked into: by the pulls of its days. */
export function pullsKind(kind: ChartKind): 'daily' | 'weekly' | 'monthly' {
  return kind === 'weekly' || kind === 'monthly' ? kind : 'daily';
}

/** The images with a value under this day of a chart, the largest first. Their values add up to what the chart of their pulls shows. */
export function dayMakers(series: readonly ImageSeries[], day: Day, kind: ChartKind): readonly DayMaker[] {
  const pulls = pullsKind(kind);
  const shown = shownUnder(toEpochDay(day), pulls);
  return series
    .flatMap((image): DayMaker[] => {
      const parts = partsByDay([image], pulls, toEpochDay(shown)).get(shown);
      return parts ? [{ registry: image.registry, repo: image.repo, parts }] : [];
    })
    .toSorted((a, b) => b.parts.value - a.parts.value || compareImagesByName(a, b));
}
