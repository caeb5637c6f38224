/** Which snapshot readings and events belong to, and how they get into it. */
import { dayOf, isDay, type Day } from '../core/model/day.ts';
import { AppError } from '../core/model/errors.ts';
import type { RecordedEvent } from '../core/model/event.ts';
import { snapshotDay, type Reading } from '../core/model/reading.ts';
import { mergeEvents } from '../core/document/snapshot-events.ts';
import { mergeReadings, type SnapshotDocument } from '../core/document/snapshot.ts';

/** What is to be stored of one day. */
export interface DayBatch {
  readonly readings: readonly Reading[];
  readonly events: readonly RecordedEvent[];
}

/**
 * Readings by the UTC day that they are of, and events by the one they were seen on, days ascending.
 * @throws AppError invalid_input when one of them has no moment that falls on a calendar day
 */
export function groupByDay(readings: readonly Reading[], events: readonly RecordedEvent[] = []): ReadonlyMap<Day, DayBatch> {
  const batches = new Map<Day, { readings: Reading[]; events: RecordedEvent[] }>();
  const batchOf = (day: Day): { readings: Reading[]; events: RecordedEvent[] } => {
    const batch = batches.get(day) ?? { readings: [], events: [] };
    batches.set(day, batch);
    return batch;
  };
  for (const reading of readings) batchOf(dayOfStored(reading, batches)).readings.push(reading);
  for (const event of events) batchOf(dayOfEvent(event)).events.push(event);
  return new Map([...batches].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** What stays of a reading when the snapshot of its day is deleted. */
export function withoutDetails(reading: Reading): Reading {
  const { tags: _tags, tagsCut: _cut, tagsNote: _note, listedTags: _names, recentDays: _days, observed: _observed, ...kept } = reading;
  return kept;
}

/** The document with the batch in it. `now`: milliseconds since the epoch */
export function mergeBatch(document: SnapshotDocument | undefined, { readings, events }: DayBatch, now: number): SnapshotDocument {
  const merged = readings.length === 0 ? document : mergeReadings(document, readings, now);
  return merged && events.length === 0 ? merged : mergeEvents(merged, events);
}

/** `checked`: days that are known to be some. */
function dayOfStored(reading: Reading, checked: ReadonlyMap<string, unknown>): Day {
  const { registry, repo, readAt } = reading;
  const day = Number.isNaN(Date.parse(readAt)) ? '' : snapshotDay(reading);
  if (!checked.has(day) && !isDay(day))
    throw new AppError('invalid_input', `the reading of ${repo} in ${registry} has no valid time: "${readAt}"`);
  return day;
}

function dayOfEvent({ registry, kind, seenAt }: RecordedEvent): Day {
  const epochMs = Date.parse(seenAt);
  const day = Number.isNaN(epochMs) ? '' : dayOf(epochMs);
  if (!isDay(day)) throw new AppError('invalid_input', `the event ${kind} of ${registry} has no valid time: "${seenAt}"`);
  return day;
}
