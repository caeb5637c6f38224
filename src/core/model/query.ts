/** Which images and days a question is about. */
import type { Day, EpochDay } from './day.ts';

/** Which images a question is about; an absent member does not restrict. */
export interface SeriesQuery {
  readonly registries?: ReadonlySet<string> | undefined;
  /** Canonical names. */
  readonly repos?: ReadonlySet<string> | undefined;
}

/** Inclusive days; an absent end is open. */
export interface DayRange {
  readonly from?: EpochDay | undefined;
  readonly to?: EpochDay | undefined;
}

/** Which days a question is about, both inclusive; an absent one does not restrict. */
export interface DaySpan {
  readonly from?: Day | undefined;
  readonly to?: Day | undefined;
}
