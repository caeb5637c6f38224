/** Which snapshot a reading belongs to. */
import { dayOf, isDay, type Day } from '../core/day.ts';
import { AppError } from '../core/errors.ts';
import type { Reading } from '../core/model.ts';

/**
 * The readings by the UTC day of their read, days ascending.
 * @throws AppError invalid_input when a reading has no moment that falls on a calendar day
 */
export function groupByDay(readings: readonly Reading[]): ReadonlyMap<Day, readonly Reading[]> {
  const groups = new Map<Day, Reading[]>();
  for (const reading of readings) {
    const day = dayOfReading(reading);
    const group = groups.get(day);
    if (group) group.push(reading);
    else groups.set(day, [reading]);
  }
  return new Map([...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function dayOfReading({ registry, repo, readAt }: Reading): Day {
  const epochMs = Date.parse(readAt);
  const day = Number.isNaN(epochMs) ? '' : dayOf(epochMs);
  if (!isDay(day)) throw new AppError('invalid_input', `the reading of ${repo} in ${registry} has no valid time: "${readAt}"`);
  return day;
}
