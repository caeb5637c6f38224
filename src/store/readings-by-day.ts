/** Goes through the documents of days, one at a time. */
import type { Day } from '../core/model/day.ts';
import { compareImages, imageKey } from '../core/model/image.ts';
import { includesDay, matches, type DayRange, type SeriesQuery } from '../core/model/query.ts';
import type { StoredReading } from '../core/model/history.ts';
import type { Reading } from '../core/model/reading.ts';
import { parseReadings, type SnapshotDocument } from '../core/document/snapshot.ts';

/** What a list of tags was when it was stored last. */
type StoredTags = Pick<Reading, 'tags' | 'tagsCut'> & { readonly day: Day };

/** The readings of these ascending days that the query is about, by day, then registry, then repo. Tags that a day has by reference are those of the day that has them. */
export async function* readingsByDay(
  days: readonly Day[],
  read: (day: Day) => Promise<SnapshotDocument | undefined>,
  query: SeriesQuery,
  range: DayRange = {},
): AsyncGenerator<StoredReading> {
  const tags = new Map<string, StoredTags>();
  const readDay = async (day: Day): Promise<readonly Reading[]> => {
    const document = await read(day);
    return document ? parseReadings(document).filter((reading) => matches(query, reading)) : [];
  };
  for (const day of days) {
    if (!includesDay(range, day)) continue;
    const readings = await readDay(day);
    for (const since of missingDays(readings, tags)) noteTags(await readDay(since), since, tags);
    noteTags(readings, day, tags);
    for (const reading of readings.toSorted(compareImages)) yield { ...withTags(reading, tags), day };
  }
}

/** Days before those that were gone through, whose tags are referred to. */
function missingDays(readings: readonly Reading[], tags: ReadonlyMap<string, StoredTags>): ReadonlySet<Day> {
  const days = new Set<Day>();
  for (const reading of readings) {
    const since = reading.tagsNote?.since;
    if (since !== undefined && tags.get(imageKey(reading))?.day !== since) days.add(since);
  }
  return days;
}

/** Only what can be referred to is kept: all of it has a budget. */
function noteTags(readings: readonly Reading[], day: Day, found: Map<string, StoredTags>): void {
  for (const reading of readings) {
    const { tags, tagsCut, tagsNote } = reading;
    if (tags && tagsNote?.hash !== undefined) found.set(imageKey(reading), { tags, tagsCut, day });
  }
}

function withTags({ tagsNote, ...reading }: Reading, found: ReadonlyMap<string, StoredTags>): Reading {
  if (reading.tags || tagsNote?.since === undefined) return reading;
  const known = found.get(imageKey(reading));
  return known?.day === tagsNote.since ? { ...reading, tags: known.tags, tagsCut: known.tagsCut } : reading;
}
