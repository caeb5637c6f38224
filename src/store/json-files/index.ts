/** The index in memory: each image's totals by day and its newest details, from which queries are answered. */
import { fromEpochDay, toEpochDay, type Day, type EpochDay } from '../../core/model/day.ts';
import type { Reading } from '../../core/model/reading.ts';
import type { RecordedEvent } from '../../core/model/event.ts';
import type { EventQuery } from '../../core/model/event-query.ts';
import type { DailyTotals, DailyTotalsOptions, DaySum, ImageSeries, LatestImage } from '../../core/model/history.ts';
import type { DayRange, SeriesQuery } from '../../core/model/query.ts';
import { compareImages, compareImagesByName, compareText, imageKey, type ImageName } from '../../core/model/image.ts';
import { createEventIndex } from './event-index.ts';
import type { YearTotals } from './year-totals.ts';
import { createIndexSums } from './index-sums.ts';
import { dailyTotalsIn } from './index-days.ts';
import { fromImageEntry, toImageEntry, type IndexEntry } from './index-entry.ts';
import {
  addReading,
  addYear,
  isKnown,
  isKnownOf,
  loseDetails,
  newImage,
  toLatest,
  toSeries,
  viewSeries,
  type ChangeDay,
  type Image,
  type KnownTags,
} from './index-image.ts';

export interface Index {
  /** Makes these the values of the day; what an earlier call set for that day is dropped. */
  setDay(day: Day, readings: readonly Reading[], events: readonly RecordedEvent[]): void;
  /** Makes these the values of a day whose file is gone. */
  setKept(day: Day, readings: readonly Reading[]): void;
  /** Adds the values of days whose files are gone; where a day has a file that has one, that one stays. */
  addKept(year: YearTotals): void;
  /** Forgets a day, and the details that were last seen on it. */
  removeDay(day: Day): void;
  /** Whether the day has values but no file. */
  isKept(day: Day): boolean;
  /** The images of these names that have a value on this day. */
  imagesOn(day: Day, repos: ReadonlySet<string>): readonly ImageName[];
  /** Whether this is what is known of the image on this day, but for its details. */
  isKnownOn(day: Day, reading: Reading): boolean;
  /** The days with values, with a file or without, ascending. */
  allDays(): readonly Day[];
  /** The days that have a file, ascending. */
  days(): readonly Day[];
  /** As SnapshotStore.totals; the result does not change later. */
  totals(query: SeriesQuery): readonly ImageSeries[];
  /** As SnapshotStore.dailyTotals; a day is as it is when it is taken. */
  dailyTotals(query: SeriesQuery, range?: DayRange, options?: DailyTotalsOptions): DailyTotals;
  /** As SnapshotStore.latest. */
  latest(query: SeriesQuery): readonly LatestImage[];
  /** As SnapshotStore.daySums. */
  daySums(registries?: ReadonlySet<string>): readonly DaySum[];
  /** As SnapshotStore.events. */
  events(query?: EventQuery): readonly RecordedEvent[];
  /** The newest stored list of an image's tags. */
  tags(image: ImageName): KnownTags | undefined;
  /** By the key of each image: about how many bytes its newest list would take whole. */
  tagDemands(): ReadonlyMap<string, number>;
  /** Everything in it, from which `restore` builds the same index again; only of an exact index, which does not change meanwhile. */
  entries(): Iterable<IndexEntry>;
  /** Adds a part of the former index. */
  restore(entry: IndexEntry): void;
  /**
   * Whether it equals an index built from the days' documents. It does not after the day with the newest value of a detail was removed
   * while an older day may have another value, which the index does not keep.
   */
  isExact(): boolean;
}

