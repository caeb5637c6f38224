/**
 * A registry that counts and publishes as GHCR does, from facts and not from the code under test: bars of UTC days, labeled with dates of
 * US Pacific time, and pages from a cache. Moments are whole minutes since `startDay`.
 */
import { addDays, dayMs, toEpochDay, type Day, type EpochDay } from '../../model/day.ts';
import type { DailyPulls } from '../../model/reading.ts';

const minuteMs = 60_000;
export const minutesADay = dayMs / minuteMs;

export interface PublishedPage {
  readonly readAt: number;
  readonly total: number;
  readonly bars: readonly DailyPulls[];
}

/** Something that happened to the count at a minute. */
export interface Incident {
  readonly minute: number;
  /** What the total lost or won at once, as when versions are deleted. */
  readonly step: number;
}

export interface PublisherOptions {
  readonly startDay: Day;
  /** Pulls by minute, those before the start in `initial`. */
  readonly pulls: ReadonlyMap<number, number>;
  readonly initial: number;
  readonly incidents?: readonly Incident[];
  /** Minutes from and to which the total stands still. */
  readonly frozen?: readonly [from: number, to: number] | undefined;
}

export interface Publisher {
  /** The page as it was made so many minutes before it is read. */
  page(minute: number, minutesLate: number): PublishedPage;
  /** The registry's count at the end of a day. */
  endOf(day: EpochDay): number;
  pullsOf(day: EpochDay): number;
}

export function createPublisher({ startDay, pulls, initial, incidents = [], frozen }: PublisherOptions): Publisher {
  const start = toEpochDay(startDay);
  const between = (from: number, to: number): number => {
    let sum = 0;
    for (const [minute, count] of pulls) if (minute >= from && minute < to) sum += count;
    return sum;
  };
  const totalAt = (minute: number): number => {
    const counted = frozen && minute >= frozen[0] && minute < frozen[1] ? frozen[0] : minute;
    return initial + between(0, counted) + incidents.filter((each) => each.minute < minute).reduce((sum, { step }) => sum + step, 0);
  };
  const pullsOf = (day: EpochDay, until = Infinity): number =>
    between((day - start) * minutesADay, Math.min((day - start + 1) * minutesADay, until));

  return {
    page(minute, minutesLate) {
      const madeAt = minute - minutesLate;
      const newest = start + Math.floor(madeAt / minutesADay);
      const label = pacificDay(start * dayMs + madeAt * minuteMs);
      return {
        readAt: start * dayMs + minute * minuteMs,
        total: totalAt(madeAt),
        bars: Array.from({ length: 30 }, (_, at) => ({ day: addDays(label, -at), pulls: pullsOf(newest - at, madeAt) })),
      };
    },
    endOf: (day) => totalAt((day - start + 1) * minutesADay),
    pullsOf: (day) => pullsOf(day),
  };
}

/** The calendar date in California: eight hours behind UTC, seven in summer time. */
function pacificDay(epochMs: number): Day {
  const summer = epochMs >= Date.UTC(2026, 2, 8, 10) && epochMs < Date.UTC(2026, 10, 1, 9);
  return new Date(epochMs - (summer ? 7 : 8) * 3_600_000).toISOString().slice(0, 10);
}
