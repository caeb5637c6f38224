/** Totals of past days, reconstructed from what a registry publishes of each of its last days. */
import { dayOf, endOfDay, fromEpochDay, toEpochDay, type Day } from '../model/day.ts';
import type { DailyPulls, Reading } from '../model/reading.ts';
import type { ImageSeries } from '../model/history.ts';

/** A registry's day may be that of another time zone, so its newest day may be yesterday or tomorrow here. */
const toleranceDays = 1;

/** Whether the published days are those of a page that is no longer updated: the newest is not of today, give or take a day. */
export function areStale(recentDays: readonly DailyPulls[], today: Day): boolean {
  const newest = recentDays[0]?.day;
  return newest === undefined || Math.abs(toEpochDay(newest) - toEpochDay(today)) > toleranceDays;
}

/**
 * Readings for the days that have no value yet. The total at the end of a day is the total now less what came after it.
 * The newest published day is unfinished, so the first that is reconstructed is the one before it. A total that contradicts
 * one that is known, because it is above a later or below an earlier one, is left out.
 */
export function backfillReadings(reading: Reading, known: ImageSeries | undefined): Reading[] {
  const recentDays = reading.recentDays ?? [];
  if (areStale(recentDays, dayOf(Date.parse(reading.readAt)))) return [];
  const totals = new Map(Array.from(known?.days ?? [], (day, at) => [fromEpochDay(day), known?.totals[at] ?? 0]));
  const readings: Reading[] = [];
  let total = reading.pullCount;
  let later = reading.pullCount;
  for (const [index, { pulls }] of recentDays.entries()) {
    // Before the day whose total is 0 there was nothing to count, perhaps not even the image.
    if (total === 0) break;
    total -= pulls;
    const day = recentDays[index + 1]?.day;
    if (day === undefined) break;
    const stored = totals.get(day);
    later = Math.min(later, stored ?? later);
    if (stored !== undefined || total > later || total < totalBefore(known, day)) continue;
    readings.push({ registry: reading.registry, repo: reading.repo, pullCount: total, readAt: endOfDay(day), mark: 'backfilled' });
  }
  return readings;
}

/** The last known total before the day; 0 where there is none. */
function totalBefore(known: ImageSeries | undefined, day: Day): number {
  const epochDay = toEpochDay(day);
  let total = 0;
  for (let at = 0; at < (known?.days.length ?? 0) && (known?.days[at] ?? 0) < epochDay; at += 1) total = known?.totals[at] ?? 0;
  return total;
}
