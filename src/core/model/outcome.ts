/** How the images and listings of a registry ended: what was read, what was not, and why. */
import type { ErrorCode } from './errors.ts';
import type { Inconsistency } from './mark.ts';
import type { Discrepancy } from './reading.ts';

/** Something that could not be read, and why. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
}

export interface ImageFailure extends Failure {
  readonly repo: string;
  /** `total`: nothing was read; `details`: the total was, but not all of the rest. */
  readonly missing: 'total' | 'details';
}

export interface ListingStatus {
  readonly owner: string;
  readonly listed: number;
  readonly expected?: number | undefined;
  readonly complete: boolean;
  readonly shortfall?: Failure | undefined;
}

/** An image whose total disagrees with the registry's daily counts. */
export interface ImageDoubt extends Partial<Disagreement> {
  readonly repo: string;
  readonly doubt: Inconsistency;
}

/** By how much, and since when. */
export type Disagreement = Pick<Discrepancy, 'by' | 'since'>;

/** Counted since the start of the process. */
export interface RegistryTotals {
  /** A run is `ok` when it read something. */
  readonly cycles: { readonly ok: number; readonly failed: number };
  /** Images whose total was not read, by the code of the error; the codes that registries cause are always present. */
  readonly errors: Readonly<Partial<Record<ErrorCode, number>>>;
}

export const noTotals: RegistryTotals = {
  cycles: { ok: 0, failed: 0 },
  errors: { not_found: 0, unauthorized: 0, rate_limited: 0, unreachable: 0, invalid_response: 0 },
};

export interface Progress {
  /** Images that are done, of those known until now. */
  readonly done: number;
  readonly total: number;
}
