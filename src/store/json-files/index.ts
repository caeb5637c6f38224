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
  /** All that there is, from which createIndex makes the same index again. */
  state(): readonly ImageState[];
  /** Whether an image has no value for a detail that it has in this state. */
  lacksDetailOf(state: readonly ImageState[]): boolean;
}

/** An image as text, to be written to a file. */
export interface ImageState {
  readonly registry: string;
  readonly repo: string;
  /** The columns of its series in base64, in this machine's order of bytes. */
  readonly days: string;
  readonly totals: string;
  readonly marks: string;
  readonly readAt?: Detail<string> | undefined;
  readonly tagCount?: Detail<number> | undefined;
  readonly lastUpdated?: Detail<string> | undefined;
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

/** An index; with a state the one that had it, or what it knew of the days before `end`. `knownDays`: those that had been set. */
export function createIndex(state: readonly ImageState[] = [], knownDays: readonly Day[] = [], end = Infinity): Index {
  const registries = new Map<string, Map<string, Image>>();
  const days = new Set(knownDays.filter((day) => toEpochDay(day) < end));
  let sortedDays: readonly Day[] | undefined;

  function imageOf({ registry, repo }: Reading): Image {
    const images = registries.get(registry) ?? new Map<string, Image>();
    registries.set(registry, images);
    const image = images.get(repo) ?? newImage(registry, repo);
    images.set(repo, image);
    return image;
  }

  for (const kept of state) {
    const image = restored(kept, end);
    if (image) registries.set(image.registry, (registries.get(image.registry) ?? new Map<string, Image>()).set(image.repo, image));
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
    state: () => matching({}).map(stateOf),
    lacksDetailOf: (kept) =>
      kept.some((was) => {
        const image = registries.get(was.registry)?.get(was.repo);
        return image && (['readAt', 'tagCount', 'lastUpdated'] as const).some((name) => was[name] && !image[name]);
      }),
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

function stateOf({ registry, repo, series, readAt, tagCount, lastUpdated }: Image): ImageState {
  const { days, totals, marks: codes } = series.columns();
  return { registry, repo, days: base64(days), totals: base64(totals), marks: base64(codes), readAt, tagCount, lastUpdated };
}

/** The image as it was before the day `end`; undefined when it was not there yet. */
function restored(state: ImageState, end: EpochDay): Image | undefined {
  const { registry, repo } = state;
  const days = new Int32Array(bufferOf(state.days));
  const totals = new Float64Array(bufferOf(state.totals));
  const codes = new Uint8Array(bufferOf(state.marks));
  const image = newImage(registry, repo);
  for (let at = 0; at < days.length && (days[at] ?? 0) < end; at += 1) image.series.set(days[at] ?? 0, totals[at] ?? 0, codes[at] ?? 0);
  if (!image.series.last()) return undefined;
  image.readAt = before(state.readAt, end);
  image.tagCount = before(state.tagCount, end);
  image.lastUpdated = before(state.lastUpdated, end);
  return image;
}

function before<T>(detail: Detail<T> | undefined, end: EpochDay): Detail<T> | undefined {
  return detail && detail.day < end ? detail : undefined;
}

function base64({ buffer, byteOffset, byteLength }: Int32Array | Float64Array | Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

/** A buffer of its own, because a typed array has to begin at a multiple of its element's size. */
function bufferOf(text: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(text, 'base64')).buffer;
}

function newer<T>(known: Detail<T> | undefined, day: EpochDay, value: T | undefined): Detail<T> | undefined {
  return value === undefined || (known && known.day > day) ? known : { day, value };
}
