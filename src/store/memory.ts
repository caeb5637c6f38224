/** Snapshots in memory, gone with the process. It works every answer out anew from the documents: slow, but plainly right. */
import { isDay, toEpochDay, type Day, type EpochDay } from '../core/model/day.ts';
import { AppError } from '../core/model/errors.ts';
import { compareEvents } from '../core/model/event.ts';
import { compareImages, compareImagesByName, compareText, imageKey } from '../core/model/image.ts';
import { wasRead } from '../core/model/mark.ts';
import { toDayNote, type DayNote, type ImageSeries, type LatestImage, type StoredReading } from '../core/model/history.ts';
import { matches, type SeriesQuery } from '../core/model/query.ts';
import type { SnapshotStore } from '../core/ports.ts';
import { parseEvents } from '../core/document/snapshot-events.ts';
import { parseReadings, type SnapshotDocument } from '../core/document/snapshot.ts';
import { groupByDay, mergeBatch } from './by-day.ts';
import { readingsByDay } from './readings-by-day.ts';

/** An empty store. Its methods throw AppError invalid_input for a reading without a valid time and a day that is none. */
export function createMemoryStore(): SnapshotStore {
  const documents = new Map<Day, SnapshotDocument>();
  let changes = 0;

  function sortedDays(): Day[] {
    return [...documents.keys()].toSorted(compareText);
  }

  /** What is known of each image that matches, by ascending day. */
  function histories(query: SeriesQuery): StoredReading[][] {
    const images = new Map<string, StoredReading[]>();
    for (const day of sortedDays()) {
      const document = documents.get(day);
      for (const reading of document ? parseReadings(document) : []) {
        if (!matches(query, reading)) continue;
        const key = imageKey(reading);
        images.set(key, [...(images.get(key) ?? []), { ...reading, day }]);
      }
    }
    return [...images.values()];
  }

  return {
    async save(readings, events) {
      const days = groupByDay(readings, events);
      for (const [day, batch] of days) documents.set(day, structuredClone(mergeBatch(documents.get(day), batch)));
      if (days.size > 0) changes += 1;
    },
    async totals(query) {
      return histories(query).flatMap(seriesOf).toSorted(compareImagesByName);
    },
    async latest(query) {
      return histories(query).flatMap(latestOf).toSorted(compareImages);
    },
    readings: (query, range) => readingsByDay(sortedDays(), async (day) => documents.get(day), query, range),
    async events() {
      return [...documents.values()].flatMap(parseEvents).toSorted(compareEvents);
    },
    async snapshot(day) {
      return structuredClone(documents.get(day));
    },
    async days() {
      return sortedDays();
    },
    async prune(before) {
      if (!isDay(before)) throw new AppError('invalid_input', `"${before}" is not a day`);
      const gone = sortedDays().filter((day) => day < before);
      for (const day of gone) documents.delete(day);
      if (gone.length > 0) changes += 1;
      return gone;
    },
    version: () => String(changes),
    async close() {},
  };
}

function seriesOf(history: readonly StoredReading[]): ImageSeries[] {
  const newest = history.at(-1);
  if (!newest) return [];
  const days: EpochDay[] = history.map(({ day }) => toEpochDay(day));
  const { registry, repo } = newest;
  const totals = history.map(({ pullCount }) => pullCount);
  const notes = new Map(
    history.flatMap((reading): [EpochDay, DayNote][] => {
      const note = toDayNote(reading);
      return note ? [[toEpochDay(reading.day), note]] : [];
    }),
  );
  return [{ registry, repo, days, totals, marks: history.map(({ mark = 'read' }) => mark), notes }];
}

/** Each value is the newest that is known: tags that were not read today leave the count of yesterday. */
function latestOf(history: readonly StoredReading[]): LatestImage[] {
  const newest = history.at(-1);
  if (!newest) return [];
  const { registry, repo, day, pullCount, discrepancy } = newest;
  const tagCount = history.findLast((reading) => reading.tagCount !== undefined)?.tagCount;
  const lastUpdated = history.findLast((reading) => reading.lastUpdated !== undefined)?.lastUpdated;
  const totalSince = history.findLast((reading) => reading.totalSince !== undefined)?.totalSince;
  const readAt = history.findLast(({ mark }) => wasRead(mark))?.readAt;
  return [{ registry, repo, day, pullCount, readAt, tagCount, lastUpdated, totalSince, discrepancy }];
}
