/** From the totals that were read to the rows that are shown. Every rule is per registry and image first, and only then summed. */
import { compareImagesByName, imageKey } from '../model/image.ts';
import { toEpochDays, type DayRange } from '../model/query.ts';
import { fromEpochDay, type Day, type EpochDay } from '../model/day.ts';
import { startOfPeriod, wholePeriods, type Period } from './period.ts';
import type { DayNote, ImageSeries } from '../model/history.ts';

export interface RowOptions extends DayRange {
  /** One row a registry, instead of their sum. */
  readonly split?: boolean | undefined;
}

export interface SeriesRow {
  readonly day: Day;
  readonly repo: string;
  /** Only where the rows are split. */
  readonly registry?: string | undefined;
  readonly value: number;
}

/** What one line of a chart shows: a value for each of its days, ascending. */
interface Line {
  readonly repo: string;
  readonly registry?: string | undefined;
  readonly days: ArrayLike<EpochDay>;
  readonly values: ArrayLike<number>;
}

type Missing = 'carry' | 'drop';

/**
 * The running totals, one row a repo and day, by day, then repo. Registries of one repo are summed, and one that was not read on
 * a day counts with its last known total, so that the sum does not dip. A day on which none of them was read has no row.
 */
export function totalsByDay(series: readonly ImageSeries[], options: RowOptions = {}): Iterable<SeriesRow> {
  return toRows(
    toLines(series, options, ({ totals }) => totals, 'carry'),
    options,
  );
}

/**
 * The pulls since the known day before, one row a repo and day. The first known day of an image counts 0, and so does a decrease.
 * A missing day has no row; the next one has the whole difference.
 */
export function pullsByDay(series: readonly ImageSeries[], options: RowOptions = {}): Iterable<SeriesRow> {
  return toRows(toLines(series, options, toPulls, 'drop'), options);
}

/** The pulls of whole weeks or months, one row a repo and period, dated by its first day: every period that the range touches. */
export function pullsByPeriod(series: readonly ImageSeries[], period: Period, options: RowOptions = {}): Iterable<SeriesRow> {
  const lines = toLines(series, options, toPulls, 'drop').map((line) => sumByPeriod(line, period));
  return toRows(lines, wholePeriods(options, period));
}

/** The pulls that are booked on each known day of an image. */
export function toPulls({ days, totals, notes }: ImageSeries): number[] {
  return Array.from(totals, (total, at) => (at === 0 ? 0 : pullsSince(totals[at - 1] ?? 0, total, notes?.get(days[at] ?? 0))));
}

/** The pulls that a total says there were since the known one before. */
export function pullsSince(before: number, total: number, note: DayNote | undefined): number {
  // Where a total fell although pulls went on, the registry's own count of the day is what is known.
  return note?.dayPulls ?? Math.max(0, total - before);
}

function* toRows(lines: readonly Line[], range: DayRange): Generator<SeriesRow> {
  const [from, to] = toEpochDays(range);
  const positions = lines.map(({ days }) => firstAtLeast(days, from));
  for (;;) {
    let next = Infinity;
    for (const [index, { days }] of lines.entries()) next = Math.min(next, days[positions[index] ?? 0] ?? Infinity);
    if (next === Infinity || next > to) return;
    const day = fromEpochDay(next);
    for (const [index, { repo, registry, days, values }] of lines.entries()) {
      const position = positions[index] ?? 0;
      if (days[position] !== next) continue;
      positions[index] = position + 1;
      yield { day, repo, registry, value: values[position] ?? 0 };
    }
  }
}

function firstAtLeast(days: ArrayLike<EpochDay>, from: EpochDay): number {
  let position = 0;
  while (position < days.length && (days[position] ?? 0) < from) position += 1;
  return position;
}

/** One line a repo, or one a repo and registry, in that order. A group may have several images of one registry. */
function toLines(
  series: readonly ImageSeries[],
  { split = false }: RowOptions,
  toValues: (image: ImageSeries) => ArrayLike<number>,
  missing: Missing,
): Line[] {
  const groups = new Map<string, [Line, ...Line[]]>();
  for (const image of series.toSorted(compareImagesByName)) {
    const line = { repo: image.repo, registry: image.registry, days: image.days, values: toValues(image) };
    const key = split ? imageKey(image) : image.repo;
    const group = groups.get(key);
    if (group) group.push(line);
    else groups.set(key, [line]);
  }
  return [...groups.values()].map((group) => sumLines(group, split, missing));
}

/** The sum of lines by day; a line without a value on a day either carries its last one or drops out of the sum. */
function sumLines(lines: readonly [Line, ...Line[]], split: boolean, missing: Missing): Line {
  const [{ repo, registry, days: firstDays, values: firstValues }] = lines;
  const name = split ? { repo, registry } : { repo };
  if (lines.length === 1) return { ...name, days: firstDays, values: firstValues };
  const days = [...new Set(lines.flatMap((line) => Array.from(line.days)))].toSorted((a, b) => a - b);
  const values = days.map(() => 0);
  for (const line of lines) {
    let position = 0;
    let carried = 0;
    for (const [at, day] of days.entries()) {
      const known = line.days[position] === day;
      if (known) carried = line.values[position++] ?? 0;
      if (known || missing === 'carry') values[at] = (values[at] ?? 0) + carried;
    }
  }
  return { ...name, days, values };
}

function sumByPeriod({ days, values, ...name }: Line, period: Period): Line {
  const sums = new Map<EpochDay, number>();
  for (let at = 0; at < days.length; at += 1) {
    const start = startOfPeriod(days[at] ?? 0, period);
    sums.set(start, (sums.get(start) ?? 0) + (values[at] ?? 0));
  }
  return { ...name, days: [...sums.keys()], values: [...sums.values()] };
}
