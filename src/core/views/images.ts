/** The tracked images with what is known of each; before the first snapshot those that the configuration names. */
import { compareImages, imageKey, type ImageName } from '../model/image.ts';
import { dayOf, toEpochDay, type Day, type EpochDay } from '../model/day.ts';
import { computeGrowth, type Growth } from '../numbers/growth.ts';
import { weekdayPulls, type WeekdayPulls } from '../numbers/weekday.ts';
import { isInconsistent, type Inconsistency } from '../model/mark.ts';
import type { Discrepancy } from '../model/reading.ts';
import type { ImageSeries, LatestImage } from '../model/history.ts';
import { oldestCurrentDay } from './summary.ts';

/** Whether both hold the very same, in the same order. */
function isSameOrder(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a === b || (a.length === b.length && a.every((each, at) => each === b[at]));
}

/** What is stored of the images that match a query. */
export interface KnownImages {
  readonly latest: readonly LatestImage[];
  /** The newest day that has a snapshot. */
  readonly newestDay: Day | undefined;
}

/** The same with the history of each. */
export interface KnownHistory extends KnownImages {
  readonly series: readonly ImageSeries[];
}

export interface TrackedImage extends ImageName {
  /** Newest known total; absent before the first read. */
  readonly pullCount?: number | undefined;
  readonly tagCount?: number | undefined;
  readonly lastUpdated?: string | undefined;
  /** Pulls of whole days that end with yesterday: today is not over yet. */
  readonly lastDay: Growth;
  /** The last whole day beside the same weekday of the weeks before. */
  readonly weekday: WeekdayPulls;
  readonly lastWeek: Growth;
  readonly last30Days: Growth;
  /** The first day that was really read. */
  readonly firstSeen?: Day | undefined;
  /** The first day with a total, read or backfilled. */
  readonly historySince?: Day | undefined;
  readonly backfilledDays: number;
  /** Days whose total was taken over from another program's records. */
  readonly importedDays: number;
  /** The first day that is in the total, where the registry has no lifetime total. */
  readonly totalSince?: Day | undefined;
  /** ISO 8601 moment of the newest read. */
  readonly lastRead?: string | undefined;
  readonly stale: boolean;
  readonly doubt?: Inconsistency | undefined;
  /** By how much the newest total disagrees with the registry's daily counts, where it does. */
  readonly discrepancy?: Discrepancy | undefined;
}

/** The day of the newest reading of these images, where that is longer ago than `agesAfterMs`. */
export function agedSince(
  images: readonly Pick<TrackedImage, 'lastRead'>[],
  { now, agesAfterMs }: { readonly now: number; readonly agesAfterMs: number },
): Day | undefined {
  const newest = newestRead(images);
  return newest !== undefined && now - newest > agesAfterMs ? dayOf(newest) : undefined;
}

/** When one of these images was last read, in milliseconds since the epoch; undefined where none was. */
export function newestRead(images: readonly Pick<TrackedImage, 'lastRead'>[]): number | undefined {
  let newest: number | undefined;
  for (const { lastRead } of images) {
    const readAt = Date.parse(lastRead ?? '');
    if (readAt > (newest ?? -Infinity)) newest = readAt;
  }
  return newest;
}

export interface Moment {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** A total that was read longer ago than this is stale. */
  readonly staleAfterMs: number;
}

/** The configured images and those that were read within the last days, by registry, then name. `known` and `configured` hold only what matches the query. */
export function trackedImages(known: KnownImages, configured: readonly ImageName[], moment: Moment): readonly TrackedImage[] {
  return createTrackedList()(known, configured, moment);
}

/** As `trackedImages`; what has not changed since the last call is the same object, and where nothing has, so is the list. */
type TrackedList = typeof trackedImages;

/** By store: its list of all images is asked for again and again, and of thousands of images few change in between. */
const lists = new WeakMap<object, TrackedList>();

/** The list of all images of a store. */
export function trackedListOf(store: object): TrackedList {
  const list = lists.get(store) ?? createTrackedList();
  lists.set(store, list);
  return list;
}

