/** When the next run begins. PostgreSQL has the same rule in SQL, for its own clock (store/postgres/work-list/runs.ts). */
import { dayMs, dayOf, startOfDay } from '../model/day.ts';
import { intervalJitter } from '../model/run.ts';

/** The start of a run, and how long a run takes. */
export interface RunStart {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** How long it took; that of the one before while it is not known. */
  readonly durationMs: number;
  /** Part of the interval until the next, see `drawJitter`. */
  readonly jitter: number;
}

/** A run begins at least so long before the end of a UTC day that would have none otherwise; earlier where runs take longer. */
export const minDayMarginMs = 3_600_000;

/** Part of the interval after which the next run begins: ±10%. */
export function drawJitter(random: () => number): number {
  return 1 - intervalJitter + 2 * intervalJitter * random();
}

/**
 * When the next run is due, in milliseconds since the epoch: an interval after the start of the last one, and with an interval of up to a
 * day early enough that the next UTC day has a run. A moment that is over means at once. `intervalMs` is above 0.
 */
export function nextRunAt({ startedAt, durationMs, jitter }: RunStart, intervalMs: number): number {
  const next = startedAt + intervalMs * jitter;
  if (intervalMs > dayMs) return next;
  const nextDayEnds = Date.parse(startOfDay(dayOf(startedAt))) + 2 * dayMs;
  return Math.min(next, nextDayEnds - Math.max(minDayMarginMs, durationMs));
}