/** An index, to which is restored what a former one had for these days. */
export function createIndex(cachedDays: readonly Day[] = []): Index {
  const registries = new Map<string, Map<string, Image>>();
  const days = new Set(cachedDays);
  const cachedEpochDays = new Set(cachedDays.map(toEpochDay));
  const events = createEventIndex();
  /** Days with values whose file is gone. */
  const kept = new Set<EpochDay>();
  const sums = createIndexSums();
  let sortedDays: readonly Day[] | undefined;

  function imagesOf(registry: string): Map<string, Image> {
    const images = registries.get(registry) ?? new Map<string, Image>();
    registries.set(registry, images);
    return images;
  }

  function findOrCreate({ registry, repo }: ImageName): Image {
    const images = imagesOf(registry);
    const image = images.get(repo) ?? newImage(registry, repo);
    images.set(repo, image);
    return image;
  }

  /** Changes what is known of a day, and what depends on it. */
  const changeDay: ChangeDay = (image, day, step) => {
    sums.around(image, day, step);
    image.values = undefined;
  };

  /** Forgets a day, but for the totals that `next` has too. */
  function clearDay(day: EpochDay, next: readonly Reading[] = []): void {
    const readings = new Map(next.map((reading) => [imageKey(reading), reading]));
    for (const image of matching({})) {
      if (!image.series.has(day)) continue;
      const reading = readings.get(imageKey(image));
      if (!reading || !isKnownOf(image, day, reading)) {
        changeDay(image, day, () => {
          image.series.delete(day);
          image.notes.delete(day);
        });
      }
      loseDetails(image, (detail) => detail.day === day);
    }
  }

  function fill(epochDay: EpochDay, readings: readonly Reading[], isReplaced: boolean): void {
    if (isReplaced) clearDay(epochDay, readings);
    for (const reading of readings) addReading(findOrCreate(reading), epochDay, reading, changeDay);
    if (isReplaced) dropEmpty();
  }

  /** That it had a file, its events, and that it was kept without one. */
  function forget(day: Day): void {
    events.set(day, []);
    days.delete(day);
    kept.delete(toEpochDay(day));
    sortedDays = undefined;
  }

  function allDays(): Day[] {
    return [...days, ...Array.from(kept, fromEpochDay)].toSorted(compareText);
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

  /** To be gone through before anything changes. */
  function* allSeries(): Generator<ImageSeries> {
    for (const image of matching({})) yield viewSeries(image);
  }

  return {
    setDay(day, readings, own) {
      fill(toEpochDay(day), readings, days.has(day));
      events.set(day, own);
      days.add(day);
      kept.delete(toEpochDay(day));
      sortedDays = undefined;
    },
    setKept(day, readings) {
      fill(toEpochDay(day), readings, true);
      forget(day);
      if (readings.length > 0) kept.add(toEpochDay(day));
    },
    addKept(year) {
      const withFile = new Set([...days].map(toEpochDay));
      for (const image of year.values()) {
        addYear(findOrCreate(image), image, changeDay);
        for (const day of image.byDay.keys()) if (!withFile.has(day)) kept.add(day);
      }
    },
    removeDay(day) {
      clearDay(toEpochDay(day));
      dropEmpty();
      forget(day);
    },
    isKept: (day) => kept.has(toEpochDay(day)),
    imagesOn: (day, repos) => matching({ repos }).filter(({ series }) => series.has(toEpochDay(day))),
    isKnownOn(day, reading) {
      const image = registries.get(reading.registry)?.get(reading.repo);
      return image !== undefined && isKnownOf(image, toEpochDay(day), reading);
    },
    allDays,
    days() {
      sortedDays ??= [...days].toSorted(compareText);
      return sortedDays;
    },
    totals(query) {
      return matching(query).toSorted(compareImagesByName).map(toSeries);
    },
    dailyTotals: (query, range, options) => dailyTotalsIn(matching(query), allDays(), range, options),
    latest(query) {
      const images = matching(query).toSorted(compareImages);
      return images.flatMap(toLatest);
    },
    daySums: (only) => sums.daySums(allSeries, only),
    events: (query) => events.select(query),
    tags({ registry, repo }) {
      const known = registries.get(registry)?.get(repo)?.tags;
      return known && { ...known.value, day: known.day, since: fromEpochDay(known.day) };
    },
    tagDemands: () => new Map(matching({}).flatMap((image) => (image.tags ? [[imageKey(image), image.tags.value.demand]] : []))),
    *entries() {
      for (const image of matching({})) yield { image: toImageEntry(image, kept) };
      for (const [day, own] of events.byDay()) yield { day, events: own };
    },
    restore(entry) {
      if ('day' in entry) {
        if (days.has(entry.day)) events.set(entry.day, entry.events);
        return;
      }
      const image = fromImageEntry(entry.image, cachedEpochDays);
      if (image.series.last()) imagesOf(image.registry).set(image.repo, image);
    },
    isExact: () => matching({}).every((image) => [image.readAt, image.tagCount, image.lastUpdated, image.totalSince].every(isKnown)),
  };
}