interface Made {
  readonly latest: LatestImage;
  /** Milliseconds since the epoch; NaN where it was never read. */
  readonly readAt: number;
  readonly tracked: TrackedImage;
}

function createTrackedList(): TrackedList {
  let madeOn: EpochDay | undefined;
  /** In the order of the images. */
  let made: readonly Made[] = [];
  let from: { readonly known: KnownImages; readonly configured: readonly ImageName[] } | undefined;
  let list: readonly TrackedImage[] = [];

  return (known, configured, moment) => {
    const yesterday = toEpochDay(dayOf(moment.now)) - 1;
    const isSameList =
      yesterday === madeOn &&
      from?.known.latest === known.latest &&
      from.known.newestDay === known.newestDay &&
      isSameOrder(from.configured, configured) &&
      made.every((each) => isStale(each, moment) === each.tracked.stale);
    if (isSameList) return list;
    made = makeAll(known.latest, yesterday === madeOn ? made : [], yesterday, moment);
    [madeOn, from] = [yesterday, { known, configured }];
    list = shownImages(made, configured, known.newestDay);
    return list;
  };
}

/** `before`: what was made on this day, in the same order. */
function makeAll(images: readonly LatestImage[], before: readonly Made[], yesterday: EpochDay, moment: Moment): readonly Made[] {
  let at = 0;
  return images.map((latest) => {
    for (let known = before[at]; known && known.latest !== latest && compareImages(known.latest, latest) < 0; known = before[at]) at += 1;
    const known = before[at];
    const made =
      known?.latest === latest ? known : { latest, readAt: Date.parse(latest.readAt ?? ''), tracked: toTracked(latest, yesterday) };
    const stale = isStale(made, moment);
    return stale === made.tracked.stale ? made : { ...made, tracked: { ...made.tracked, stale } };
  });
}

function isStale({ readAt }: Pick<Made, 'readAt'>, { now, staleAfterMs }: Moment): boolean {
  return !(now - readAt <= staleAfterMs);
}

function shownImages(
  made: readonly Made[],
  configured: readonly ImageName[],
  newestDay: KnownImages['newestDay'],
): readonly TrackedImage[] {
  const unknown = new Map(configured.map((image) => [imageKey(image), image]));
  const oldestDay = newestDay === undefined ? '9999-12-31' : oldestCurrentDay(newestDay);
  const shown: TrackedImage[] = [];
  for (const { latest, tracked } of made) {
    const isConfigured = unknown.size > 0 && unknown.delete(imageKey(latest));
    if (isConfigured || latest.day >= oldestDay) shown.push(tracked);
  }
  if (unknown.size === 0) return shown;
  return [...shown, ...Array.from(unknown.values(), unreadImage)].toSorted(compareImages);
}

function toTracked(latest: LatestImage, yesterday: EpochDay): TrackedImage {
  const { registry, repo, recent, mark, pullCount, tagCount, lastUpdated, totalSince, discrepancy } = latest;
  const growthOver = (days: number): Growth => computeGrowth(recent, toEpochDay(latest.historySince), yesterday, days);
  return {
    registry,
    repo,
    pullCount,
    tagCount,
    lastUpdated,
    lastDay: growthOver(1),
    weekday: weekdayPulls(recent, yesterday),
    lastWeek: growthOver(7),
    last30Days: growthOver(30),
    firstSeen: latest.firstSeen,
    historySince: latest.historySince,
    backfilledDays: latest.backfilledDays,
    importedDays: latest.importedDays,
    totalSince,
    lastRead: latest.readAt,
    stale: true,
    doubt: isInconsistent(mark) ? mark : undefined,
    discrepancy,
  };
}

function unreadImage({ registry, repo }: ImageName): TrackedImage {
  const nothing = { lastDay: {}, weekday: { earlier: [] }, lastWeek: {}, last30Days: {} };
  return { registry, repo, ...nothing, backfilledDays: 0, importedDays: 0, stale: true };
}
