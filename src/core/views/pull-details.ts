/** What is known of each row of daily pulls beside its value. */
import { toEpochDay, type EpochDay } from '../model/day.ts';
import type { ImageSeries } from '../model/history.ts';
import { imageKey } from '../model/image.ts';
import { positionOf } from '../numbers/freezes.ts';
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
  // Worked out for each row: kept for all days of all images they would take a hundred times as much as the series.
  return (row) => {
    const day = toEpochDay(row.day);
    const images = (groups.get(rowKey(row, split)) ?? []).map((image) => upTo(image, day)).filter((image) => image !== undefined);
    return toDetails(partsByDay(images, 'daily').get(row.day));
  };
}

/** The part of a series that says all of its value on a day: that day and the known ones before that the value may cover; undefined without a value. */
function upTo(image: ImageSeries, day: EpochDay): ImageSeries | undefined {
  const { days, totals, marks, still } = image;
  const at = positionOf(image, day);
  if (at === undefined) return undefined;
  let start = Math.max(0, at - 1);
  while (start > 0 && still?.has(days[start] ?? 0)) start -= 1;
  const cut = (values: ArrayLike<number>): number[] => Array.from({ length: at - start + 1 }, (_, offset) => values[start + offset] ?? 0);
  return { ...image, days: cut(days), totals: cut(totals), marks: { at: (position) => marks.at(start + position) } };
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
