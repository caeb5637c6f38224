/** What is known of each row of daily pulls beside its value. */
import type { Day } from '../model/day.ts';
import type { ImageSeries } from '../model/history.ts';
import { imageKey } from '../model/image.ts';
import type { SeriesRow } from '../numbers/series.ts';
import { isMarked, partsByDay, type PartKind, type ValueParts } from '../numbers/value-parts.ts';

/** How a value is known; of a sum the first of these that is true of a tenth of it or more. */
export const detailMarks = ['inconsistent', 'frozen', 'backfilled', 'imported', 'read', 'closed'] as const;

export interface PullDetails {
  /** The most days that a part of the value covers; 1 where each part is of its day. */
  readonly days: number;
  /** The pulls of it that cover more than one day. */
  readonly severalDaysPulls: number;
  readonly mark: (typeof detailMarks)[number];
}

/** Finds the details of rows of these images; `split`: a row is of one registry. */
export function createPullDetails(series: readonly ImageSeries[], split: boolean): (row: SeriesRow) => PullDetails {
  const groups = new Map<string, ImageSeries[]>();
  for (const image of series) {
    const key = rowKey(image, split);
    const group = groups.get(key);
    if (group) group.push(image);
    else groups.set(key, [image]);
  }
  const parts = new Map<string, ReadonlyMap<Day, ValueParts>>();
  return (row) => {
    const key = rowKey(row, split);
    const known = parts.get(key) ?? partsByDay(groups.get(key) ?? [], 'daily');
    parts.set(key, known);
    return toDetails(known.get(row.day));
  };
}

function rowKey({ registry = '', repo }: Pick<SeriesRow, 'registry' | 'repo'>, split: boolean): string {
  return split ? imageKey({ registry, repo }) : repo;
}

function toDetails(parts: ValueParts | undefined): PullDetails {
  const several = parts?.parts.get('severalDays');
  const mark = detailMarks.find((each) => parts && kindsOf(each).some((kind) => isMarked(parts, kind)));
  return { days: several?.days ?? 1, severalDaysPulls: several?.sum ?? 0, mark: mark ?? 'read' };
}

function kindsOf(mark: PullDetails['mark']): readonly PartKind[] {
  return mark === 'frozen' ? ['frozen', 'still'] : [mark];
}
