/** Weeks and months of UTC days. */
import { fromEpochDay, toEpochDay, type EpochDay } from '../model/day.ts';

export type Period = 'week' | 'month';

/** The first day of the period that holds this day: the Monday of its ISO week, or the 1st of its month. */
export function startOfPeriod(day: EpochDay, period: Period): EpochDay {
  if (period === 'month') return toEpochDay(`${fromEpochDay(day).slice(0, 8)}01`);
  // 1970-01-01 was a Thursday.
  return day - ((((day + 3) % 7) + 7) % 7);
}

/** The last day of the period that holds this day. */
export function endOfPeriod(day: EpochDay, period: Period): EpochDay {
  const start = startOfPeriod(day, period);
  // No month has more than 31 days, and none so few that 31 days further on is the one after the next.
  return period === 'week' ? start + 6 : startOfPeriod(start + 31, period) - 1;
}
