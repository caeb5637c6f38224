/** Weeks and months of UTC days. */
import { dayMs, fromEpochDay, toEpochDay, type EpochDay } from '../model/day.ts';
import type { DayRange } from '../model/query.ts';

export type Period = 'week' | 'month';

/** The first day of the period that holds this day: the Monday of its ISO week, or the 1st of its month. */
export function startOfPeriod(day: EpochDay, period: Period): EpochDay {
  if (period === 'month') return day - new Date(day * dayMs).getUTCDate() + 1;
  // 1970-01-01 was a Thursday.
  return day - ((((day + 3) % 7) + 7) % 7);
}

/** The last day of the period that holds this day. */
export function endOfPeriod(day: EpochDay, period: Period): EpochDay {
  const start = startOfPeriod(day, period);
  // No month has more than 31 days, and none so few that 31 days further on is the one after the next.
  return period === 'week' ? start + 6 : startOfPeriod(start + 31, period) - 1;
}

/** A `Day` has four digits for its year. */
const [firstDay, lastDay] = [toEpochDay('0000-01-01'), toEpochDay('9999-12-31')];

/** All days of the periods that the range touches. */
export function wholePeriods({ from, to }: DayRange, period: Period): DayRange {
  return {
    from: from === undefined ? undefined : fromEpochDay(Math.max(firstDay, startOfPeriod(toEpochDay(from), period))),
    to: to === undefined ? undefined : fromEpochDay(Math.min(lastDay, endOfPeriod(toEpochDay(to), period))),
  };
}
