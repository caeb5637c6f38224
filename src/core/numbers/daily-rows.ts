/**
 * The rows of series.ts day by day: of each image no more is known than its value before, so that many images over many years take as
 * little memory as one day of them.
 */
import { fromEpochDay, type EpochDay } from '../model/day.ts';
import type { DailyTotals, DayTotals } from '../model/history.ts';
import { compareImagesByName, imageKey, type ImageName } from '../model/image.ts';
import { startOfPeriod, type Period } from './period.ts';
import { pullsSince, type RowOptions, type SeriesRow } from './series.ts';

/** An image under a name that it is shown by. */
export interface NamedImage extends ImageName {
  /** Its position among the images of the totals. */
  readonly position: number;
}

/** What is shown in one row a day: an image, or the sum of several. */
export interface RowLine {
  readonly repo: string;
  /** Only where the rows are split. */
  readonly registry?: string | undefined;
  /** Positions of images; a group may have several of one registry. */
  readonly positions: readonly number[];
}

/** One line a repo, or one a repo and registry, in that order. */
export function toLines(images: readonly NamedImage[], { split = false }: RowOptions): readonly RowLine[] {
  const lines = new Map<string, RowLine & { readonly positions: number[] }>();
  for (const image of images.toSorted(compareImagesByName)) {
    const { registry, repo, position } = image;
    const key = split ? imageKey(image) : repo;
    const line = lines.get(key);
    if (line) line.positions.push(position);
    else lines.set(key, split ? { repo, registry, positions: [position] } : { repo, positions: [position] });
  }
  return [...lines.values()];
}

/** As totalsByDay. */
export async function* dailyTotalRows({ before, days }: DailyTotals, lines: readonly RowLine[]): AsyncGenerator<Iterable<SeriesRow>> {
  const carried = before.totals.slice();
  for await (const { day, totals } of days) {
    for (const [position, total] of totals.entries()) if (!Number.isNaN(total)) carried[position] = total;
    yield rowsOf(day, lines, totals, carried);
  }
}

/** As pullsByDay. */
export async function* dailyPullRows(totals: DailyTotals, lines: readonly RowLine[]): AsyncGenerator<Iterable<SeriesRow>> {
  for await (const { day, pulls } of pullsOfDays(totals)) yield rowsOf(day, lines, pulls, pulls);
}

/** As pullsByPeriod, of totals of whole periods. */
export async function* periodPullRows(totals: DailyTotals, lines: readonly RowLine[], period: Period): AsyncGenerator<Iterable<SeriesRow>> {
  let current: EpochDay | undefined;
  let added = new Float64Array(0);
  for await (const { day, pulls } of pullsOfDays(totals)) {
    const start = startOfPeriod(day, period);
    if (start !== current) {
      if (current !== undefined) yield rowsOf(current, lines, added, added);
      current = start;
      added = new Float64Array(pulls.length).fill(Number.NaN);
    }
    for (const [position, value] of pulls.entries()) if (!Number.isNaN(value)) added[position] = (added[position] || 0) + value;
  }
  if (current !== undefined) yield rowsOf(current, lines, added, added);
}

interface DayPulls {
  readonly day: EpochDay;
  /** By position; NaN where the day has no total. */
  readonly pulls: Float64Array;
  readonly totals: DayTotals;
}

/** The pulls of each day, taken before anything is summed. */
export async function* pullsOfDays({ before, days }: DailyTotals): AsyncGenerator<DayPulls> {
  const known = before.totals.slice();
  for await (const totals of days) {
    const pulls = totals.totals.slice();
    for (const [position, total] of totals.totals.entries()) {
      if (Number.isNaN(total)) continue;
      const last = known[position] ?? Number.NaN;
      pulls[position] = Number.isNaN(last) ? 0 : pullsSince(last, total, totals.notes.get(position));
      known[position] = total;
    }
    yield { day: totals.day, pulls, totals };
  }
}

/** A row for each line of which an image has a value now; the sum is that of `values`. */
function* rowsOf(day: EpochDay, lines: readonly RowLine[], now: Float64Array, values: Float64Array): Generator<SeriesRow> {
  const shown = fromEpochDay(day);
  for (const line of lines) {
    const value = sumOfLine(line, now, values);
    if (value !== undefined) yield { day: shown, repo: line.repo, registry: line.registry, value };
  }
}

/** The sum of the values of a line, by position; undefined where none of its images has one now. */
export function sumOfLine({ positions }: RowLine, now: Float64Array, values: Float64Array): number | undefined {
  let sum = 0;
  let isKnown = false;
  for (const position of positions) {
    isKnown ||= !Number.isNaN(now[position]);
    sum += values[position] || 0;
  }
  return isKnown ? sum : undefined;
}
