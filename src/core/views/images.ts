/** The tracked images with what is known of each; before the first snapshot those that the configuration names. */
import { compareImages, imageKey, type ImageName } from '../model/image.ts';
import { dayOf, toEpochDay, type Day, type EpochDay } from '../model/day.ts';
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
  const newest = Math.max(...images.map(({ lastRead }) => Date.parse(lastRead ?? '') || 0));
  return newest > 0 && now - newest > agesAfterMs ? dayOf(newest) : undefined;
}

export interface Moment {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** A total that was read longer ago than this is stale. */
  readonly staleAfterMs: number;
}

/** The configured images and those that were read within the last days, by registry, then name. `known` and `configured` hold only what matches the query. */
export function trackedImages(known: KnownImages, configured: readonly ImageName[], moment: Moment): readonly TrackedImage[] {
  const unknown = new Map(configured.map((image) => [imageKey(image), image]));
  const yesterday = toEpochDay(dayOf(moment.now)) - 1;
  const oldestDay = known.newestDay === undefined ? '9999-12-31' : oldestCurrentDay(known.newestDay);
  const tracked: TrackedImage[] = [];
  for (const image of known.latest) {
    const isConfigured = unknown.size > 0 && unknown.delete(imageKey(image));
    if (isConfigured || image.day >= oldestDay) tracked.push(trackedImage(image, yesterday, moment));
  }
  if (unknown.size === 0) return tracked;
  return [...tracked, ...Array.from(unknown.values(), unreadImage)].toSorted(compareImages);
}

interface Made {
  readonly yesterday: EpochDay;
  /** Milliseconds since the epoch; NaN where it was never read. */
  readonly readAt: number;
  readonly tracked: TrackedImage;
}

/** Of thousands of images few change between two lists: what one came to is kept as long as its values are, and worked out anew on the next day. */
const madeOf = new WeakMap<LatestImage, Made>();

function trackedImage(latest: LatestImage, yesterday: EpochDay, { now, staleAfterMs }: Moment): TrackedImage {
  const made = madeOf.get(latest);
  const readAt = made?.readAt ?? Date.parse(latest.readAt ?? '');
  const stale = !(now - readAt <= staleAfterMs);
  if (made?.yesterday === yesterday && made.tracked.stale === stale) return made.tracked;
  const tracked = { ...(made?.yesterday === yesterday ? made.tracked : toTracked(latest, yesterday)), stale };
  madeOf.set(latest, { yesterday, readAt, tracked });
  return tracked;
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
    stale: false,
    doubt: isInconsistent(mark) ? mark : undefined,
    discrepancy,
  };
}

function unreadImage({ registry, repo }: ImageName): TrackedImage {
  const nothing = { lastDay: {}, weekday: { earlier: [] }, lastWeek: {}, last30Days: {} };
  return { registry, repo, ...nothing, backfilledDays: 0, importedDays: 0, stale: true };
}
