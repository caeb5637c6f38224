/** Snapshots in memory, for tests and as the shortest description of what a store does. */
import { dayOf, toEpochDay, type Day } from '../core/day.ts';
import type { Reading } from '../core/model.ts';
import type { ImageSeries, LatestImage, SeriesQuery, SnapshotStore } from '../core/ports.ts';
import { compareText } from '../core/series.ts';
import { mergeReadings, readingsOf, type SnapshotDocument } from '../core/snapshot.ts';

export function createMemoryStore(): SnapshotStore {
  const documents = new Map<Day, SnapshotDocument>();
  let saves = 0;

  const sortedDays = (): Day[] => [...documents.keys()].toSorted(compareText);

  /** The readings of each matching image by ascending day, images ordered by repo, then registry. */
  function readingsByImage({ registries, repos }: SeriesQuery): [Day, Reading][][] {
    const images = new Map<string, [Day, Reading][]>();
    for (const day of sortedDays()) {
      const document = documents.get(day);
      for (const reading of document ? readingsOf(document) : []) {
        if (!(registries?.has(reading.registry) ?? true) || !(repos?.has(reading.repo) ?? true)) continue;
        const key = `${reading.repo} ${reading.registry}`;
        images.set(key, [...(images.get(key) ?? []), [day, reading]]);
      }
    }
    return [...images].toSorted(([a], [b]) => compareText(a, b)).map(([, readings]) => readings);
  }

  return {
    async save(readings) {
      if (readings.length === 0) return;
      for (const day of new Set(readings.map(({ readAt }) => dayOf(Date.parse(readAt))))) {
        const own = readings.filter(({ readAt }) => dayOf(Date.parse(readAt)) === day);
        documents.set(day, mergeReadings(documents.get(day), own));
      }
      saves += 1;
    },
    async totals(query) {
      return readingsByImage(query).flatMap((readings): ImageSeries[] => {
        const first = readings[0]?.[1];
        if (!first) return [];
        const days = readings.map(([day]) => toEpochDay(day));
        return [{ registry: first.registry, repo: first.repo, days, totals: readings.map(([, { pullCount }]) => pullCount) }];
      });
    },
    async latest(query) {
      const images = readingsByImage(query).flatMap((readings): LatestImage[] => {
        const last = readings.at(-1);
        if (!last) return [];
        const [day, { registry, repo, pullCount, tagCount, lastUpdated }] = last;
        return [{ registry, repo, day, pullCount, tagCount, lastUpdated }];
      });
      return images.toSorted((a, b) => compareText(a.registry, b.registry) || compareText(a.repo, b.repo));
    },
    async snapshot(day) {
      return documents.get(day);
    },
    async days() {
      return sortedDays();
    },
    async prune(before) {
      const old = sortedDays().filter((day) => day < before);
      for (const day of old) documents.delete(day);
      if (old.length > 0) saves += 1;
      return old;
    },
    version: () => String(saves),
    close: async () => undefined,
  };
}
