/** What a registry says about an image at one moment. */
import { dayOf, type Day } from './day.ts';
import type { AppError } from './errors.ts';
import type { ImageRef } from './image-ref.ts';
import type { Inconsistency, Mark } from './mark.ts';

/** Whether a count is one that can be believed and stored: a whole number from 0 to 2^53 − 1. */
export function isPullCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

export interface Platform {
  readonly architecture: string;
  readonly os: string;
  readonly variant?: string | undefined;
  readonly digest?: string | undefined;
  /** Compressed size in bytes. */
  readonly size?: number | undefined;
}

export interface Tag {
  readonly name: string;
  /** When the tag last moved, as the registry writes it. */
  readonly lastUpdated?: string | undefined;
  readonly digest?: string | undefined;
  /** Compressed size in bytes. */
  readonly fullSize?: number | undefined;
  readonly platforms?: readonly Platform[] | undefined;
  /** Pulls of the version that this tag points at now; it starts again when the tag moves. */
  readonly pullCount?: number | undefined;
  /** The registry's own id of that version; tags with the same id share one count. */
  readonly versionId?: string | undefined;
}

/** The pulls of one day as the registry publishes them. */
export interface DailyPulls {
  readonly day: Day;
  readonly pulls: number;
}

/** One image, read once. A reading exists only when its total was really read. */
export interface Reading {
  readonly registry: string;
  /** Canonical name, see image-ref. */
  readonly repo: string;
  /** Lifetime pulls, or those since `totalSince`: a safe integer ≥ 0. */
  readonly pullCount: number;
  /** ISO 8601 UTC moment of the read; its UTC day is the snapshot it belongs to, unless `day` says otherwise. */
  readonly readAt: string;
  /** The day that the total is of, where that is known only later. */
  readonly day?: Day | undefined;
  /**
   * Set when the registry has no lifetime total: the first day that is summed. A source sums the days that the registry
   * published, which are all in `recentDays`; the collector continues the stored sum.
   */
  readonly totalSince?: Day | undefined;
  /** Last push, as the registry writes it. */
  readonly lastUpdated?: string | undefined;
  /** How many tags the image has, also where not all of them were read. */
  readonly tagCount?: number | undefined;
  /** Absent when the tags were not read this time. */
  readonly tags?: readonly Tag[] | undefined;
  /** How many tags were read and are not in `tags`, because a store has no room for them. */
  readonly tagsCut?: number | undefined;
  /** What a store notes of the tags, so that a list that stays as it is need not be stored on each day. Nobody else looks at it. */
  readonly tagsNote?: TagsNote | undefined;
  /**
   * Days before this read, newest first, dated as the registry labels them. The first is the unfinished today, or with `totalSince`
   * the last one that is over.
   */
  readonly recentDays?: readonly DailyPulls[] | undefined;
  /** Set where the tags were not read but the registry's own list of names was. Only looked at for pushes, and not stored. */
  readonly listedTags?: ListedTags | undefined;
  /** How the total is known; absent: it was read. */
  readonly mark?: Mark | undefined;
  /** What was read on a day whose total is now that of its end. */
  readonly observed?: Observed | undefined;
  /** The day's own pulls, where the difference of totals does not tell them. */
  readonly dayPulls?: number | undefined;
  /** Set while total and daily counts disagree. */
  readonly discrepancy?: Discrepancy | undefined;
}

/** A total that was read, and when (ISO 8601). */
export interface Observed {
  readonly pullCount: number;
  readonly readAt: string;
}

/** By how much a registry's total and its daily counts disagree. */
export interface Discrepancy {
  /** `frozen`: one of them does not change although the other does. */
  readonly kind: Inconsistency;
  /** The total less what the daily counts add up to. */
  readonly by: number;
  /** ISO 8601 moment of the first read that showed it. */
  readonly since: string;
}

export interface TagsNote {
  /** Tells the stored list from others. */
  readonly hash?: string | undefined;
  /** The day that has the list; the reading itself has none. */
  readonly since?: Day | undefined;
}

/** The end of a list that has the tags oldest first. */
export interface ListedTags {
  /** The newest last. */
  readonly names: readonly string[];
  /** The newest version there is: tags that are read later and point at this one or an older one were in the list already. */
  readonly newestVersionId?: string | undefined;
}

/** The day of the snapshot that a reading belongs to. */
export function snapshotDay({ day, readAt }: Reading): Day {
  return day ?? dayOf(Date.parse(readAt));
}

/** An image that a listing named, with its reading where the listing already prints the total. */
export interface ListedImage {
  readonly ref: ImageRef;
  readonly reading?: Reading | undefined;
}

/** Every image of an owner that could be listed. */
export interface Listing {
  readonly images: readonly ListedImage[];
  /** How many images the registry says there are, where it says so. */
  readonly expected?: number | undefined;
  /** False when images are missing from the list; then absence says nothing. */
  readonly complete: boolean;
  /** Why it is not complete. */
  readonly shortfall?: AppError | undefined;
}
