/** The events in freezes: one for a registry, however many owners it is about. */
import { dayMs, fromEpochDay, startOfDay, type EpochDay } from '../model/day.ts';
import type { ImageSeries } from '../model/history.ts';
import { compareMarks, marks as allMarks, type Mark } from '../model/mark.ts';
import { positionOf, type Freeze } from '../numbers/freezes.ts';
import { momentText } from './format.ts';

export interface FreezeEvent {
  /** ISO 8601 moment; the start of the day where only that is known. */
  readonly time: string;
  readonly registry: string;
  readonly kind: 'frozen';
  readonly text: string;
  /** How the totals in it are known. */
  readonly mark: Mark | undefined;
}

/** One for each time in which a registry did not update its counters. */
export function mergeFreezes(freezes: readonly Freeze[]): readonly Freeze[] {
  const merged: Freeze[] = [];
  for (const freeze of freezes.toSorted((a, b) => startOf(a) - startOf(b))) {
    const at = merged.findIndex((other) => other.registry === freeze.registry && startOf(freeze) < endOf(other));
    const other = merged[at];
    if (other) merged[at] = union(other, freeze);
    else merged.push(freeze);
  }
  return merged;
}

/** `mark`: how the totals in it are known. */
export function freezeEvent(freeze: Freeze, mark: Mark | undefined): FreezeEvent {
  const time = freeze.seen?.since ?? startOfDay(fromEpochDay(freeze.from));
  return { time, registry: freeze.registry, kind: 'frozen', mark, text: freezeText(freeze) };
}

/** The day whose totals say how those of a freeze are known. */
export function markDay({ from, to }: Freeze): EpochDay {
  return Math.max(from, to);
}

/** The most certain of marks, the same in whatever order they come. */
export function mostCertain(marks: Iterable<Mark | undefined>): Mark | undefined {
  const found = new Set(marks);
  const own = allMarks.filter((mark) => found.has(mark));
  return own.toSorted((a, b) => compareMarks(b, a))[0];
}

/** In milliseconds since the epoch. */
function startOf({ from, seen }: Freeze): number {
  return seen ? Date.parse(seen.since) : from * dayMs;
}

function endOf({ to, until, seen }: Freeze): number {
  if (seen) return seen.resumed === undefined ? (until ?? Infinity) * dayMs : Date.parse(seen.resumed);
  return (to + 1) * dayMs;
}

function union(a: Freeze, b: Freeze): Freeze {
  // The event keeps the moment that it was first known by.
  const first = a.seen && b.seen ? (a.seen.recordedAt <= b.seen.recordedAt ? a.seen : b.seen) : (a.seen ?? b.seen);
  const ends = [a.seen?.resumed, b.seen?.resumed].filter((end) => end !== undefined).toSorted();
  return {
    ...a,
    from: Math.min(a.from, b.from),
    to: Math.max(a.to, b.to),
    until: a.until && b.until && Math.max(a.until, b.until),
    seen: first && { ...first, resumed: ends.at(-1) },
  };
}

function freezeText({ from, until, seen }: Freeze): string {
  const day = fromEpochDay(from);
  if (until === undefined) return `counter not updated since ${seen ? `${momentText(seen.since)} UTC` : day}`;
  const last = fromEpochDay(until - 1);
  const days = until - from + 1;
  const when = seen?.resumed === undefined ? (days <= 2 ? `on ${day}` : `from ${day} to ${last}`) : hoursText(seen.since, seen.resumed);
  return `counter not updated ${when}${days > 1 ? `; the value of ${fromEpochDay(until)} covers ${days} days` : ''}`;
}

function hoursText(since: string, resumed: string): string {
  const [start, end] = [momentText(since), momentText(resumed)];
  return `from ${start} to ${end.slice(0, 10) === start.slice(0, 10) ? end.slice(11) : end} UTC`;
}

/** How the totals of a registry's images are known in a freeze: as the most certain of them. */
export function markOn(series: readonly ImageSeries[], freeze: Freeze): Mark | undefined {
  const own = series.filter(({ registry }) => registry === freeze.registry);
  return mostCertain(own.map((image) => image.marks.at(positionOf(image, markDay(freeze)) ?? image.days.length)));
}
