/**
 * Days on which a registry did not update the counters of an owner, and the jump after them. Docker Hub does that now and then, for all
 * images at once: seen on 2025-07-09 at seven images of one owner, of 290, 168 and 166 pulls on a typical day. It publishes no daily
 * counts, so the totals at the end of each day are all there is; where a registry publishes days, they say more and nothing is guessed.
 */
import type { EpochDay } from '../model/day.ts';
import { groupBy } from '../model/group-by.ts';
import type { ImageSeries } from '../model/history.ts';
import type { ImageName } from '../model/image.ts';
import { isEndOfDay, isBackfilled } from '../model/mark.ts';
import { countBefore } from './sorted.ts';

/** A time in which no counter of the owner's images changed: whole UTC days, or hours that were seen from run to run. */
export interface Freeze {
  readonly registry: string;
  readonly owner: string;
  /** The first and the last day that end within it; of hours within one day, `to` is the day before `from`. */
  readonly from: EpochDay;
  readonly to: EpochDay;
  /** The first day with a change again, whose value covers the freeze too; absent while it goes on. */
  readonly until?: EpochDay | undefined;
  /** What is known of it by the hour; absent where only its days are. */
  readonly seen?: SeenFreeze | undefined;
}

/** A freeze as runs saw it; all moments are ISO 8601. */
export interface SeenFreeze {
  /** When a counter was last seen to have changed. */
  readonly since: string;
  /** When the next change was seen; absent while it goes on, or where that was not recorded. */
  readonly resumed?: string | undefined;
  /** When it was recorded. */
  readonly recordedAt: string;
}

/** Days before a freeze that it is measured against, and how many of them have to be known. */
const historyDays = 90;
const minHistoryDays = 28;
/**
 * A run of k still days is a freeze where (n / k + 1) × (q + 1) is at least this: n days are known before it, and the quietest k days in
 * a row among them had q pulls, of the images that were never still in them. As far as quiet days thin out evenly towards 0, that is chance on one day in 10,000, once in 27 years. Of
 * a single day after 90 known ones q has to be 109, after 28 it has to be 344.
 */
const minSurprise = 10_000;

/** The owner of an image. */
export function ownerOf(repo: string): string {
  return repo.slice(0, Math.max(0, repo.indexOf('/')));
}

/** The same for the same owner in one registry, and for no other. */
export function ownerKey(registry: string, owner = ''): string {
  return `${registry} ${owner}`;
}

/** That of the owner of an image. */
export function ownerKeyOf({ registry, repo }: ImageName): string {
  return ownerKey(registry, ownerOf(repo));
}

/** Whether the registry says what each of its days had; such a series needs no guess. */
export function hasPublishedDays({ days, marks }: ImageSeries): boolean {
  for (let at = 0; at < days.length; at += 1) if (isEndOfDay(marks.at(at)) || isBackfilled(marks.at(at))) return true;
  return false;
}

/** The freezes of these series, which hold all images of each owner. The newest day of an owner may not be over, and is never still. */
export function findFreezes(series: readonly ImageSeries[]): readonly Freeze[] {
  const guessed = series.filter((image) => image.days.length > 0 && !hasPublishedDays(image));
  return [...groupBy(guessed, ownerKeyOf).values()].flatMap(freezesOfOwner);
}

/** The series with the days on which their registry did not update them. */
export function withStillDays(series: readonly ImageSeries[], freezes: readonly Freeze[]): readonly ImageSeries[] {
  if (freezes.length === 0) return series;
  return series.map((image) => {
    const owner = ownerOf(image.repo);
    const own = freezes.filter((freeze) => freeze.registry === image.registry && freeze.owner === owner);
    if (own.length === 0 || hasPublishedDays(image)) return image;
    const isFrozen = (day: EpochDay): boolean => own.some(({ from, to }) => day >= from && day <= to);
    return { ...image, still: new Set(Array.from(image.days).filter(isFrozen)) };
  });
}

