/**
 * Exact totals at the end of past UTC days, from a page that shows a total and the pulls of each of the last days. Totals and days agree to
 * the unit (34 pages of zeroclaw-labs/zeroclaw-metrics, 633 of netresearch/maint, seen until 2026-11-25), so each page tells the total at the
 * end of each of its 29 past days, and whether something was restated since the page before.
 */
import { dayOf, toEpochDay, type EpochDay } from '../model/day.ts';
import type { Discrepancy } from '../model/reading.ts';
import { dateBars, endOf, newestEnd, type DatedBars, type PageCounts } from './dated-bars.ts';

/**
 * How a stored total is known here: `end` is exact and of the end of its day; `read` was read at some moment of it; `uncertain` may be off,
 * as what earlier versions worked out from labels, or what other programs recorded.
 */
export type Certainty = 'end' | 'read' | 'uncertain';

export interface KnownTotal {
  readonly total: number;
  readonly certainty: Certainty;
}

/** What is stored of an image before this page. */
export interface KnownDays {
  readonly totals: ReadonlyMap<EpochDay, KnownTotal>;
  /** The newest total that was read. */
  readonly lastRead?: number | undefined;
  /** What the page before showed. */
  readonly discrepancy?: Discrepancy | undefined;
}

export interface DayEnd {
  readonly day: EpochDay;
  readonly total: number;
  /** The day's own pulls, where the difference of totals does not tell them, because the total fell. */
  readonly pulls?: number | undefined;
}

export interface Closing {
  /** The UTC day of the page's total; undefined where the page does not tell. */
  readonly day?: EpochDay | undefined;
  /** The pulls of that day so far, where the total fell. */
  readonly pulls?: number | undefined;
  /** Ends of days that were not known, or not exactly, newest first. */
  readonly ends: readonly DayEnd[];
  readonly discrepancy?: Discrepancy | undefined;
}

/** What a page says of the days before it. */
export function closeDays(page: PageCounts, known: KnownDays): Closing {
  const exact = endsOf(known);
  const bars = dateBars(page, { ends: exact, offset: known.discrepancy?.by ?? 0 });
  if (!bars) return { ends: [], discrepancy: known.discrepancy };
  const { newest } = bars;
  const ends = areOneDayOff(exact, bars, page.total) ? new Map<EpochDay, number>() : exact;
  const reference = findReference(bars, page.total, { known, ends });
  const by = reference ? endOf(bars, page.total, reference.day) - reference.total : 0;
  if (!reference || by === 0) return { day: newest, ends: fill(bars, page.total, { known, ends }) };

  const discrepancy = discrepancyOf(page, known, { by, barsMoved: endOf(bars, page.total, reference.day) < page.total });
  const fell = by < 0 && discrepancy.kind === 'inconsistent';
  const running = { day: newest, pulls: fell ? bars.pulls[0] : undefined };
  // Restated once, and moving with its days again since: the days before keep the level of then.
  const isInStep = known.discrepancy?.by === by && page.total !== known.lastRead;
  if (!isInStep) return { ...running, ends: [], discrepancy };
  const step = Math.max(toEpochDay(dayOf(Date.parse(discrepancy.since))), reference.day + 1);
  const added = reference.isExact ? [...oldLevel(bars, reference, step)] : [];
  if (step >= newest) return { ...running, ends: added, discrepancy };
  const restated = fill(bars, page.total, { known, ends }).filter(({ day }) => day >= step);
  const pulls = fell ? bars.pulls[newest - step] : undefined;
  return { day: newest, ends: [...restated.map((end) => (end.day === step ? { ...end, pulls } : end)), ...added] };
}

/** A total of a past day that the page is measured against. */
interface Reference {
  readonly day: EpochDay;
  readonly total: number;
  readonly isExact: boolean;
}

interface Known {
  readonly known: KnownDays;
  readonly ends: ReadonlyMap<EpochDay, number>;
}

/** The newest end of a day that is known, or where there is none a total that was read and is above what its day would have ended with. */
function findReference(bars: DatedBars, total: number, { known, ends }: Known): Reference | undefined {
  const anchor = newestEnd(ends, bars);
  if (anchor !== undefined) return { day: anchor, total: ends.get(anchor) ?? 0, isExact: true };
  for (let day = bars.newest - 1; day >= bars.newest - bars.pulls.length; day -= 1) {
    const before = known.totals.get(day);
    if (before?.certainty === 'read' && before.total > endOf(bars, total, day)) return { day, total: before.total, isExact: false };
  }
  return undefined;
}

function endsOf({ totals }: KnownDays): Map<EpochDay, number> {
  return new Map([...totals].filter(([, { certainty }]) => certainty === 'end').map(([day, { total }]) => [day, total]));
}

/**
 * Whether what is known is that of the day before, throughout: the first page that was ever read came from a cache, was made before
 * midnight, and said nothing of it.
 */
function areOneDayOff(ends: ReadonlyMap<EpochDay, number>, bars: DatedBars, total: number): boolean {
  const reached = [...ends].filter(([day]) => day < bars.newest && day > bars.newest - bars.pulls.length);
  const isOff = reached.some(([day, end]) => endOf(bars, total, day) !== end);
  return isOff && reached.length > 1 && reached.every(([day, end]) => endOf(bars, total, day - 1) === end);
}

function discrepancyOf(
  { readAt, total }: PageCounts,
  { lastRead, discrepancy }: KnownDays,
  { by, barsMoved }: { readonly by: number; readonly barsMoved: boolean },
): Discrepancy {
  const isFrozen = by < 0 ? total === lastRead : !barsMoved;
  return { kind: isFrozen ? 'frozen' : 'inconsistent', by, since: discrepancy?.since ?? new Date(readAt).toISOString() };
}

/** The ends of the days between the last one that is known and a step of the total, at the level before it, newest first. */
function oldLevel({ newest, pulls }: DatedBars, from: Reference, step: EpochDay): DayEnd[] {
  const found: DayEnd[] = [];
  let { total } = from;
  for (let day = from.day + 1; day < Math.min(step, newest); day += 1) {
    total += pulls[newest - day] ?? 0;
    found.unshift({ day, total });
  }
  return found;
}

/** Ends of past days back from the page's total, newest first. A day whose end is known keeps it, and those before it follow from it. */
function fill({ newest, pulls }: DatedBars, total: number, { known, ends }: Known): DayEnd[] {
  const found: DayEnd[] = [];
  let end = total;
  for (let at = 0; at < pulls.length - 1; at += 1) {
    // Before the day whose total is 0 there was nothing to count, perhaps not even the image.
    if (end === 0) break;
    end -= pulls[at] ?? 0;
    const day = newest - at - 1;
    const before = known.totals.get(day);
    const exact = ends.get(day);
    // A total that was read cannot have been above the one at the end of its day: something was restated in between.
    if (exact === undefined && (end < 0 || (before?.certainty === 'read' && before.total > end))) break;
    if (exact === undefined) found.push({ day, total: end });
    else end = exact;
  }
  return found;
}
