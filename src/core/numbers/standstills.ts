/**
 * When counters that stand still for hours are frozen, and not only quiet. Two things have to say so: their pulls on quiet days, and how
 * long they were seen to pause before, which knows nights, weekends and jobs that pull once a day.
 */
import { dayMs, type EpochDay } from '../model/day.ts';
import type { LatestImage } from '../model/history.ts';

const hourMs = 3_600_000;

/** Counters of an owner that did not change for some time. All moments are milliseconds since the epoch. */
export interface Standstill {
  /** When one was last seen to have changed. */
  readonly since: number;
  /** When they were last read. */
  readonly until: number;
  /** How often they were read from `since` on, that one and the last included. */
  readonly reads: number;
}

/** What is known of the same counters before. */
export interface Habits {
  /** Pulls of the quietest of the last days; undefined where too few are known. */
  readonly quietest: number | undefined;
  /** Milliseconds of the longest pause of the last weeks; undefined where they were not watched for two weeks. */
  readonly longest: number | undefined;
}

const minReads = 3;
/** A quiet hour has a quarter of the pulls of an average one. */
const quietHour = 4;
/** Counts that are distributed like Poisson's are 0 by chance once in 10,000 times where so many are expected. */
const minExpected = Math.log(10_000);
/** How long it lasts at least: some hours, and so many times as long as any pause before. */
const minMs = 3 * hourMs;
const minTimesPause = 2.5;

/** Whether the registry does not update the counters. */
export function isFrozen({ since, until, reads }: Standstill, { quietest = 0, longest = Infinity }: Habits): boolean {
  const lasts = until - since;
  const expected = (quietest / 24 / quietHour) * (lasts / hourMs);
  return reads >= minReads && expected >= minExpected && lasts >= minMs + minTimesPause * longest;
}

/** Whether the counters are busy enough for a freeze to be seen before it has lasted for a day; then whole days show it. */
export function isBusy(quietest: number): boolean {
  return quietest / quietHour >= minExpected;
}

/** Whether a jump of so many pulls has what was missing: half of what quiet days have in that time. */
export function hasCaughtUp(pulls: number, { from, to }: Pause, quietest: number): boolean {
  return pulls * 2 >= (quietest / 24) * ((to - from) / hourMs);
}

const historyDays = 21;
const minHistoryDays = 14;

/** Pulls of the quietest day among the known ones of the three weeks before this one; `isLeftOut`: days that a freeze has touched. */
export function quietestDay(
  images: readonly Pick<LatestImage, 'recent'>[],
  before: EpochDay,
  isLeftOut: (day: EpochDay) => boolean,
): number | undefined {
  const sums = new Map<EpochDay, number>();
  for (const { recent } of images) {
    // The first of all days has no day before it to be compared with.
    for (let at = recent.days.length - 1; at > 0; at -= 1) {
      const day = recent.days[at] ?? 0;
      if (day < before - historyDays) break;
      const isKnown = day < before && recent.days[at - 1] === day - 1;
      if (isKnown && !isLeftOut(day)) sums.set(day, (sums.get(day) ?? 0) + (recent.pulls[at] ?? 0));
    }
  }
  return sums.size < minHistoryDays ? undefined : Math.min(...sums.values());
}

/** A time without a change, from the read that saw the last one to the last that saw none; milliseconds since the epoch. */
export interface Pause {
  readonly from: number;
  readonly to: number;
}

/** A pause counts for five weeks, and one that is as long is recorded again after two: those of weekends are never forgotten. */
const rememberedMs = 35 * dayMs;
const recentMs = 14 * dayMs;
const watchedMs = 14 * dayMs;
/** Only what is so much longer than recent ones is recorded, so that there are few. */
const minTimesRecorded = 1.25;

/** The longest pause of the last weeks in milliseconds; undefined where these counters were not watched for two weeks. */
export function longestPause(pauses: readonly Pause[], now: number): number | undefined {
  const known = pauses.filter(({ to }) => to > now - rememberedMs);
  if (!known.some(({ to }) => to <= now - watchedMs)) return undefined;
  return lengthOf(known);
}

/** Whether a pause that has just ended says more than those that are recorded. */
export function isNotable(pause: Pause, recorded: readonly Pause[]): boolean {
  const recent = recorded.filter(({ to }) => to > pause.to - recentMs);
  return recent.length === 0 || pause.to - pause.from > minTimesRecorded * lengthOf(recent);
}

/** Of the longest of them. */
function lengthOf(pauses: readonly Pause[]): number {
  return pauses.reduce((most, { from, to }) => Math.max(most, to - from), 0);
}
