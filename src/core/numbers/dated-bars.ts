/**
 * The true UTC days of the bars on a GHCR package page. The bars count UTC days, but their labels are dates of US Pacific time: from
 * 00:00 UTC until Pacific midnight all labels are one day behind (34 readings of zeroclaw-labs/zeroclaw-metrics, July 2026, and
 * netresearch/maint). Pages may come from a cache that is some hours old.
 */
import { dayMs, dayOf, toEpochDay, type EpochDay } from '../model/day.ts';
import type { DailyPulls } from '../model/reading.ts';

/** Pulls by UTC day: `pulls[i]` are those of the day `newest - i`, and `newest` was not over when the page was made. */
export interface DatedBars {
  readonly newest: EpochDay;
  readonly pulls: readonly number[];
}

/** What a page says, and when it was read. */
export interface PageCounts {
  /** Milliseconds since the epoch. */
  readonly readAt: number;
  readonly total: number;
  /** Newest first, as they are labeled. */
  readonly bars: readonly DailyPulls[];
}

/** What the days of a page are checked against. */
export interface DayEvidence {
  /** Totals at the end of days, where they are known exactly. */
  readonly ends: ReadonlyMap<EpochDay, number>;
  /** By how much the registry's totals were above what its days add up to when they were last compared. */
  readonly offset: number;
}

/** Our clock and GitHub's may differ by so much, and a page takes a while to arrive. */
const midnightMarginMs = 2 * 60_000;

/** Undefined where the page is stale, or where its day cannot be told: then nothing can be worked out from its bars. */
export function dateBars(page: PageCounts, evidence: DayEvidence): DatedBars | undefined {
  const pulls = page.bars.map((bar) => bar.pulls);
  const [preferred, other] = possibleDays(page).map((newest) => ({ newest, pulls }));
  if (!preferred || !other) return preferred;
  const difference = weigh(preferred, page.total, evidence) - weigh(other, page.total, evidence);
  if (difference !== 0) return difference > 0 ? preferred : other;
  // Where nothing tells them apart, a later page will; only a first page is taken at its word.
  return evidence.ends.size === 0 && !isNearMidnight(page.readAt) ? preferred : undefined;
}

/** The UTC days that the newest bar may be of, the likeliest first. */
function possibleDays({ readAt, bars: [newest] }: PageCounts): EpochDay[] {
  if (!newest) return [];
  const label = toEpochDay(newest.day);
  const today = toEpochDay(dayOf(readAt));
  if (label === today) return isNearMidnight(readAt) && isEvening(readAt) ? [today, today + 1] : [today];
  // After Pacific midnight a page that still has yesterday's label was made before, and says neither when nor of which UTC day.
  if (label !== today - 1 || pacificDate(readAt) !== newest.day) return [];
  return [today, today - 1];
}

/** Made when it is needed, for a few hours a day: the first one takes megabytes. */
function pacificDate(at: number): string {
  return new Date(at).toLocaleDateString('en-CA', { timeZone: 'America/Los_Angeles' });
}

function isNearMidnight(readAt: number): boolean {
  const sinceMidnightMs = readAt % dayMs;
  return Math.min(sinceMidnightMs, dayMs - sinceMidnightMs) < midnightMarginMs;
}

function isEvening(readAt: number): boolean {
  return readAt % dayMs > dayMs / 2;
}

/** How well dated bars agree with what is known: above all by the total, then by the pulls of single days. */
function weigh(bars: DatedBars, total: number, { ends, offset }: DayEvidence): number {
  const { newest, pulls } = bars;
  const anchor = newestEnd(ends, bars);
  const isTotalRight = anchor !== undefined && endOf(bars, total, anchor) === (ends.get(anchor) ?? 0) + offset;
  const mistaken = pulls.filter((count, at) => {
    const [before, end] = [ends.get(newest - at - 1), ends.get(newest - at)];
    return at > 0 && before !== undefined && end !== undefined && end - before !== count;
  });
  return (isTotalRight ? pulls.length : 0) - mistaken.length;
}

/** The newest day before the running one whose end is known and that the bars reach. */
export function newestEnd(ends: ReadonlyMap<EpochDay, number>, { newest, pulls }: DatedBars): EpochDay | undefined {
  for (let day = newest - 1; day >= newest - pulls.length; day -= 1) if (ends.has(day)) return day;
  return undefined;
}

/** The total at the end of a day that the bars reach, worked out back from the page's total. */
export function endOf({ newest, pulls }: DatedBars, total: number, day: EpochDay): number {
  let end = total;
  for (let at = 0; at < newest - day; at += 1) end -= pulls[at] ?? 0;
  return end;
}
