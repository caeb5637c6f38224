/** Which snapshots are old. */
import { addDays, toEpochDay, type Day } from '../model/day.ts';

/** The first day that is kept when snapshots older than `retentionDays` days go; undefined keeps all. Today is never before it. */
export function firstKeptDay(today: Day, retentionDays: number): Day | undefined {
  return retentionDays === 0 ? undefined : addDays(today, -retentionDays);
}

/** A clock that jumped is further off than this; days that a service misses are fewer. */
const maxGapDays = 7;

/**
 * The day from which retention counts back: the newest that was read, no later than today. A clock alone must not delete anything, and what
 * was read today says no more than the clock that dated it: a day counts once another was read within the week before it. Undefined: none.
 * `readDays`: in any order.
 */
export function retentionDay(readDays: Iterable<Day>, today: Day): Day | undefined {
  const days = [...new Set(readDays)].filter((day) => day <= today).toSorted();
  return days.findLast((day, at) => {
    const before = days[at - 1];
    return before !== undefined && toEpochDay(day) - toEpochDay(before) <= maxGapDays;
  });
}
