/** Goes through the documents of days, one at a time. */
import type { Day } from '../core/model/day.ts';
import { asksFor, compareText } from '../core/model/image.ts';
import type { DaySpan, SeriesQuery } from '../core/model/query.ts';
import type { StoredReading } from '../core/model/history.ts';
import { readingsOf, type SnapshotDocument } from '../core/document/snapshot.ts';

/** The readings of these ascending days that the question is about, by day, then registry, then repo. */
export async function* readingsByDay(
  days: readonly Day[],
  read: (day: Day) => Promise<SnapshotDocument | undefined>,
  query: SeriesQuery,
  { from = '', to = '9999-12-31' }: DaySpan = {},
): AsyncGenerator<StoredReading> {
  for (const day of days) {
    if (day < from || day > to) continue;
    const document = await read(day);
    const readings = document ? readingsOf(document).filter((reading) => asksFor(query, reading)) : [];
    for (const reading of readings.toSorted((a, b) => compareText(a.registry, b.registry) || compareText(a.repo, b.repo))) {
      yield { ...reading, day };
    }
  }
}
