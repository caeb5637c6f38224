/** Whether a total that was read agrees with the pulls that the registry itself publishes for each of its last days. */
import { areStale } from './backfill.ts';
import { dayOf, toEpochDay, type EpochDay } from '../model/day.ts';
import { wasRead, type Inconsistency } from '../model/mark.ts';
import type { DailyPulls, Reading } from '../model/reading.ts';
import type { ImageSeries } from '../model/history.ts';

/** A disagreement has to last: the total is compared with the one of so many days ago, or more where that day was not read. */
const leastDays = 6;
/** Counts are approximate, and the total and the days may come from caches of different age. */
const slackPulls = 5;
const slackShare = 0.1;

/**
 * How a reading disagrees with the daily counts that came with it; undefined where it does not. The registry's day may begin some hours before or after ours, and a total is read at some
 * moment of its day: the days at both ends of the comparison may count wholly, or not at all.
 */
export function findInconsistency(reading: Reading, known: ImageSeries | undefined): Inconsistency | undefined {
  const { recentDays = [], pullCount, readAt } = reading;
  const today = toEpochDay(dayOf(Date.parse(readAt)));
  if (areStale(recentDays, dayOf(Date.parse(readAt)))) return undefined;
  const oldest = recentDays.at(-1);
  const base = known && readBefore(known, today - leastDays);
  if (!base || !oldest || toEpochDay(oldest.day) >= base.day) return undefined;

  const increase = pullCount - base.total;
  const least = sumBetween(recentDays, base.day + 2, today - 2);
  const most = sumBetween(recentDays, base.day - 1, today + 1);
  if (increase === 0 && least >= slackPulls) return 'frozen';
  if (most === 0 && increase >= slackPulls) return 'frozen';
  if (increase < least * (1 - slackShare) - slackPulls || increase > most * (1 + slackShare) + slackPulls) return 'restated';
  return undefined;
}

/** The newest total up to this day that was really read. */
function readBefore({ days, totals, marks }: ImageSeries, day: EpochDay): { readonly day: EpochDay; readonly total: number } | undefined {
  for (let at = days.length - 1; at >= 0; at -= 1) {
    const [known, total] = [days[at], totals[at]];
    if (known === undefined || total === undefined || known > day || !wasRead(marks.at(at))) continue;
    return { day: known, total };
  }
  return undefined;
}

function sumBetween(recentDays: readonly DailyPulls[], from: EpochDay, to: EpochDay): number {
  let sum = 0;
  for (const { day, pulls } of recentDays) if (toEpochDay(day) >= from && toEpochDay(day) <= to) sum += pulls;
  return sum;
}
