/** Pulls a day as a moving average over a week, which has every weekday once. */
import type { ImageSeries } from '../model/history.ts';
import { coveredDays } from './covered-days.ts';
import { toPulls } from './series.ts';

export const averageDays = 7;

/**
 * The image with averages in place of its totals, on every day whose last 7 days are all known. A value that covers several days counts
 * on each of them with its share, so that the average has no gaps and no steps where the registry was not read.
 */
export function toAverages(image: ImageSeries): ImageSeries {
  const first = image.days[0] ?? 0;
  const pulls = toPulls(image);
  // The first known day has no pulls yet.
  const perDay: number[] = [];
  for (let at = 1; at < pulls.length; at += 1) {
    if (image.still?.has(image.days[at] ?? 0)) continue;
    const covered = coveredDays(image, at);
    for (let each = 0; each < covered; each += 1) perDay.push((pulls[at] ?? 0) / covered);
  }
  const days: number[] = [];
  const totals: number[] = [];
  let sum = 0;
  for (const [at, value] of perDay.entries()) {
    sum += value - (perDay[at - averageDays] ?? 0);
    if (at < averageDays - 1) continue;
    days.push(first + at + 1);
    totals.push(Math.max(0, Math.round((sum / averageDays) * 10) / 10));
  }
  return { ...image, days, totals };
}
