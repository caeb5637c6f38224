/** Goes through the documents of days, one at a time. */
import type { Day } from '../core/model/day.ts';
import { compareImages } from '../core/model/image.ts';
import { includesDay, matches, type DayRange, type SeriesQuery } from '../core/model/query.ts';
import type { StoredReading } from '../core/model/history.ts';
import { parseReadings, type SnapshotDocument } from '../core/document/snapshot.ts';

/** The readings of these ascending days that the query is about, by day, then registry, then repo. */
export async function* readingsByDay(
  days: readonly Day[],
  read: (day: Day) => Promise<SnapshotDocument | undefined>,
  query: SeriesQuery,
  range: DayRange = {},
): AsyncGenerator<StoredReading> {
  for (const day of days) {
    if (!includesDay(range, day)) continue;
    const document = await read(day);
    const readings = document ? parseReadings(document).filter((reading) => matches(query, reading)) : [];
    for (const reading of readings.toSorted(compareImages)) yield { ...reading, day };
  }
}
