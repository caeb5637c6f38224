/** From the totals that were read to the rows that are shown. Every rule is per registry and image first, and only then summed. */
import { fromEpochDay, type Day, type EpochDay } from './day.ts';
import type { ImageSeries } from './ports.ts';

/** Inclusive days; an absent end is open. */
export interface DayRange {
  readonly from?: EpochDay | undefined;
  readonly to?: EpochDay | undefined;
}

export interface SeriesRow {
  readonly day: Day;
  readonly repo: string;
  readonly value: number;
}

/**
 * The running totals, one row a repo and day. Registries of one repo are summed, and one that was not read on a day counts
 * with its last known total, so that the sum does not dip. A day on which none of them was read has no row.
 */
export function totalsByDay(series: readonly ImageSeries[], range: DayRange = {}): SeriesRow[] {
  return byDay(series, range, (image, at) => image.totals[at] ?? 0, 'carry');
}

/**
 * The pulls since the known day before, one row a repo and day. The first known day of an image counts 0, and so does a decrease.
 * A missing day has no row; the next one has the whole difference.
 */
export function pullsByDay(series: readonly ImageSeries[], range: DayRange = {}): SeriesRow[] {
  return byDay(series, range, deltaAt, 'drop');
}

/** The pulls that are booked on the `at`-th known day of an image. */
function deltaAt(image: ImageSeries, at: number): number {
  if (at === 0) return 0;
  return Math.max(0, (image.totals[at] ?? 0) - (image.totals[at - 1] ?? 0));
}

/** Sums a value of each image's known days by repo and day; a day without a value either carries the one before or drops out of the sum. */
function byDay(
  series: readonly ImageSeries[],
  range: DayRange,
  valueAt: (image: ImageSeries, at: number) => number,
  missing: 'carry' | 'drop',
): SeriesRow[] {
  const rowsOfDay = new Map<EpochDay, SeriesRow[]>();
  for (const [repo, images] of groupByRepo(series)) {
    const sums = images.length === 1 ? undefined : sumByDay(images, valueAt, missing);
    const only = images[0];
    const days = sums ? [...sums.keys()] : Array.from(only?.days ?? []);
    for (const [at, day] of days.entries()) {
      if (day < (range.from ?? -Infinity) || day > (range.to ?? Infinity)) continue;
      const value = sums ? (sums.get(day) ?? 0) : only ? valueAt(only, at) : 0;
      const rows = rowsOfDay.get(day);
      const row = { day: fromEpochDay(day), repo, value };
      if (rows) rows.push(row);
      else rowsOfDay.set(day, [row]);
    }
  }
  return [...rowsOfDay].toSorted(([a], [b]) => a - b).flatMap(([, rows]) => rows);
}

function sumByDay(
  images: readonly ImageSeries[],
  valueAt: (image: ImageSeries, at: number) => number,
  missing: 'carry' | 'drop',
): Map<EpochDay, number> {
  const days = [...new Set(images.flatMap((image) => Array.from(image.days)))].toSorted((a, b) => a - b);
  const sums = new Map(days.map((day) => [day, 0]));
  for (const image of images) {
    let at = 0;
    let carried: number | undefined;
    for (const day of days) {
      const known = image.days[at] === day;
      if (known) carried = valueAt(image, at++);
      if (carried !== undefined && (known || missing === 'carry')) sums.set(day, (sums.get(day) ?? 0) + carried);
    }
  }
  return sums;
}

/** Series by repo, repos in byte order. */
function groupByRepo(series: readonly ImageSeries[]): [string, ImageSeries[]][] {
  const groups = new Map<string, ImageSeries[]>();
  for (const image of series) {
    const group = groups.get(image.repo);
    if (group) group.push(image);
    else groups.set(image.repo, [image]);
  }
  return [...groups].toSorted(([a], [b]) => compareText(a, b));
}

/** Orders texts by code unit, the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
