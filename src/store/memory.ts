/** Snapshots in memory, gone with the process. It works every answer out anew from the documents: slow, but plainly right. */
import { isDay, toEpochDay, type Day, type EpochDay } from '../core/model/day.ts';
import { AppError } from '../core/model/errors.ts';
import { compareRecorded, type RecordedEvent } from '../core/model/event.ts';
import { isAskedFor, type EventQuery } from '../core/model/event-query.ts';
import { compareImages, compareImagesByName, compareText, imageKey } from '../core/model/image.ts';
import { wasRead } from '../core/model/mark.ts';
import { hasTags, toDayNote, type DayNote, type ImageSeries, type LatestImage, type StoredReading } from '../core/model/history.ts';
import { matches, type SeriesQuery } from '../core/model/query.ts';
import type { SnapshotStore } from '../core/ports.ts';
import { partOf } from '../core/numbers/event-part.ts';
import { addDaySums, daySumsOf } from '../core/numbers/day-sums.ts';
import { seriesValues } from '../core/numbers/series-values.ts';
import { documentText } from '../core/document/document-text.ts';
import { parseEvents } from '../core/document/snapshot-events.ts';
import { mergeReadings, parseReadings, type SnapshotDocument } from '../core/document/snapshot.ts';
import { dailyTotalsOf } from './daily-totals.ts';
import { groupByDay, mergeBatch, withoutDetails, type DayBatch } from './by-day.ts';
import { holdBack, type HoldBackDeps } from './hold-back.ts';
import { readingsByDay } from './readings-by-day.ts';

/** An empty store; with a clock it holds back what is dated after tomorrow. Its methods throw AppError invalid_input for a reading without a valid time and a day that is none. */
export function createMemoryStore(deps?: HoldBackDeps): SnapshotStore {
  const store = createDocuments(() => deps?.clock.now() ?? Infinity);
  return deps ? holdBack(store, deps) : { ...store, heldBack: async () => [] };
}

function createDocuments(now: () => number): Omit<SnapshotStore, 'heldBack'> {
  const documents = new Map<Day, SnapshotDocument>();
  /** Days without a snapshot: their documents have no more than totals. */
  const pruned = new Set<Day>();
  let changes = 0;

  function snapshotDays(): Day[] {
    return sortedDays().filter((day) => !pruned.has(day));
  }

  function merged(day: Day, batch: DayBatch): SnapshotDocument {
    if (!pruned.has(day)) return mergeBatch(documents.get(day), batch, now());
    return totalsOnly(mergeBatch(documents.get(day), { ...batch, events: [] }, now()));
  }

  function sortedDays(): Day[] {
    return [...documents.keys()].toSorted(compareText);
  }

  function pruneDay(day: Day, withTotals: boolean): void {
    const document = documents.get(day);
    documents.delete(day);
    pruned.delete(day);
    if (withTotals || !document || parseReadings(document).length === 0) return;
    documents.set(day, totalsOnly(document));
    pruned.add(day);
  }

  return {
    async save(readings, events) {
      const days = groupByDay(readings, events);
      for (const [day, batch] of days) documents.set(day, structuredClone(merged(day, batch)));
      if (days.size > 0) changes += 1;
    },
    totals: async (query) => seriesIn(documents, query),
    dailyTotals: async (query, range, options) => dailyTotalsOf(seriesIn(documents, query), range, options),
    async latest(query) {
      return historiesIn(documents, query).flatMap(latestOf).toSorted(compareImages);
    },
    async daySums(registries) {
      return addDaySums(seriesIn(documents, { registries }).flatMap((image) => [...daySumsOf(image)]));
    },
    imagesAtOnce: () => Infinity,
    days: async () => snapshotDays(),
    readings: (query, range) => readingsByDay(sortedDays(), async (day) => documents.get(day), query, range),
    events: async (query) => eventsIn(documents, query),
    countEvents: async (query) => eventsIn(documents, query).length,
    async snapshot(day) {
      const document = pruned.has(day) ? undefined : documents.get(day);
      return document && documentText(structuredClone(document));
    },
    async prune(before, { withTotals = false, signal } = {}) {
      if (!isDay(before)) throw new AppError('invalid_input', `"${before}" is not a day`);
      const old = (withTotals ? sortedDays() : snapshotDays()).filter((day) => day < before && !signal?.aborted);
      const gone = old.filter((day) => !pruned.has(day));
      for (const day of old) pruneDay(day, withTotals);
      if (old.length > 0) changes += 1;
      return gone;
    },
    version: () => String(changes),
    async close() {},
  };
}

/** What is known of each image that matches, by ascending day. */
function historiesIn(documents: ReadonlyMap<Day, SnapshotDocument>, query: SeriesQuery): StoredReading[][] {
  const images = new Map<string, StoredReading[]>();
  for (const day of [...documents.keys()].toSorted(compareText)) {
    const document = documents.get(day);
    for (const reading of document ? parseReadings(document) : []) {
      if (!matches(query, reading)) continue;
      const key = imageKey(reading);
      images.set(key, [...(images.get(key) ?? []), { ...reading, day }]);
    }
  }
  return [...images.values()];
}

function seriesIn(documents: ReadonlyMap<Day, SnapshotDocument>, query: SeriesQuery): ImageSeries[] {
  return historiesIn(documents, query).flatMap(seriesOf).toSorted(compareImagesByName);
}

function eventsIn(documents: ReadonlyMap<Day, SnapshotDocument>, query: EventQuery = {}): readonly RecordedEvent[] {
  const events = [...documents.values()].flatMap(parseEvents).filter((event) => isAskedFor(query, event));
  return partOf(events.toSorted(compareRecorded), query.part);
}

function totalsOnly(document: SnapshotDocument): SnapshotDocument {
  return mergeReadings(undefined, parseReadings(document).map(withoutDetails));
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
  const tagsDay = history.findLast(hasTags)?.day;
  const readAt = history.findLast(({ mark }) => wasRead(mark))?.readAt;
  const values = seriesOf(history).map(seriesValues);
  const details = { readAt, tagCount, lastUpdated, totalSince, tagsDay, discrepancy };
  return values.map((each) => ({ registry, repo, day, pullCount, ...details, ...each }));
}
