/** The index in memory: of all documents it keeps each image's totals by day and its newest details, and answers from them. */
import { fromEpochDay, toEpochDay, type Day, type EpochDay } from '../../core/day.ts';
import { markOf, marks, type Reading } from '../../core/model.ts';
import type { ImageSeries, LatestImage, SeriesQuery } from '../../core/ports.ts';
import { compareText } from '../../core/series.ts';
import { createDaySeries, type DaySeries } from './day-series.ts';

export interface Index {
  /** Makes these the values of the day; what an earlier call gave for that day is gone. */
  setDay(day: Day, readings: readonly Reading[]): void;
  /** Forgets a day. Days go oldest first: details that were last seen on or before it are forgotten too. */
  removeDay(day: Day): void;
  /** The days that were set, ascending. */
  days(): readonly Day[];
  /** As SnapshotStore.totals; the answer does not change later. */
  totals(query: SeriesQuery): readonly ImageSeries[];
  /** As SnapshotStore.latest. */
  latest(query: SeriesQuery): readonly LatestImage[];
}

/** A value that not every day has, and the newest day that had it. */
interface Detail<T> {
  readonly day: EpochDay;
  readonly value: T;
}

interface Image {
  readonly registry: string;
  readonly repo: string;
  readonly series: DaySeries;
  readAt: Detail<string> | undefined;
  tagCount: Detail<number> | undefined;
  lastUpdated: Detail<string> | undefined;
}

export function createIndex(): Index {
  const registries = new Map<string, Map<string, Image>>();
  const days = new Set<Day>();
  let sortedDays: readonly Day[] | undefined;

  function imageOf({ registry, repo }: Reading): Image {
    const images = registries.get(registry) ?? new Map<string, Image>();
    registries.set(registry, images);
    const image = images.get(repo) ?? newImage(registry, repo);
    images.set(repo, image);
    return image;
  }

  function clearDay(day: EpochDay): void {
    for (const images of registries.values()) for (const { series } of images.values()) series.delete(day);
  }

  function dropEmpty(): void {
    for (const images of registries.values()) {
      for (const [repo, { series }] of images) if (!series.last()) images.delete(repo);
    }
  }

  function matching(query: SeriesQuery): Image[] {
    const found: Image[] = [];
    for (const [registry, images] of registries) {
      if (query.registries?.has(registry) === false) continue;
      // One image of thousands is looked up, not searched for.
      for (const repo of query.repos ?? images.keys()) {
        const image = images.get(repo);
        if (image) found.push(image);
      }
    }
    return found;
  }

  return {
    setDay(day, readings) {
      const epochDay = toEpochDay(day);
      const known = days.has(day);
      if (known) clearDay(epochDay);
      for (const reading of readings) {
        const image = imageOf(reading);
        image.series.set(epochDay, reading.pullCount, marks.indexOf(markOf(reading)));
        image.readAt = newer(image.readAt, epochDay, reading.backfilled ? undefined : reading.readAt);
        image.tagCount = newer(image.tagCount, epochDay, reading.tagCount);
        image.lastUpdated = newer(image.lastUpdated, epochDay, reading.lastUpdated);
      }
      if (known) dropEmpty();
      days.add(day);
      sortedDays = undefined;
    },
    removeDay(day) {
      const epochDay = toEpochDay(day);
      clearDay(epochDay);
      dropEmpty();
      for (const image of matching({})) {
        if (image.readAt && image.readAt.day <= epochDay) image.readAt = undefined;
        if (image.tagCount && image.tagCount.day <= epochDay) image.tagCount = undefined;
        if (image.lastUpdated && image.lastUpdated.day <= epochDay) image.lastUpdated = undefined;
      }
      days.delete(day);
      sortedDays = undefined;
    },
    days() {
      sortedDays ??= [...days].toSorted(compareText);
      return sortedDays;
    },
    totals(query) {
      const images = matching(query).toSorted((a, b) => compareText(a.repo, b.repo) || compareText(a.registry, b.registry));
      return images.map(({ registry, repo, series }) => ({ registry, repo, ...series.columns() }));
    },
    latest(query) {
      const images = matching(query).toSorted((a, b) => compareText(a.registry, b.registry) || compareText(a.repo, b.repo));
      return images.flatMap(latestOf);
    },
  };
}

function newImage(registry: string, repo: string): Image {
  return { registry, repo, series: createDaySeries(), readAt: undefined, tagCount: undefined, lastUpdated: undefined };
}

function latestOf({ registry, repo, series, readAt, tagCount, lastUpdated }: Image): LatestImage[] {
  const last = series.last();
  if (!last) return [];
  const day = fromEpochDay(last.day);
  const details = { readAt: readAt?.value, tagCount: tagCount?.value, lastUpdated: lastUpdated?.value };
  return [{ registry, repo, day, pullCount: last.total, ...details }];
}

function newer<T>(known: Detail<T> | undefined, day: EpochDay, value: T | undefined): Detail<T> | undefined {
  return value === undefined || (known && known.day > day) ? known : { day, value };
}
