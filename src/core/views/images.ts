/** The tracked images with what is known of each; before the first snapshot those that the configuration names. */
import { compareImages, imageKey, type ImageName } from '../model/image.ts';
import { dayOf, toEpochDay, type Day, type EpochDay } from '../model/day.ts';
import { createBlocks } from '../numbers/blocks.ts';
import { computeGrowth, type Growth } from '../numbers/growth.ts';
import { weekdayPulls, type WeekdayPulls } from '../numbers/weekday.ts';
import { isInconsistent, type Inconsistency } from '../model/mark.ts';
import type { Discrepancy } from '../model/reading.ts';
import type { ImageSeries, LatestImage } from '../model/history.ts';
import { oldestCurrentDay } from './summary.ts';

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
  return createTrackedList(configured)(known, moment);
}

/** What has not changed since the last call is the same object, and where nothing has, so is the list. */
export type TrackedList = (known: KnownImages, moment: Moment) => readonly TrackedImage[];

/** By store and by what is configured: its list of all images is asked for again and again, and of thousands of images few change in between. */
const lists = new WeakMap<object, WeakMap<readonly ImageName[], TrackedList>>();

/** The list of all images of a store. `configured`: always the same array. */
export function trackedListOf(store: object, configured: readonly ImageName[]): TrackedList {
  const ofStore = lists.get(store) ?? new WeakMap<readonly ImageName[], TrackedList>();
  const list = ofStore.get(configured) ?? createTrackedList(configured);
  lists.set(store, ofStore.set(configured, list));
  return list;
}

/** What a list is made for. */
interface ListMoment extends Moment {
  readonly yesterday: EpochDay;
  /** What is older is shown only where it is configured. */
  readonly oldestDay: Day;
}

/** Images one after another in the list. */
interface TrackedBlock {
  readonly moment: ListMoment;
  readonly shown: readonly TrackedImage[];
  /** The keys of those that are configured. */
  readonly configured: ReadonlySet<string>;
  /** It is as it is for moments after the first and up to the second, in milliseconds since the epoch; then a total gets stale. */
  readonly lasts: readonly [number, number];
}

function createTrackedList(configured: readonly ImageName[]): TrackedList {
  const wanted = new Map(configured.map((image) => [imageKey(image), image]));
  const blocks = createBlocks((images: readonly LatestImage[], moment: ListMoment) => toBlock(images, wanted, moment), isOutdated);
  let from: readonly TrackedBlock[] | undefined;
  let list: readonly TrackedImage[] = [];

  return ({ latest, newestDay }, moment) => {
    const yesterday = toEpochDay(dayOf(moment.now)) - 1;
    const oldestDay = newestDay === undefined ? '9999-12-31' : oldestCurrentDay(newestDay);
    const made = blocks(latest, { ...moment, yesterday, oldestDay });
    if (made === from) return list;
    from = made;
    const read = new Set(made.flatMap((block) => [...block.configured]));
    list = withUnread(
      made.flatMap(({ shown }) => shown),
      [...wanted].filter(([key]) => !read.has(key)).map(([, image]) => image),
    );
    return list;
  };
}

function toBlock(images: readonly LatestImage[], wanted: ReadonlyMap<string, ImageName>, moment: ListMoment): TrackedBlock {
  const configured = new Set(wanted.size === 0 ? [] : images.map(imageKey).filter((key) => wanted.has(key)));
  const shown = images.filter((image) => image.day >= moment.oldestDay || configured.has(imageKey(image)));
  return { moment, shown: shown.map((image) => trackedOf(image, moment)), configured, lasts: timeOf(shown, moment) };
}

function isOutdated({ moment: made, lasts: [after, until] }: TrackedBlock, moment: ListMoment): boolean {
  const isOtherDay = made.yesterday !== moment.yesterday || made.oldestDay !== moment.oldestDay;
  return isOtherDay || made.staleAfterMs !== moment.staleAfterMs || moment.now <= after || moment.now > until;
}

function withUnread(read: readonly TrackedImage[], unread: readonly ImageName[]): readonly TrackedImage[] {
  return unread.length === 0 ? read : [...read, ...unread.map(unreadImage)].toSorted(compareImages);
}

function isStale({ readAt = '' }: LatestImage, { now, staleAfterMs }: Moment): boolean {
  return !(now - Date.parse(readAt) <= staleAfterMs);
}

/** From when to when each of these is as stale as it is now. */
function timeOf(images: readonly LatestImage[], { now, staleAfterMs }: Moment): TrackedBlock['lasts'] {
  let [after, until] = [-Infinity, Infinity];
  for (const { readAt = '' } of images) {
    const limit = Date.parse(readAt) + staleAfterMs;
    if (limit < now) after = Math.max(after, limit);
    if (limit >= now) until = Math.min(until, limit);
  }
  return [after, until];
}

interface Made {
  readonly yesterday: EpochDay;
  readonly tracked: TrackedImage;
}

/** A store gives the same values of an image as long as none of its totals has changed. */
const kept = new WeakMap<LatestImage, Made>();

function trackedOf(latest: LatestImage, moment: ListMoment): TrackedImage {
  const { yesterday } = moment;
  const stale = isStale(latest, moment);
  const known = kept.get(latest);
  if (known?.yesterday === yesterday && known.tracked.stale === stale) return known.tracked;
  const tracked = known?.yesterday === yesterday ? { ...known.tracked, stale } : toTracked(latest, yesterday, stale);
  kept.set(latest, { yesterday, tracked });
  return tracked;
}

function toTracked(latest: LatestImage, yesterday: EpochDay, stale: boolean): TrackedImage {
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
    stale,
    doubt: isInconsistent(mark) ? mark : undefined,
    discrepancy,
  };
}

function unreadImage({ registry, repo }: ImageName): TrackedImage {
  const nothing = { lastDay: {}, weekday: { earlier: [] }, lastWeek: {}, last30Days: {} };
  return { registry, repo, ...nothing, backfilledDays: 0, importedDays: 0, stale: true };
}
