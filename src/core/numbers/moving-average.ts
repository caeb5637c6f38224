/** Pulls a day as a moving average over a week, which has every weekday once. */
import { fromEpochDay, type EpochDay } from '../model/day.ts';
import type { DaySum } from '../model/history.ts';
import { toEpochDays, type DayRange } from '../model/query.ts';
import type { SeriesRow } from './series.ts';

export const averageDays = 7;

/**
 * The average of each day and the six before it, from the seventh on that has pulls to the last known one. A value that covers several
 * days counts on each of them with its share, so that the average has no gaps and no steps where a registry was not read.
 */
export function averageRows(label: string, sums: readonly DaySum[], range: DayRange): SeriesRow[] {
  const known = knownDays(sums);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return [];
  const perDay = spread(sums);
  const [from, to] = toEpochDays(range);
  const rows: SeriesRow[] = [];
  // The first known day has no pulls yet.
  for (let day = Math.max(first + averageDays, from); day <= Math.min(last, to); day += 1) {
    let sum = 0;
    for (let each = day - averageDays + 1; each <= day; each += 1) sum += perDay.get(each) ?? 0;
    rows.push({ day: fromEpochDay(day), repo: label, value: Math.max(0, Math.round((sum / averageDays) * 10) / 10) });
  }
  return rows;
}

function spread(sums: readonly DaySum[]): ReadonlyMap<EpochDay, number> {
  const perDay = new Map<EpochDay, number>();
  for (const { day, covered, pulls } of sums) {
    for (let each = day - covered + 1; each <= day; each += 1) perDay.set(each, (perDay.get(each) ?? 0) + pulls / covered);
  }
  return perDay;
}

/** The days on which anything is known, ascending. */
export function knownDays(sums: readonly DaySum[]): readonly EpochDay[] {
  const values = new Map<EpochDay, number>();
  for (const sum of sums) values.set(sum.day, (values.get(sum.day) ?? 0) + sum.values);
  return [...values].flatMap(([day, count]) => (count > 0 ? [day] : [])).toSorted((a, b) => a - b);
}
