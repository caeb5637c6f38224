/** What processes share that collect together: jobs, a record of cycles, and a pace per address to the outside. */
import type { Inconsistency } from './model/mark.ts';
import type { Reading } from './model/reading.ts';
import type { ListingStatus, RegistryTotals, ImageFailure, ImageDoubt, Progress } from './model/outcome.ts';

/** One owner to list or one image to read, in one cycle. */
export interface Job {
  readonly cycle: string;
  readonly registry: string;
  readonly kind: 'list' | 'read';
  /** The owner, or the canonical name of the image. */
  readonly name: string;
  /** What the owner's listing already told of the image. */
  readonly listed?: Reading | undefined;
}

export interface TakenJob extends Job {
  readonly id: string;
  /** How often it was taken before. */
  readonly attempt: number;
}

/** Jobs that many processes share. Methods throw AppError unreachable while the queue cannot be reached. */
export interface JobQueue {
  /** Adds jobs; one that the cycle has already is not added again. */
  add(jobs: readonly Job[]): Promise<void>;
  /**
   * Takes up to so many jobs of a registry. Nobody else gets them until they are given back, or were neither finished nor given back for
   * so long that their process must be dead.
   */
  take(registry: string, most: number): Promise<readonly TakenJob[]>;
  finish(job: TakenJob): Promise<void>;
  /** Gives a job back, to be taken again after a pause that grows with each attempt. */
  giveBack(job: TakenJob): Promise<void>;
  close(): Promise<void>;
}

/** How an image ended in a cycle. */
export interface ImageOutcome {
  readonly registry: string;
  readonly repo: string;
  /** Whether its total was read. */
  readonly isRead: boolean;
  /** What could not be read. */
  readonly failure?: Omit<ImageFailure, 'repo'> | undefined;
  readonly doubt?: Inconsistency | undefined;
}

export interface ListingOutcome extends ListingStatus {
  readonly registry: string;
  /** Images that were read lately and are in the complete list no more. */
  readonly unlisted: readonly string[];
}

/** A registry's part of a cycle. */
export interface RegistryRecord {
  readonly registry: string;
  readonly progress: Progress;
  readonly readRepos: readonly string[];
  readonly failures: readonly ImageFailure[];
  readonly listings: readonly ListingOutcome[];
  readonly doubts: readonly ImageDoubt[];
}

export interface CycleRecord {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly finishedAt?: number | undefined;
  readonly registries: readonly RegistryRecord[];
}

/** What has been counted of a registry since the beginning. */
export interface RegistryCount {
  readonly registry: string;
  readonly totals: RegistryTotals;
  /** ISO 8601 moment of the last cycle that read something. */
  readonly lastSuccess?: string | undefined;
}

export interface FleetReport {
  readonly finished?: CycleRecord | undefined;
  readonly running?: CycleRecord | undefined;
  readonly counts: readonly RegistryCount[];
}

/** The record of cycles that all processes keep together. Methods throw AppError unreachable while it cannot be reached. */
export interface FleetRecord {
  /** Begins a cycle when the last one is over and began at least so long ago. Resolves to the id of a cycle whose jobs are to be added. */
  begin(intervalMs: number): Promise<string | undefined>;
  /** Says that the jobs for these targets of a cycle are added, so that it may end. */
  planned(cycle: string): Promise<void>;
  /** Names images and owners that the cycle has to come to an end with. */
  expect(cycle: string, work: readonly Pick<Job, 'registry' | 'kind' | 'name'>[]): Promise<void>;
  /** False where the image has an outcome already: another process was faster. */
  isOpen(job: Job): Promise<boolean>;
  noteImage(cycle: string, outcome: ImageOutcome): Promise<void>;
  noteListing(cycle: string, listing: ListingOutcome): Promise<void>;
  /** Ends the running cycle when nothing is left to do, or when it runs longer than this. Resolves to it in the one process that ended it. */
  end(longestMs: number): Promise<CycleRecord | undefined>;
  report(): Promise<FleetReport>;
}

/** A pace that several processes behind one address share. */
export interface SharedPace {
  /** Reserves the start of the next request to the host; resolves to the milliseconds until then. */
  reserve(host: string, gapMs: number): Promise<number>;
  /** Nobody's request starts before this time has passed. */
  hold(host: string, waitMs: number): Promise<void>;
}
