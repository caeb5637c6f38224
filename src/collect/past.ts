/** What a reading tells about days before it: whether it agrees with them, and the totals of those that nobody read. */
import { backfillReadings } from '../core/backfill.ts';
import { doubtOf } from '../core/cross-check.ts';
import { dayOf } from '../core/day.ts';
import { errorFields, toAppError } from '../core/errors.ts';
import type { Reading } from '../core/model.ts';
import type { Clock, Logger, SnapshotStore } from '../core/ports.ts';
import { firstKeptDay } from '../core/retention.ts';

export interface PastDeps {
  readonly store: SnapshotStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Absent: days before the first read are not reconstructed. */
  readonly backfill?: { readonly retentionDays: number } | undefined;
}

/** Resolves to the reading, marked where it is in doubt, and those of past days that retention would keep. Never throws. */
export type Past = (reading: Reading) => Promise<readonly [Reading, ...Reading[]]>;

export function createPast({ store, clock, log, backfill }: PastDeps): Past {
  return async (reading) => {
    const { registry, repo } = reading;
    if (!reading.recentDays) return [reading];
    try {
      const [known] = await store.totals({ registries: new Set([registry]), repos: new Set([repo]) });
      const doubt = doubtOf(reading, known);
      if (doubt) log.warn('total contradicts the days that the registry publishes', { registry, repo, doubt });
      const first = firstKeptDay(dayOf(clock.now()), backfill?.retentionDays ?? 0) ?? '';
      const reconstructed = backfill ? backfillReadings(reading, known).filter(({ readAt }) => readAt.slice(0, 10) >= first) : [];
      return [{ ...reading, doubt }, ...reconstructed];
    } catch (error) {
      log.warn('past days cannot be looked at', { registry, repo, ...errorFields(toAppError(error)) });
      return [reading];
    }
  };
}
