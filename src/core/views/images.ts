/** The tracked images with what is known of each; before the first snapshot those that the configuration names. */
import { compareImages, imageKey, type ImageName } from '../model/image.ts';
import { dayOf, toEpochDay, type Day } from '../model/day.ts';
import { computeGrowth, type Growth } from '../numbers/growth.ts';
import { weekdayPulls, type WeekdayPulls } from '../numbers/weekday.ts';
import { isInconsistent, type Inconsistency } from '../model/mark.ts';
import type { Discrepancy } from '../model/reading.ts';
import type { ImageSeries, LatestImage } from '../model/history.ts';
import { currentImages } from './summary.ts';

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
  const latest = new Map(known.latest.map((image) => [imageKey(image), image]));
  const shown = new Map(configured.map((image) => [imageKey(image), image]));
  const current = known.newestDay === undefined ? [] : currentImages(known.latest, known.newestDay);
  for (const image of current) shown.set(imageKey(image), image);
  return [...shown].map(([key, image]) => trackedImage(image, latest.get(key), moment)).toSorted(compareImages);
}

function trackedImage({ registry, repo }: ImageName, latest: LatestImage | undefined, { now, staleAfterMs }: Moment): TrackedImage {
  const yesterday = toEpochDay(dayOf(now)) - 1;
  const growthOver = (days: number): Growth =>
    latest ? computeGrowth(latest.recent, toEpochDay(latest.historySince), yesterday, days) : {};
  const lastRead = latest?.readAt;
  return {
    registry,
    repo,
    pullCount: latest?.pullCount,
    tagCount: latest?.tagCount,
    lastUpdated: latest?.lastUpdated,
    lastDay: growthOver(1),
    weekday: latest ? weekdayPulls(latest.recent, yesterday) : { earlier: [] },
    lastWeek: growthOver(7),
    last30Days: growthOver(30),
    firstSeen: latest?.firstSeen,
    historySince: latest?.historySince,
    backfilledDays: latest?.backfilledDays ?? 0,
    importedDays: latest?.importedDays ?? 0,
    totalSince: latest?.totalSince,
    lastRead,
    stale: lastRead === undefined || now - Date.parse(lastRead) > staleAfterMs,
    doubt: isInconsistent(latest?.mark) ? latest.mark : undefined,
    discrepancy: latest?.discrepancy,
  };
}
