/** What the core asks of the world; app.ts hands the implementations in. */
import type { Day, EpochDay } from './day.ts';
import type { AppError } from './errors.ts';
import type { RecordedEvent } from './recorded-event.ts';
import type { ImageRef, Target } from './image-ref.ts';
import type { Listing, Reading } from './model.ts';
import type { SnapshotDocument } from './snapshot.ts';

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

/** What the numbers of a registry count, so that nobody takes one kind for another. */
export interface Counting {
  /** In the plural, e.g. `pulls`. */
  readonly unit: string;
  /** Whether the registry has a total over all time. Otherwise it is the sum of the days since the first that is known here. */
  readonly lifetime: boolean;
  /** One sentence or two for people. */
  readonly note: string;
}

/** What a registry is and which environment variables it has; the configuration is built from these. */
export interface RegistryDescriptor {
  /** As the API prints it, e.g. `dockerhub`. */
  readonly id: string;
  /** For people, e.g. `Docker Hub`. */
  readonly title: string;
  readonly counts: Counting;
  /** Prefix of `…_REPOS` and `…_DELAY_MS`. */
  readonly variablePrefix: string;
  /** What stands before the name when the image is pulled, e.g. `ghcr.io`. */
  readonly host: string;
  /** The owner of the images that are pulled by a name without a slash, e.g. `library`. */
  readonly bareOwner?: string;
  /** Whether a name may hold further slashes. */
  readonly nestedNames: boolean;
  /** An example for the documentation, e.g. `acme/app,acme/*`. */
  readonly example: string;
  readonly urls: readonly { readonly variable: string; readonly default: string; readonly what: string }[];
  /** Least milliseconds between two requests, and what else to know about the pace. */
  readonly delay: { readonly defaultMs: number; readonly note: string };
  /** Environment variables of an optional login. */
  readonly login?: { readonly usernameVariable: string; readonly tokenVariable: string; readonly what: string };
}

/** A registry's part of the configuration. */
export interface RegistrySettings {
  readonly targets: readonly Target[];
  /** Base URL by variable name, without a trailing slash. */
  readonly urls: Readonly<Record<string, string>>;
  readonly delayMs: number;
  readonly login?: { readonly username: string; readonly token: string } | undefined;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** What a listing of the same cycle already told, so that it need not be asked again. */
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
   * Reads one image. A flaw tells what could not be read beside the total.
   * @throws AppError not_found, unauthorized, rate_limited, unreachable, invalid_response: the total was not read
   */
  read(ref: ImageRef, options?: ReadOptions): Promise<{ readonly reading: Reading; readonly flaw?: AppError | undefined }>;
}

/** Which images a question is about; an absent member does not restrict. */
export interface SeriesQuery {
  readonly registries?: ReadonlySet<string> | undefined;
  /** Canonical names. */
  readonly repos?: ReadonlySet<string> | undefined;
}

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

/** Which days a question is about, both inclusive; an absent one does not restrict. */
export interface DaySpan {
  readonly from?: Day | undefined;
  readonly to?: Day | undefined;
}

/** A reading as it is stored, with the day whose snapshot holds it. */
export type StoredReading = Reading & { readonly day: Day };

/** Keeps readings and answers questions about them. Methods throw AppError internal when the medium fails. */
export interface SnapshotStore {
  /**
   * Merges readings into the snapshots of their UTC days; newest wins per image, nothing else is touched. Events are kept with the
   * snapshot of the day they were seen on; one that is stored already is not stored again.
   * After it resolves they survive a power cut. It rejects whole: a day is stored entirely or not at all.
   */
  save(readings: readonly Reading[], events?: readonly RecordedEvent[]): Promise<void>;
  /**
   * The series of every image that matches, ordered by repo, then registry. Days outside of the span may be left out, but for the newest
   * known one before it, from which the first difference is taken.
   */
  totals(query: SeriesQuery, span?: DaySpan): Promise<readonly ImageSeries[]>;
  /** The newest known values of every image that matches, ordered by registry, then repo. */
  latest(query: SeriesQuery): Promise<readonly LatestImage[]>;
  /** Every stored reading with all that was read, by day, then registry, then repo: much work, one day at a time. */
  readings(query: SeriesQuery, span?: DaySpan): AsyncIterable<StoredReading>;
  /** The events that were recorded, by time, then registry, then repo. */
  events(): Promise<readonly RecordedEvent[]>;
  /** The stored snapshot of a day, or undefined when there is none that can be read. */
  snapshot(day: Day): Promise<SnapshotDocument | undefined>;
  /** The days that have a snapshot, ascending. */
  days(): Promise<readonly Day[]>;
  /** Deletes the snapshots of days before this one and resolves to the days that went. */
  prune(before: Day): Promise<readonly Day[]>;
  /** Changes whenever an answer may have changed. */
  version(): string;
  /** Releases the medium; the store is not used afterwards. */
  close(): Promise<void>;
}
