/** What the store knows of images over time. */
import type { Day, EpochDay } from './day.ts';
import type { Reading } from './reading.ts';

/** The known totals of one image in one registry, by ascending day. Days without a value are simply not there. */
export interface ImageSeries {
  readonly registry: string;
  readonly repo: string;
  readonly days: ArrayLike<EpochDay>;
  readonly totals: ArrayLike<number>;
  /** How each total is known: its position in `marks` (see model). */
  readonly marks: ArrayLike<number>;
}

/** The newest known values of one image in one registry. */
export interface LatestImage {
  readonly registry: string;
  readonly repo: string;
  /** The day of the newest known total. */
  readonly day: Day;
  readonly pullCount: number;
  /** ISO 8601 moment of the newest total that was read; absent when all were reconstructed. */
  readonly readAt?: string | undefined;
  readonly tagCount?: number | undefined;
  readonly lastUpdated?: string | undefined;
  /** The first day that is in the total, where the registry has no lifetime total. */
  readonly totalSince?: Day | undefined;
}

/** A reading as it is stored, with the day whose snapshot holds it. */
export type StoredReading = Reading & { readonly day: Day };
