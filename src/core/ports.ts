/** What the core needs from outside; app/world.ts makes the implementations. */
import type { Day } from './model/day.ts';
import type { DailyTotals, DailyTotalsOptions, DaySum, ImageSeries, LatestImage, StoredReading } from './model/history.ts';
import type { DayRange, SeriesQuery } from './model/query.ts';
import type { AppError } from './model/errors.ts';
import type { RecordedEvent } from './model/event.ts';
import type { EventQuery } from './model/event-query.ts';
import type { ImageRef } from './model/image-ref.ts';
import type { Listing, Reading } from './model/reading.ts';
import type { Requeued, RunRecord, RunReport, TakenItem, WorkItem, WorkResult } from './model/run.ts';
import type { Failure } from './model/outcome.ts';
import type { ChannelRecord, Delivery, DeliveryEnd, Notice, NotifyMemory } from './model/notice.ts';

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

export interface PruneOptions {
  /** Whether the totals go as well, also those that an earlier prune kept. */
  readonly withTotals?: boolean | undefined;
  /** Stops it between two days: what is deleted by then is deleted entirely, the rest stays for the next prune. */
  readonly signal?: AbortSignal | undefined;
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
  /**
   * The same totals day by day, for answers about many images: read as they are taken, some days at a time. Days that change meanwhile are
   * given as they were or as they are; an image that is new is not among them.
   */
  dailyTotals(query: SeriesQuery, range?: DayRange, options?: DailyTotalsOptions): Promise<DailyTotals>;
  /**
   * The newest known values of every image that matches, ordered by registry, then repo. The object of an image is never given again after
   * any of its totals has changed: what follows from them can be kept by it.
   */
  latest(query: SeriesQuery): Promise<readonly LatestImage[]>;
  /** What the images of these registries, all where absent, add up to on each day; in no order. */
  daySums(registries?: ReadonlySet<string>): Promise<readonly DaySum[]>;
  /** Every stored reading with all that was read, by day, then registry, then repo: much work, one day at a time. */
  readings(query: SeriesQuery, range?: DayRange): AsyncIterable<StoredReading>;
  /** Of how many images the readings with all their tags are asked for at a time: all where these have a budget together, fewer where each has its own. */
  imagesAtOnce(): number;
  /** The events of a query that were recorded, all where absent, as `compareRecorded` orders them. */
  events(query?: EventQuery): Promise<readonly RecordedEvent[]>;
  /** How many those are. */
  countEvents(query?: EventQuery): Promise<number>;
  /** The stored snapshot of a day as compact JSON, in pieces that are read as they are taken; undefined when there is none or it cannot be read. */
  snapshot(day: Day): Promise<AsyncIterable<string> | undefined>;
  /** The days that have a snapshot, ascending. */
  days(): Promise<readonly Day[]>;
  /** The days with a snapshot that lie after tomorrow, ascending: they are kept, and no other answer has anything of them until they come. */
  heldBack(): Promise<readonly Day[]>;
  /**
   * Deletes the snapshots of days before this one, with their tags and events, and resolves to these days. Their totals stay and are part
   * of every answer but `days` and `snapshot`; a later save for such a day changes its totals only.
   */
  prune(before: Day, options?: PruneOptions): Promise<readonly Day[]>;
  /** Changes whenever an answer may have changed. */
  version(): string;
  /** Releases the medium; the store is not used afterwards. */
  close(): Promise<void>;
}

/** A run to work on, or how long to wait until asking again makes sense; undefined: there will be none. */
export type OpenedRun = { readonly run: string; readonly isToPlan: boolean } | { readonly waitMs: number | undefined };

export interface TakeQuery {
  readonly run: string;
  readonly registry: string;
  readonly max: number;
  /** What this process has taken and neither finished nor given back: everything else in its name is handed out again. */
  readonly holds: readonly Pick<WorkItem, 'kind' | 'name'>[];
}

export interface Taken {
  readonly items: readonly TakenItem[];
  /** Where there are none: how long to wait for one; undefined when nothing is left but what the caller holds. */
  readonly waitMs?: number | undefined;
}

/**
 * The work of runs: of this process alone, or shared by many. At most one run is open. Methods throw AppError unreachable while a
 * shared list cannot be reached, and internal when its medium fails; what they were to change is then as it was, or changed entirely:
 * each may be called again with the same arguments.
 */
