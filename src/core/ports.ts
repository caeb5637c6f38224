/** What the core needs from outside; app/world.ts makes the implementations. */
import type { Day } from './model/day.ts';
import type { ImageSeries, LatestImage, StoredReading } from './model/history.ts';
import type { DayRange, SeriesQuery } from './model/query.ts';
import type { AppError } from './model/errors.ts';
import type { RecordedEvent } from './model/event.ts';
import type { ImageRef } from './model/image-ref.ts';
import type { Listing, Reading } from './model/reading.ts';
import type { SnapshotDocument } from './document/snapshot.ts';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A number in [0, 1). */
export type Random = () => number;

export type LogFields = Readonly<Record<string, unknown>>;

/** Messages are constant text; what varies goes into the fields. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** The reading that the listing of the same run already had: it need not be requested again. */
  readonly listed?: Reading | undefined;
}

/** One registry. Its methods throw only AppError, or the signal's reason when aborted. */
export interface Source {
  readonly registry: string;
  /**
   * Lists an owner's public images. Pages that were read are kept when a later one fails: the listing is then not complete.
   * @throws AppError not_found (no such owner), unauthorized, rate_limited, unreachable, invalid_response: nothing could be listed
   */
  list(owner: string, options?: ReadOptions): Promise<Listing>;
  /**
   * Reads one image. A flaw says what could not be read besides the total.
   * @throws AppError not_found, unauthorized, rate_limited, unreachable, invalid_response: the total was not read
   */
  read(ref: ImageRef, options?: ReadOptions): Promise<{ readonly reading: Reading; readonly flaw?: AppError | undefined }>;
}

/** Keeps readings and answers queries about them. Methods throw AppError internal when the medium fails. */
export interface SnapshotStore {
  /**
   * Merges readings into the snapshots of their UTC days; per image the more certain total wins, then the later (see mark); nothing else is changed. Events are kept with the
   * snapshot of the day they were seen on; one that is stored already is not stored again.
   * After it resolves they survive a power cut. It rejects whole: a day is stored entirely or not at all.
   */
  save(readings: readonly Reading[], events?: readonly RecordedEvent[]): Promise<void>;
  /**
   * The series of every image that matches, ordered by repo, then registry. Days outside of the range may be left out, but for the newest
   * known one before it, from which the first difference is taken.
   */
  totals(query: SeriesQuery, range?: DayRange): Promise<readonly ImageSeries[]>;
  /** The newest known values of every image that matches, ordered by registry, then repo. */
  latest(query: SeriesQuery): Promise<readonly LatestImage[]>;
  /** Every stored reading with all that was read, by day, then registry, then repo: much work, one day at a time. */
  readings(query: SeriesQuery, range?: DayRange): AsyncIterable<StoredReading>;
  /** The events that were recorded, by time, then registry, then repo. */
  events(): Promise<readonly RecordedEvent[]>;
  /** The stored snapshot of a day, or undefined when there is none or it cannot be read. */
  snapshot(day: Day): Promise<SnapshotDocument | undefined>;
  /** The days that have a snapshot, ascending. */
  days(): Promise<readonly Day[]>;
  /** Deletes the snapshots of days before this one and resolves to the deleted days. */
  prune(before: Day): Promise<readonly Day[]>;
  /** Changes whenever an answer may have changed. */
  version(): string;
  /** Releases the medium; the store is not used afterwards. */
  close(): Promise<void>;
}
