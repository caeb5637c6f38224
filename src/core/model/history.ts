/** What is stored of images over time. */
import type { Day, EpochDay } from './day.ts';
import type { ImageName } from './image.ts';
import type { Mark, Marks } from './mark.ts';
import type { Discrepancy, Reading } from './reading.ts';

/** The known totals of one image in one registry, by ascending day. Days without a value are absent. */
export interface ImageSeries extends ImageName {
  readonly days: ArrayLike<EpochDay>;
  readonly totals: ArrayLike<number>;
  /** How each total is known. */
  readonly marks: Marks;
  /** What else is known of single days; few have anything. */
  readonly notes?: ReadonlyMap<EpochDay, DayNote> | undefined;
  /** Days on which the registry did not update its counter, as far as that was looked for; never stored. */
  readonly still?: ReadonlySet<EpochDay> | undefined;
}

/** The totals of many images day by day, packed: no more of them is in memory than some days. A position is that of an image among `images`. */
export interface DailyTotals {
  /** Ordered by repo, then registry. */
  readonly images: readonly ImageName[];
  /** By position: the newest known day before the range and its total, from which the first difference is taken; NaN where there is none. */
  readonly before: { readonly days: Float64Array; readonly totals: Float64Array };
  /** The days of the range on which any of them has a total, ascending. */
  readonly days: AsyncIterable<DayTotals>;
}

/** The totals of one day. */
export interface DayTotals {
  readonly day: EpochDay;
  /** By position; NaN where there is none. */
  readonly totals: Float64Array;
  /** By position, where they were asked for. */
  readonly marks?: readonly (Mark | undefined)[] | undefined;
  /** By position; few have anything. */
  readonly notes: ReadonlyMap<number, DayNote>;
}

export interface DailyTotalsOptions {
  /** How each total is known is needed too. */
  readonly withMarks?: boolean | undefined;
}

/** What is known of a day beside its total. */
export type DayNote = Pick<Reading, 'dayPulls' | 'discrepancy'>;

/** What of a reading is kept as a note of its day; undefined where there is nothing. */
export function toDayNote({ dayPulls, discrepancy }: DayNote): DayNote | undefined {
  return dayPulls === undefined && discrepancy === undefined ? undefined : { dayPulls, discrepancy };
}

/** The mark of each total of a series. */
export function listMarks({ days, marks }: Pick<ImageSeries, 'days' | 'marks'>): Mark[] {
  return Array.from(days, (_, at) => marks.at(at) ?? 'read');
}

/** The newest known values of one image in one registry. */
export interface LatestImage extends ImageName, SeriesValues {
  /** The day of the newest known total. */
  readonly day: Day;
  readonly pullCount: number;
  /** ISO 8601 moment of the newest total that was read; absent when all were backfilled. */
  readonly readAt?: string | undefined;
  readonly tagCount?: number | undefined;
  readonly lastUpdated?: string | undefined;
  /** The newest day whose snapshot has tags of it, or says that there was no room for any; a later one where that snapshot was deleted. */
  readonly tagsDay?: Day | undefined;
  /** The first day that is in the total, where the registry has no lifetime total. */
  readonly totalSince?: Day | undefined;
  /** Set where the newest total disagreed with the registry's daily counts. */
  readonly discrepancy?: Discrepancy | undefined;
}

/** What a series comes to, kept so that a list of images needs none. */
export interface SeriesValues {
  /** How the newest total is known. */
  readonly mark: Mark;
  /** The first day with a total, read or backfilled. */
  readonly historySince: Day;
  /** The first day whose total was read; absent when all were backfilled. */
  readonly firstSeen?: Day | undefined;
  readonly backfilledDays: number;
  readonly importedDays: number;
  readonly recent: RecentPulls;
}

/** The pulls of the newest known days, ascending; the first known day has none. */
export interface RecentPulls {
  readonly days: ArrayLike<EpochDay>;
  readonly pulls: ArrayLike<number>;
}

/** What the values of a registry's images on one day add up to that are known in the same way and cover as many days. */
export interface DaySum {
  readonly registry: string;
  readonly day: EpochDay;
  /** `still`: the registry did not update its counters. */
  readonly mark: Mark | 'still';
  /** How many days each value covers. */
  readonly covered: number;
  /** How many values of images it is made of. */
  readonly values: number;
  readonly pulls: number;
  /** The totals of these images. */
  readonly total: number;
  /** By how much they differ from the known ones before, down as well as up; the first total of an image counts whole. Their sum up to a day is the total of all. */
  readonly step: number;
  /** How many totals fell. */
  readonly resets: number;
  /** By how much these fell together. */
  readonly fall: number;
}

/** Whether anything of its tags is stored. */
export function hasTags({ tags, tagsCut, tagsNote }: Pick<Reading, 'tags' | 'tagsCut' | 'tagsNote'>): boolean {
  return tags !== undefined || tagsCut !== undefined || tagsNote?.since !== undefined;
}

/** A reading as it is stored, with the day whose snapshot holds it. */
export type StoredReading = Reading & { readonly day: Day };