export interface WorkList {
  /** How often another process may have changed the list, in milliseconds; undefined: nobody else does. */
  readonly pollMs: number | undefined;
  /** Resolves to the open run, or begins one when it is due. The caller waits as long as it is told before it asks again. */
  open(): Promise<OpenedRun>;
  /** Adds the items that a run begins with. One that it has already is not added again. */
  plan(run: string, items: readonly WorkItem[]): Promise<void>;
  /**
   * Takes items of a registry, owners first, then what was read longest ago. Nobody else gets them until they are given back, or
   * until this process has shown no sign of life for so long that it must be dead.
   */
  take(query: TakeQuery): Promise<Taken>;
  /** Notes outcomes and adds the work that came up, both or neither. An item that has an outcome keeps it. `saveError`: why what was read is not stored. */
  finish(run: string, results: readonly WorkResult[], saveError?: Failure): Promise<void>;
  /** Gives items back that were taken. */
  requeue(run: string, items: readonly Requeued[]): Promise<void>;
  /** Says that this process lives, and which registries it works on. */
  beat(registries: readonly string[]): Promise<void>;
  /** Ends the open run when nothing is left to do, or nobody is left to do it. Resolves to it once, in the process that ended it. */
  end(): Promise<RunRecord | undefined>;
  /**
   * Makes the next run due now. Resolves to `due`, to `running` while one is open, or to how long to wait when the last one has ended less than
   * `minPauseMs` ago.
   */
  trigger(minPauseMs: number): Promise<'due' | 'running' | { readonly waitMs: number }>;
  /** Leaves the open run before its end. Resolves to what is known of it where it ended with that; one that others share goes on. */
  interrupt(run: string): Promise<RunRecord | undefined>;
  /** Says why old snapshots could not be deleted after a run. */
  noteRetentionError(run: string, message: string): Promise<void>;
  report(): Promise<RunReport>;
  close(): Promise<void>;
}

/** A pace that several processes behind one address share. Methods throw AppError unreachable while it cannot be asked. */
export interface SharedPace {
  /** Reserves the start of the next request to the host; resolves to the milliseconds until then. */
  reserve(host: string, gapMs: number): Promise<number>;
  /** Nobody's request starts before this time has passed. */
  hold(host: string, waitMs: number): Promise<void>;
}

/** What is remembered of events from now on, and the messages that follow from what was new. */
export interface NotifyStep {
  readonly memory: NotifyMemory;
  readonly messages: readonly { readonly channel: string; readonly notice: Notice }[];
}

/**
 * What is to be sent, kept beside the events until it is: across restarts, and by one process of those that share it. Methods throw
 * AppError as a store does; what they were to change is then as it was, or changed entirely.
 */
export interface Outbox {
  /** How often another process may have added a message, in milliseconds; undefined: nobody else does. */
  readonly pollMs: number | undefined;
  /**
   * Changes what is remembered, and adds messages, both or neither; undefined changes nothing. Nobody else comes between the two. A message
   * that its channel has or had with the same id is not added again. The step may be run again with what another process made of it.
   */
  advance(step: (before: NotifyMemory | undefined) => NotifyStep | undefined): Promise<void>;
  /**
   * Takes the oldest message for a channel that is due. Nobody else gets it for `leaseMs`. Resolves to it, or to the milliseconds until one is
   * due; undefined where none waits. What waits for a channel that is not among the configured ones is dropped after some days.
   */
  claim(channel: string, options: ClaimOptions): Promise<Claimed>;
  /** Notes how an attempt ended. */
  settle(delivery: Pick<Delivery, 'channel'> & { readonly id: string }, end: DeliveryEnd): Promise<void>;
  /** What is known of these channels, in this order. */
  report(channels: readonly string[]): Promise<readonly ChannelRecord[]>;
}

export type Claimed = { readonly delivery: Delivery } | { readonly waitMs: number | undefined };

export interface ClaimOptions {
  readonly leaseMs: number;
  readonly configured: readonly string[];
}

/** A store with the outbox that is kept beside it. */
export interface NotifyingStore extends SnapshotStore {
  readonly outbox: Outbox;
}
