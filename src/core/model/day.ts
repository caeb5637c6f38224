/** UTC calendar days. A `Day` is `YYYY-MM-DD`; an epoch day counts days since 1970-01-01. */
export type Day = string;
export type EpochDay = number;

export const dayMs = 86_400_000;

/** Docker was shown first in March 2013: no registry counted pulls before. */
export const firstPullDay: Day = '2013-01-01';

const pattern = /^\d{4}-\d{2}-\d{2}$/;

/** Whether the text is a real calendar date written `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  if (!pattern.test(text)) return false;
  const epochMs = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(epochMs) && dayOf(epochMs) === text;
}

/** The UTC day that holds this moment, given in milliseconds since the epoch. */
export function dayOf(epochMs: number): Day {
  return fromEpochDay(Math.floor(epochMs / dayMs));
}

/** The number of days from 1970-01-01 to a valid day. */
export function toEpochDay(day: Day): EpochDay {
  return Date.parse(`${day}T00:00:00Z`) / dayMs;
}

export function fromEpochDay(epochDay: EpochDay): Day {
  return new Date(epochDay * dayMs).toISOString().slice(0, 10);
}

export function addDays(day: Day, days: number): Day {
  return fromEpochDay(toEpochDay(day) + days);
}

/** The day's last moment, as a reading of it may say. */
export function endOfDay(day: Day): string {
  return new Date(Date.parse(`${addDays(day, 1)}T00:00:00Z`) - 1).toISOString();
}

/** The day's first moment as the API prints it, e.g. `2026-03-14T00:00:00Z`. */
export function startOfDay(day: Day): string {
  return `${day}T00:00:00Z`;
}
