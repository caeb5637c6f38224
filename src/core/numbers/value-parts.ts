/** What a shown value is made of: how each part of it is known, and how many days that covers. A mark belongs to the part that it is true of. */
import { fromEpochDay, type Day, type EpochDay } from '../model/day.ts';
import type { DaySum, ImageSeries } from '../model/history.ts';
import type { Mark } from '../model/mark.ts';
import { daySumsOf } from './day-sums.ts';
import { startOfPeriod, type Period } from './period.ts';

/** `average`: pulls a day, over 7 days. */
export type ChartKind = 'total' | 'daily' | 'average' | 'weekly' | 'monthly';

export const periods = { weekly: 'week', monthly: 'month' } satisfies Record<'weekly' | 'monthly', Period>;

/**
 * How a part is known. `reset`: the total fell; `still`: the registry did not update its counter; `severalDays`: the value covers more
 * days than the one, the week or the month that it is shown under.
 */
export type PartKind = Exclude<Mark, 'estimated'> | 'reset' | 'still' | 'severalDays';

export interface ValuePart {
  /** How many values of images it is made of. */
  readonly values: number;
  /** What they add up to; of a reset, by how much the totals fell. */
  readonly sum: number;
  /** The most days that one of them covers. */
  readonly days: number;
}

export interface ValueParts {
  /** What is shown. */
  readonly value: number;
  /** How many values of images were summed. */
  readonly values: number;
  readonly parts: ReadonlyMap<PartKind, ValuePart>;
}

/** A part is marked where it is at least this share of the value; one backfilled zero among a hundred images says nothing about their sum. */
const minMarkedShare = 0.1;

/** Whether a part is large enough to mark the whole value; of a value of 0 the number of values decides. */
export function isMarked({ value, values, parts }: ValueParts, kind: PartKind): boolean {
  const part = parts.get(kind);
  if (!part) return false;
  return value > 0 ? part.sum >= minMarkedShare * value : part.values >= minMarkedShare * values;
}

/** The day under which a chart shows this one: the day itself, its Monday, or its 1st. */
export function shownUnder(day: EpochDay, kind: ChartKind): Day {
  return fromEpochDay(firstShown(day, kind));
}

function firstShown(day: EpochDay, kind: ChartKind): EpochDay {
  return kind === 'weekly' || kind === 'monthly' ? startOfPeriod(day, periods[kind]) : day;
}

/** What nothing needs to be said about. */
const plainKinds: ReadonlySet<PartKind> = new Set(['read', 'closed']);

/** Whether anything of the value was not simply read. */
export function isRemarkable({ parts }: ValueParts): boolean {
  for (const kind of parts.keys()) if (!plainKinds.has(kind)) return true;
  return false;
}

interface Tally {
  value: number;
  values: number;
  readonly parts: Map<PartKind, ValuePart>;
}

/** The parts of the sum of these images, by the day under which they are shown. */
export function partsByDay(series: readonly ImageSeries[], kind: ChartKind): ReadonlyMap<Day, ValueParts> {
  return partsOfSums(sumsOfEach(series), kind);
}

function* sumsOfEach(series: readonly ImageSeries[]): Generator<DaySum> {
  for (const image of series) yield* daySumsOf(image);
}

/** The same of what images add up to on each day. */
export function partsOfSums(sums: Iterable<DaySum>, kind: ChartKind): ReadonlyMap<Day, ValueParts> {
  const tallies = new Map<EpochDay, Tally>();
  for (const sum of sums) {
    const first = firstShown(sum.day, kind);
    const tally = tallies.get(first) ?? { value: 0, values: 0, parts: new Map<PartKind, ValuePart>() };
    tallies.set(first, tally);
    tally.value += kind === 'total' ? sum.total : sum.pulls;
    tally.values += sum.values;
    addParts(tally, sum, kind);
  }
  return new Map([...tallies].map(([day, tally]) => [fromEpochDay(day), tally]));
}

function addParts({ parts }: Tally, { day, mark, covered, values, pulls, total, resets, fall }: DaySum, kind: ChartKind): void {
  const add = (part: PartKind, count: number, sum: number, days = 1): void => {
    const known = parts.get(part);
    parts.set(part, { values: (known?.values ?? 0) + count, sum: (known?.sum ?? 0) + sum, days: Math.max(known?.days ?? 1, days) });
  };
  add(mark === 'estimated' ? 'backfilled' : mark, values, kind === 'total' ? total : pulls);
  if (resets > 0) add('reset', resets, fall);
  if (kind === 'total') return;
  // Days of the same week or month are in its sum anyhow.
  if (covered > 1 && day - covered + 1 < firstShown(day, kind)) add('severalDays', values, pulls, covered);
}