function freezesOfOwner(images: readonly ImageSeries[]): Freeze[] {
  const [{ registry, repo } = { registry: '', repo: '' }] = images;
  const moved = movesByDay(images);
  const days = [...moved.keys()].toSorted((a, b) => a - b);
  const found: Freeze[] = [];
  /** Days that a freeze has touched say nothing about typical ones. */
  const touched = new Set<EpochDay>();
  for (let at = 1; at < days.length - 1; at += 1) {
    const first = at;
    while (at < days.length - 1 && isStill(images, moved, days, at)) at += 1;
    if (at === first) continue;
    const [from = 0, to = 0, until = 0] = [days[first], days[at - 1], days[at]];
    if (surprise(images, { from, to, touched }) < minSurprise) continue;
    const isOngoing = at === days.length - 1 && moved.get(until) === false;
    found.push({ registry, owner: ownerOf(repo), from, to, until: isOngoing ? undefined : until });
    for (let day = from - 1; day <= until; day += 1) touched.add(day);
  }
  return found;
}

/** Whether any of the images changed, by known day. */
export function movesByDay(images: readonly ImageSeries[]): Map<EpochDay, boolean> {
  const moved = new Map<EpochDay, boolean>();
  for (const { days, totals } of images) {
    for (let at = 0; at < days.length; at += 1) {
      const day = days[at] ?? 0;
      // The first day of an image says nothing of a change.
      const hasMoved = at > 0 && totals[at] !== totals[at - 1];
      if (hasMoved || !moved.has(day)) moved.set(day, hasMoved);
    }
  }
  return moved;
}

/** Whether nothing changed on a day, although every image that was read on the known day before was read again, unless it ended. */
function isStill(images: readonly ImageSeries[], moved: ReadonlyMap<EpochDay, boolean>, days: readonly EpochDay[], at: number): boolean {
  const [before = 0, day = 0] = [days[at - 1], days[at]];
  if (moved.get(day) !== false) return false;
  return images.every((image) => {
    const last = image.days[image.days.length - 1] ?? 0;
    return last < day || positionOf(image, before) === undefined || positionOf(image, day) !== undefined;
  });
}

interface Run {
  readonly from: EpochDay;
  readonly to: EpochDay;
  readonly touched: ReadonlySet<EpochDay>;
}

/**
 * How unlikely it is that the images, which were read on the first day of the run, had no pulls all through it; 0 where too little is
 * known. Images that had a still day of their own before say nothing: one quiet day of theirs is nothing special.
 */
function surprise(images: readonly ImageSeries[], { from, to, touched }: Run): number {
  // The day before may have been frozen in part.
  const history = Array.from({ length: historyDays }, (_, at) => from - 1 - historyDays + at).filter((day) => !touched.has(day));
  const busy = images.filter((image) => positionOf(image, from) !== undefined && history.every((day) => pullsOn([image], day) !== 0));
  const sums = new Map(history.map((day) => [day, pullsOn(busy, day)]));
  const known = [...sums.values()].filter((sum) => sum !== undefined).length;
  const length = to - from + 1;
  const quietest = known < minHistoryDays ? undefined : quietestRun(sums, from - 1, length);
  return quietest === undefined ? 0 : (Math.floor(known / length) + 1) * (quietest + 1);
}

/** The smallest sum of so many days in a row before a day, all of them known. */
function quietestRun(sums: ReadonlyMap<EpochDay, number | undefined>, before: EpochDay, length: number): number | undefined {
  let quietest: number | undefined;
  for (let start = before - historyDays; start + length <= before; start += 1) {
    const run = Array.from({ length }, (_, at) => sums.get(start + at));
    const sum = run.reduce((all, each) => (all === undefined || each === undefined ? undefined : all + each), 0);
    if (sum !== undefined) quietest = Math.min(quietest ?? Infinity, sum);
  }
  return quietest;
}

/** The pulls of a day, of the images that were also read on the day before; undefined where none was. */
function pullsOn(images: readonly ImageSeries[], day: EpochDay): number | undefined {
  let sum: number | undefined;
  for (const image of images) {
    const at = positionOf(image, day);
    if (at === undefined || at === 0 || image.days[at - 1] !== day - 1) continue;
    sum = (sum ?? 0) + Math.max(0, (image.totals[at] ?? 0) - (image.totals[at - 1] ?? 0));
  }
  return sum;
}

/** Where a day is among the known ones, which ascend. */
export function positionOf({ days }: ImageSeries, day: EpochDay): number | undefined {
  const at = countBefore(days, (known) => known < day);
  return days[at] === day ? at : undefined;
}
