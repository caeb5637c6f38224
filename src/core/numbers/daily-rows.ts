/**
 * The rows of series.ts day by day: of each image no more is known than its value before, so that many images over many years take as
 * little memory as one day of them. Loops count positions: the pairs of entries() would be garbage, millions of them.
 */
import type { EpochDay } from '../model/day.ts';
import type { DailyTotals, DayTotals } from '../model/history.ts';
import { compareImagesByName, imageKey, type ImageName } from '../model/image.ts';
import { startOfPeriod, type Period } from './period.ts';
import { pullsSince, type RowOptions } from './series.ts';

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

/** What the lines come to on a day, or in the period that begins with it. */
export interface DayValues {
  readonly day: EpochDay;
  /** By the position of a line; NaN where it has no row. */
  readonly values: Float64Array;
}

/** The rows of totalsByDay. */
export async function* dailyTotalValues({ before, days }: DailyTotals, lines: readonly RowLine[]): AsyncGenerator<DayValues> {
  const carried = before.totals.slice();
  for await (const { day, totals } of days) {
    for (let position = 0; position < totals.length; position += 1) {
      const total = totals[position] ?? Number.NaN;
      if (!Number.isNaN(total)) carried[position] = total;
    }
    yield { day, values: sumLines(lines, totals, carried) };
  }
}

/** The rows of pullsByDay. */
export async function* dailyPullValues(totals: DailyTotals, lines: readonly RowLine[]): AsyncGenerator<DayValues> {
  for await (const { day, pulls } of pullsOfDays(totals)) yield { day, values: sumLines(lines, pulls, pulls) };
}

/** The rows of pullsByPeriod, of totals of whole periods. */
export async function* periodPullValues(totals: DailyTotals, lines: readonly RowLine[], period: Period): AsyncGenerator<DayValues> {
  let current: EpochDay | undefined;
  let added = new Float64Array(0);
  for await (const { day, pulls } of pullsOfDays(totals)) {
    const start = startOfPeriod(day, period);
    if (start !== current) {
      if (current !== undefined) yield { day: current, values: sumLines(lines, added, added) };
      current = start;
      added = new Float64Array(pulls.length).fill(Number.NaN);
    }
    addValues(added, pulls);
  }
  if (current !== undefined) yield { day: current, values: sumLines(lines, added, added) };
}

/** Adds by position what is known; the sums are NaN where nothing is yet. */
export function addValues(sums: Float64Array, values: Float64Array): void {
  for (let position = 0; position < values.length; position += 1) {
    const value = values[position] ?? Number.NaN;
    if (!Number.isNaN(value)) sums[position] = (sums[position] || 0) + value;
  }
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
    for (let position = 0; position < pulls.length; position += 1) {
      const total = pulls[position] ?? Number.NaN;
      if (Number.isNaN(total)) continue;
      const last = known[position] ?? Number.NaN;
      pulls[position] = Number.isNaN(last) ? 0 : pullsSince(last, total, totals.notes.get(position));
      known[position] = total;
    }
    yield { day: totals.day, pulls, totals };
  }
}

/** By line the sum of the values of its images; NaN where none of them has one now. */
export function sumLines(lines: readonly RowLine[], now: Float64Array, values: Float64Array): Float64Array {
  const sums = new Float64Array(lines.length);
  for (let at = 0; at < lines.length; at += 1) sums[at] = sumPositions(lines[at]?.positions ?? [], now, values);
  return sums;
}

function sumPositions(positions: readonly number[], now: Float64Array, values: Float64Array): number {
  let sum = 0;
  let isKnown = false;
  for (const position of positions) {
    isKnown ||= !Number.isNaN(now[position]);
    sum += values[position] || 0;
  }
  return isKnown ? sum : Number.NaN;
}
