/** How many pulls an image had in a period, and whether that is more than in the one before. */
import type { EpochDay } from '../model/day.ts';
import type { ImageSeries, RecentPulls } from '../model/history.ts';
import { toPulls } from './series.ts';

export interface Growth {
  /** Pulls of the period, as far as they are known; absent where no day of it is. */
  readonly pulls?: number | undefined;
  /** Those less the ones of the equally long period before; absent unless the image was known all through that. */
  readonly change?: number | undefined;
}

/**
 * The growth over the `length` days that end with this one. `since`: the first known day; of `pulls` those of twice as many days are
 * looked at.
 */
export function computeGrowth({ days, pulls }: RecentPulls, since: EpochDay | undefined, lastDay: EpochDay, length: number): Growth {
  const sum = sumWithin({ days, pulls }, lastDay - length, lastDay);
  const before = sumWithin({ days, pulls }, lastDay - 2 * length, lastDay - length);
  const covered = (since ?? Infinity) <= lastDay - 2 * length;
  return { pulls: sum, change: sum === undefined || before === undefined || !covered ? undefined : sum - before };
}

/** The same of a whole series. */
export function seriesGrowth(series: ImageSeries, lastDay: EpochDay, length: number): Growth {
  // The first known day has no difference.
  const pulls = { days: Array.from(series.days).slice(1), pulls: toPulls(series).slice(1) };
  return computeGrowth(pulls, series.days[0], lastDay, length);
}

/** Days that a pace is taken from. */
export const rateDays = 30;

/** Pulls a day over the last 30 days, or as many as the image is known for. */
export function dailyRate(image: ImageSeries, lastDay: EpochDay): number {
  const days = Math.min(rateDays, lastDay - (image.days[0] ?? lastDay));
  return days > 0 ? (seriesGrowth(image, lastDay, days).pulls ?? 0) / days : 0;
}

/** The sum of the days after the first of these up to the last; undefined when no difference is known in there. */
function sumWithin({ days, pulls }: RecentPulls, after: EpochDay, to: EpochDay): number | undefined {
  let sum: number | undefined;
  for (let at = 0; at < days.length; at += 1) {
    const day = days[at] ?? 0;
    if (day > after && day <= to) sum = (sum ?? 0) + (pulls[at] ?? 0);
  }
  return sum;
}

/** The sum of what is known; undefined where nothing is. */
export function sumKnown(values: readonly (number | undefined)[]): number | undefined {
  let sum: number | undefined;
  for (const value of values) if (value !== undefined) sum = (sum ?? 0) + value;
  return sum;
}

/** A growth, and what its change is to be measured against. */
export interface ComparedGrowth extends Growth {
  /** Pulls of the period before; absent where the change is. */
  readonly before?: number | undefined;
  /** Whether the change is no more than what comes and goes by itself; absent where that is to be told from the numbers alone. */
  readonly isUsual?: boolean | undefined;
}

/** Sums of a period differ by this share of the one before without a reason. */
const noiseShare = 0.05;

/** Whether a change is noise: within twice the spread of a count that is left to chance, or a few percent. */
export function isNoise({ change = 0, before = 0, isUsual = false }: ComparedGrowth): boolean {
  return isUsual || Math.abs(change) <= Math.max(2 * Math.sqrt(before), noiseShare * before);
}

/** The sum of several growths. Its change compares like with like: only those that were known all through the period before. */
export function sumGrowth(growths: readonly Growth[]): ComparedGrowth {
  const compared = growths.filter(({ change }) => change !== undefined);
  const change = sumKnown(compared.map((growth) => growth.change));
  const now = sumKnown(compared.map(({ pulls }) => pulls));
  return {
    pulls: sumKnown(growths.map(({ pulls }) => pulls)),
    change,
    before: change === undefined || now === undefined ? undefined : now - change,
  };
}

/** Few growths with the same sum as these. */
export function partsOfGrowth(growths: readonly Growth[]): readonly Growth[] {
  const compared = growths.filter(({ change }) => change !== undefined);
  const others = growths.filter(({ change }) => change === undefined);
  const change = sumKnown(compared.map((growth) => growth.change));
  return [{ pulls: sumKnown(compared.map(({ pulls }) => pulls)), change }, { pulls: sumKnown(others.map(({ pulls }) => pulls)) }];
}
