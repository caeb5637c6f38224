/** A day beside the same weekday of the weeks before: downloads have a rhythm of weeks, and a Monday is no more than a Sunday before it. */
import type { EpochDay } from '../model/day.ts';
import type { RecentPulls } from '../model/history.ts';
import { sumKnown, type ComparedGrowth } from './growth.ts';

/** How many weeks back. */
export const comparedWeeks = 4;
/** One week alone says nothing of what is normal. */
const minWeeks = 2;

export interface WeekdayPulls {
  /** Of the day; absent where it is not known. */
  readonly pulls?: number | undefined;
  /** Of the same weekday in the weeks before, newest first, as far as they are known without a gap. */
  readonly earlier: readonly number[];
}

export function weekdayPulls(recent: RecentPulls, day: EpochDay): WeekdayPulls {
  const earlier: number[] = [];
  for (let week = 1; week <= comparedWeeks; week += 1) {
    const value = pullsOn(recent, day - 7 * week);
    if (value === undefined) break;
    earlier.push(value);
  }
  return { pulls: pullsOn(recent, day), earlier };
}

function pullsOn({ days, pulls }: RecentPulls, day: EpochDay): number | undefined {
  for (let at = days.length - 1; at >= 0; at -= 1) if (days[at] === day) return pulls[at];
  return undefined;
}

/** The sum of several, against the mean of the weeks before. It compares like with like: only those that are known for all of the weeks. */
export function sumWeekdays(images: readonly WeekdayPulls[]): ComparedGrowth {
  const pulls = sumKnown(images.map((image) => image.pulls));
  const weeks = Math.max(0, ...images.map((image) => (image.pulls === undefined ? 0 : image.earlier.length)));
  if (weeks < minWeeks) return { pulls };
  const compared = images.filter((image) => image.pulls !== undefined && image.earlier.length >= weeks);
  const sums = Array.from({ length: weeks }, (_, week) => compared.reduce((sum, { earlier }) => sum + (earlier[week] ?? 0), 0));
  const before = sums.reduce((sum, value) => sum + value, 0) / weeks;
  const now = compared.reduce((sum, image) => sum + (image.pulls ?? 0), 0);
  // What one of those weeks had as well is nothing unusual.
  const isUsual = now >= Math.min(...sums) && now <= Math.max(...sums);
  return { pulls, change: Math.round(now - before), before: Math.round(before), isUsual };
}

/** Few with the same sum as these: one for each number of weeks that is known. */
export function partsOfWeekdays(images: readonly WeekdayPulls[]): readonly WeekdayPulls[] {
  const parts: { pulls: number; earlier: number[] }[] = [];
  for (const { pulls, earlier } of images) {
    if (pulls === undefined) continue;
    const part = (parts[earlier.length] ??= { pulls: 0, earlier: earlier.map(() => 0) });
    part.pulls += pulls;
    for (const [week, value] of earlier.entries()) part.earlier[week] = (part.earlier[week] ?? 0) + value;
  }
  return parts.filter((part) => part !== undefined);
}
