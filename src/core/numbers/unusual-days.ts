/**
 * Days with far more pulls than an image has on a typical one. Typical is the median of the 28 days before; how much the days differ among
 * themselves is their median distance from it. Both hardly move with a burst, nor with quiet weekends.
 */
import type { EpochDay } from '../model/day.ts';
import type { ImageSeries } from '../model/history.ts';
import { isInconsistent } from '../model/mark.ts';
import { coveredDays } from './covered-days.ts';
import { toPulls } from './series.ts';

export interface UnusualDay {
  readonly day: EpochDay;
  readonly pulls: number;
  /** Pulls of a typical day before it. */
  readonly typical: number;
}

const historyDays = 28;
/** So many of the days before have to be known by themselves. */
const minHistoryDays = 21;
/** After an unusual day nothing is said for so many days, and of what goes on without such a pause only the first. */
const pauseDays = 7;
/** An image that had two bursts within so many days has bursts: another one is news when it is twice as large as each of them. */
const burstDays = 84;
const knownBursts = 2;
const minAbove = 50;
const minTimes = 2;
const minDeviations = 5;
/** Makes the median distance comparable with a standard deviation, where values are distributed normally. */
const perDeviation = 1.4826;

/** The unusual days from this one on, ascending. */
export function* findUnusualDays(image: ImageSeries, from: EpochDay = -Infinity): Generator<UnusualDay> {
  const { days } = image;
  const pulls = toPulls(image);
  const bursts: Burst[] = [];
  let said = -Infinity;
  for (let at = 1; at < days.length; at += 1) {
    const day = days[at] ?? 0;
    if (day < from - burstDays) continue;
    const typical = typicalBefore(image, pulls, at);
    if (typical === undefined) continue;
    const value = pulls[at] ?? 0;
    const isNews = day - said > pauseDays && isNewBurst(bursts, day, value);
    if (isNews) said = day;
    if (isNews && day >= from) yield { day, pulls: value, typical };
    bursts.push({ day, pulls: value });
  }
}

type Burst = Pick<UnusualDay, 'day' | 'pulls'>;

/** `bursts`: all days before with unusual pulls, ascending. */
function isNewBurst(bursts: readonly Burst[], day: EpochDay, value: number): boolean {
  const recent = bursts.filter((burst) => day - burst.day <= burstDays);
  const last = recent.at(-1);
  const begun = recent.filter((burst, at) => burst.day - (recent[at - 1]?.day ?? -Infinity) >= pauseDays).length;
  const isKnown = (last !== undefined && day - last.day <= pauseDays) || begun >= knownBursts;
  return !isKnown || recent.every(({ pulls }) => value >= minTimes * pulls);
}

/** The pulls of a typical day, where those of this one are unusual. */
function typicalBefore(image: ImageSeries, pulls: readonly number[], at: number): number | undefined {
  const value = pulls[at] ?? 0;
  if (value <= minAbove || !isOneDay(image, at)) return undefined;
  const known = knownBefore(image, pulls, at);
  // Most days have none: more than half of those before are too near for a median that is half as large.
  if (known.length < minHistoryDays || isMostAbove(known, value / minTimes)) return undefined;
  const typical = median(known);
  const spread = Math.max(perDeviation * median(known.map((each) => Math.abs(each - typical))), Math.sqrt(typical));
  const surplus = value - lackingBefore(image, pulls, at, typical);
  const isUnusual = surplus > typical + minDeviations * spread && surplus >= typical + minAbove && surplus >= minTimes * typical;
  return isUnusual ? typical : undefined;
}

/** Whether the pulls of a known day are those of this day alone, as far as the registry is consistent. */
function isOneDay(image: ImageSeries, at: number): boolean {
  const { days, marks, still } = image;
  return at > 0 && !still?.has(days[at] ?? 0) && coveredDays(image, at) === 1 && !isInconsistent(marks.at(at));
}

function knownBefore(image: ImageSeries, pulls: readonly number[], at: number): number[] {
  const first = (image.days[at] ?? 0) - historyDays;
  const known: number[] = [];
  for (let before = at - 1; before > 0 && (image.days[before] ?? 0) >= first; before -= 1) {
    if (isOneDay(image, before)) known.push(pulls[before] ?? 0);
  }
  return known;
}

function isMostAbove(values: readonly number[], limit: number): boolean {
  let above = 0;
  for (const value of values) if (value > limit) above += 1;
  return above * 2 > values.length;
}

/**
 * What the days directly before had less than typical, if each had less than half of that: a counter that was not updated, or was read
 * early in the day, catches up on the next.
 */
function lackingBefore({ days }: ImageSeries, pulls: readonly number[], at: number, typical: number): number {
  let lacking = 0;
  for (let before = at - 1; before > 0 && before >= at - pauseDays; before -= 1) {
    const value = pulls[before] ?? 0;
    if (value * 2 >= typical || days[before] !== (days[at] ?? 0) - (at - before)) break;
    lacking += typical - value;
  }
  return lacking;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? (sorted[Math.floor(middle)] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
