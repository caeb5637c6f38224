/** What a reading tells about days before it: whether it agrees with them, and the totals of those that nobody read. */
import { closedReadings } from '../core/numbers/closed-readings.ts';
import { addDays, dayOf, type Day } from '../core/model/day.ts';
import { wasRead } from '../core/model/mark.ts';
import { errorFields, toAppError } from '../core/model/errors.ts';
import { snapshotDay, type DailyPulls, type Reading } from '../core/model/reading.ts';
import type { Clock, Logger, SnapshotStore } from '../core/ports.ts';
import { firstKeptDay } from '../core/numbers/retention.ts';
import { summedReadings } from '../core/numbers/summed-days.ts';

export interface PastDaysDeps {
  readonly store: SnapshotStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Absent: days before the first read are not reconstructed. `retentionDays`: 0 where totals are kept for ever. */
  readonly backfill?: { readonly retentionDays: number } | undefined;
}

/** Resolves to the reading as it is to be stored, marked where it is in doubt, and those of past days that retention would keep. Never throws. */
export type AddPastDays = (reading: Reading) => Promise<readonly Reading[]>;

export function createPastDays({ store, clock, log, backfill }: PastDaysDeps): AddPastDays {
  return async (reading) => {
    const { registry, repo } = reading;
    if (!reading.recentDays) return [reading];
    try {
      const image = { registries: new Set([registry]), repos: new Set([repo]) };
      const [known] = await store.totals(image);
      const first = firstKeptDay(publishedOn(reading.recentDays, dayOf(clock.now())), backfill?.retentionDays ?? 0) ?? '';
      const isKept = (past: Reading): boolean => snapshotDay(past) >= first && (backfill !== undefined || wasRead(past.mark));
      const [latest] = await store.latest(image);
      if (reading.totalSince !== undefined) {
        const [newest, ...past] = summedReadings(reading, { series: known, totalSince: latest?.totalSince });
        return [newest, ...past.filter(isKept)];
      }
      const [newest, ...past] = closedReadings(reading, { series: known, latest });
      if (newest.mark) log.warn('total inconsistent with published daily counts', { registry, repo, ...newest.discrepancy });
      return [newest, ...past.filter(isKept)];
    } catch (error) {
      log.warn('past days cannot be looked at', { registry, repo, ...errorFields(toAppError(error)) });
      // A sum that does not go on from the stored one would look like a fall.
      return reading.totalSince === undefined ? [reading] : [];
    }
  };
}

/** Today, or what the registry takes for it where that is earlier: its newest day is today's or yesterday's. */
function publishedOn([newest]: readonly DailyPulls[], today: Day): Day {
  const published = newest ? addDays(newest.day, 1) : today;
  return published < today ? published : today;
}
