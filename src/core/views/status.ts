/** What the collector tells about itself; the API, the page and the metrics show it. */
import type { ErrorCode } from '../model/errors.ts';
import type { Inconsistency } from '../model/mark.ts';

export interface HealthReport {
  readonly healthy: boolean;
  /** One sentence for people. */
  readonly reason: string;
}

/** Something that could not be read, and why. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
}

export interface ImageFailure extends Failure {
  readonly repo: string;
  /** `total`: nothing was read; `details`: the total was, but not all that stands beside it. */
  readonly missing: 'total' | 'details';
}

export interface ListingStatus {
  readonly owner: string;
  readonly listed: number;
  readonly expected?: number | undefined;
  readonly complete: boolean;
  readonly shortfall?: Failure | undefined;
}

export interface ImageDoubt {
  readonly repo: string;
  readonly doubt: Inconsistency;
}

/** Counted since the start of the process. */
export interface RegistryTotals {
  /** A cycle is `ok` when it read something. */
  readonly cycles: { readonly ok: number; readonly failed: number };
  /** Images whose total was not read, by the code of the error; those that registries cause are always there. */
  readonly errors: Readonly<Partial<Record<ErrorCode, number>>>;
}

export const noTotals: RegistryTotals = {
  cycles: { ok: 0, failed: 0 },
  errors: { not_found: 0, unauthorized: 0, rate_limited: 0, unreachable: 0, invalid_response: 0 },
};

export type RegistryState = 'off' | 'waiting' | 'ok' | 'degraded' | 'failing' | Inconsistency;

/** One registry: its last finished cycle, and the running one's progress. */
export interface RegistryStatus {
  readonly registry: string;
  readonly title: string;
  /** `off`: nothing configured; `waiting`: no cycle has ended yet; `degraded`: something is missing; `failing`: nothing was read; `frozen`, `restated`: all was read, but totals contradict the registry's own days. */
  readonly state: RegistryState;
  readonly imagesRead: number;
  readonly imagesFailed: number;
  readonly failures: readonly ImageFailure[];
  readonly listings: readonly ListingStatus[];
  /** Images whose total contradicts the registry's own days. */
  readonly doubts: readonly ImageDoubt[];
  readonly totals: RegistryTotals;
  /** What is probably wrong when many images fail alike. */
  readonly diagnosis?: string | undefined;
  /** ISO 8601 moment of the last cycle that read something. */
  readonly lastSuccess?: string | undefined;
  readonly lastDurationMs?: number | undefined;
  readonly progress?: Progress | undefined;
}

export interface Progress {
  /** Images that are done, of those that are known so far. */
  readonly done: number;
  readonly total: number;
}

export interface CollectorStatus {
  readonly health: HealthReport;
  /** ISO 8601 start of the running cycle; absent between cycles. */
  readonly runningSince?: string | undefined;
  /** ISO 8601 moment of the next cycle, where one is planned. */
  readonly nextCycle?: string | undefined;
  readonly registries: readonly RegistryStatus[];
}
