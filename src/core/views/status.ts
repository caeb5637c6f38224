/** The collector's status as the API, the page and the metrics show it. */
import type { HealthReport } from '../model/health-marker.ts';
import type { Inconsistency } from '../model/mark.ts';
import type { ImageDoubt, ImageFailure, ListingStatus, Progress, RegistryTotals } from '../model/outcome.ts';

export type RegistryState = 'off' | 'waiting' | 'ok' | 'degraded' | 'failing' | Inconsistency;

/** One registry: its last finished run, and the progress of the running one. */
export interface RegistryStatus {
  readonly registry: string;
  readonly title: string;
  /** `off`: nothing configured; `waiting`: no run has ended yet; `degraded`: something is missing; `failing`: nothing was read; `frozen`, `inconsistent`: all was read, but totals are inconsistent with the registry's daily counts. */
  readonly state: RegistryState;
  readonly imagesRead: number;
  readonly imagesFailed: number;
  readonly failures: readonly ImageFailure[];
  /** Those of the failures of which the diagnosis does not say what there is to say. */
  readonly unexplained: readonly ImageFailure[];
  /** Canonical names of images that the last run found deleted. */
  readonly deleted: readonly string[];
  readonly listings: readonly ListingStatus[];
  /** Images whose total is inconsistent with the registry's daily counts. */
  readonly doubts: readonly ImageDoubt[];
  readonly totals: RegistryTotals;
  /** What is probably wrong when many images fail alike. */
  readonly diagnosis?: string | undefined;
  /** ISO 8601 moment of the last run that read something; after a restart that of the newest stored reading. */
  readonly lastSuccess?: string | undefined;
  /** ISO 8601 moment from which on the last success is too long ago; absent where no further run is planned. */
  readonly overdueAt?: string | undefined;
  readonly lastDurationMs?: number | undefined;
  readonly progress?: Progress | undefined;
}

/** A run that has ended, in short. */
export interface PastRun {
  readonly id: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly imagesRead: number;
  /** Images whose total was not read. */
  readonly imagesFailed: number;
  /** Titles of the registries of which nothing could be read. */
  readonly failedRegistries: readonly string[];
  /** Why what was read could not be stored. */
  readonly saveError?: string | undefined;
}

export interface CollectorStatus {
  readonly health: HealthReport;
  /** Milliseconds between two runs; absent in a process that runs once. */
  readonly pollIntervalMs?: number | undefined;
  /** ISO 8601 start of the current run; absent between runs. */
  readonly runningSince?: string | undefined;
  /** ISO 8601 moment of the next run, where one is planned. */
  readonly nextCycle?: string | undefined;
  /** Why old snapshots could not be deleted after the last run. */
  readonly retentionError?: string | undefined;
  readonly registries: readonly RegistryStatus[];
  /** The last runs that this process knows of, the newest first. */
  readonly runs?: readonly PastRun[] | undefined;
}

const overdueSlackMs = 4 * 3_600_000;

/**
 * How long after a success a registry is overdue, in milliseconds: two runs were missed, or were long. alerts/prometheus.yml has the same
 * rule.
 */
export function overdueAfterMs(pollIntervalMs: number): number {
  return 2 * pollIntervalMs + overdueSlackMs;
}
