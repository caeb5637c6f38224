import { addDays, type Day } from '../model/day.ts';

/** The first day that is kept when snapshots older than `retentionDays` days go; undefined keeps all. Today is never before it. */
export function firstKeptDay(today: Day, retentionDays: number): Day | undefined {
  return retentionDays === 0 ? undefined : addDays(today, -retentionDays);
}
