/** Snapshots in memory, gone with the process. It works every answer out anew from the documents: slow, but plainly right. */
import { isDay, toEpochDay, type Day, type EpochDay } from '../core/day.ts';
import { AppError } from '../core/errors.ts';
import { markOf, marks, type Reading } from '../core/model.ts';
import type { ImageSeries, LatestImage, SeriesQuery, SnapshotStore } from '../core/ports.ts';
import { compareText } from '../core/series.ts';
import { mergeReadings, readingsOf, type SnapshotDocument } from '../core/snapshot.ts';
import { groupByDay } from './by-day.ts';

type DatedReading = Reading & { readonly day: Day };

/** An empty store. Its methods throw AppError invalid_input for a reading without a valid time and a day that is none. */
export function createMemoryStore(): SnapshotStore {
  const documents = new Map<Day, SnapshotDocument>();
  let changes = 0;

  function sortedDays(): Day[] {
    return [...documents.keys()].toSorted(compareText);
  }

  /** What is known of each image that matches, by ascending day. */
  function histories({ registries, repos }: SeriesQuery): DatedReading[][] {
    const images = new Map<string, DatedReading[]>();
    for (const day of sortedDays()) {
      const document = documents.get(day);
      for (const reading of document ? readingsOf(document) : []) {
        const { registry, repo } = reading;
        if (registries?.has(registry) === false || repos?.has(repo) === false) continue;
        const key = `${registry} ${repo}`;
        images.set(key, [...(images.get(key) ?? []), { ...reading, day }]);
      }
    }
    return [...images.values()];
  }

  return {
    async save(readings) {
      const days = groupByDay(readings);
      for (const [day, own] of days) documents.set(day, structuredClone(mergeReadings(documents.get(day), own)));
      if (days.size > 0) changes += 1;
    },
    async totals(query) {
      const series = histories(query).flatMap(seriesOf);
      return series.toSorted((a, b) => compareText(a.repo, b.repo) || compareText(a.registry, b.registry));
    },
    async latest(query) {
      const images = histories(query).flatMap(latestOf);
      return images.toSorted((a, b) => compareText(a.registry, b.registry) || compareText(a.repo, b.repo));
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

function seriesOf(history: readonly DatedReading[]): ImageSeries[] {
  const newest = history.at(-1);
  if (!newest) return [];
  const days: EpochDay[] = history.map(({ day }) => toEpochDay(day));
  const { registry, repo } = newest;
  const totals = history.map(({ pullCount }) => pullCount);
  return [{ registry, repo, days, totals, marks: history.map((reading) => marks.indexOf(markOf(reading))) }];
}

/** Each value is the newest that is known: tags that were not read today leave the count of yesterday. */
function latestOf(history: readonly DatedReading[]): LatestImage[] {
  const newest = history.at(-1);
  if (!newest) return [];
  const { registry, repo, day, pullCount } = newest;
  const tagCount = history.findLast((reading) => reading.tagCount !== undefined)?.tagCount;
  const lastUpdated = history.findLast((reading) => reading.lastUpdated !== undefined)?.lastUpdated;
  const readAt = history.findLast(({ backfilled }) => !backfilled)?.readAt;
  return [{ registry, repo, day, pullCount, readAt, tagCount, lastUpdated }];
}
