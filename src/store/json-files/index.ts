/** The index in memory: each image's totals by day and its newest details, from which queries are answered. */
import { fromEpochDay, toEpochDay, type Day, type EpochDay } from '../../core/model/day.ts';
import type { Reading } from '../../core/model/reading.ts';
import { wasRead } from '../../core/model/mark.ts';
import { compareEvents, type RecordedEvent } from '../../core/model/event.ts';
import { toDayNote, type DayNote, type ImageSeries, type LatestImage } from '../../core/model/history.ts';
import type { SeriesQuery } from '../../core/model/query.ts';
import { compareImages, compareImagesByName, compareText, type ImageName } from '../../core/model/image.ts';
import { createDaySeries, unpackMarks, type DaySeries } from './day-series.ts';

export interface Index {
  /** Makes these the values of the day; what an earlier call set for that day is dropped. */
  setDay(day: Day, readings: readonly Reading[], events: readonly RecordedEvent[]): void;
  /** Forgets a day, and the details that were last seen on it. */
  removeDay(day: Day): void;
  /** The days that were set, ascending. */
  days(): readonly Day[];
  /** As SnapshotStore.totals; the result does not change later. */
  totals(query: SeriesQuery): readonly ImageSeries[];
  /** As SnapshotStore.latest. */
  latest(query: SeriesQuery): readonly LatestImage[];
  /** As SnapshotStore.events. */
  events(): readonly RecordedEvent[];
  /** Everything in it, from which createIndex builds the same index again; only of an exact index. */
  state(): IndexState;
  /**
   * Whether it equals an index built from the days' documents. It does not after the day with the newest value of a detail was removed
   * while an older day may have another value, which the index does not keep.
   */
  isExact(): boolean;
}

/** An index as plain data, to be written to a file. */
export interface IndexState {
  readonly images: readonly ImageState[];
  /** By the day that keeps them. */
  readonly events: readonly (readonly [Day, readonly RecordedEvent[]])[];
}

/** An image as text. */
export interface ImageState extends ImageName {
  /** The columns of its series in base64, in this machine's order of bytes. */
  readonly days: string;
  readonly totals: string;
  readonly marks: string;
  readonly notes: readonly (readonly [EpochDay, DayNote])[];
  readonly readAt?: Detail<string> | undefined;
  readonly tagCount?: Detail<number> | undefined;
  readonly lastUpdated?: Detail<string> | undefined;
  readonly totalSince?: Detail<Day> | undefined;
}

/** A value that not every day has, and the newest day that had it. */
interface Detail<T> {
  readonly day: EpochDay;
  readonly value: T;
}

/** Without a value when that day was removed and an older one may have another. */
type MaybeLost<T> = Detail<T | undefined> | undefined;

interface Image extends ImageName {
  readonly series: DaySeries;
  readonly notes: Map<EpochDay, DayNote>;
  readAt: MaybeLost<string>;
  tagCount: MaybeLost<number>;
  lastUpdated: MaybeLost<string>;
  totalSince: MaybeLost<Day>;
}

/** An index; with a state, what that state has for these days. */
export function createIndex(state: IndexState = { images: [], events: [] }, cachedDays: readonly Day[] = []): Index {
  const registries = new Map<string, Map<string, Image>>();
  const days = new Set(cachedDays);
  const eventsByDay = new Map(state.events.filter(([day]) => days.has(day)));
  let sortedDays: readonly Day[] | undefined;

  function findOrCreate({ registry, repo }: ImageName): Image {
    const images = registries.get(registry) ?? new Map<string, Image>();
    registries.set(registry, images);
    const image = images.get(repo) ?? newImage(registry, repo);
    images.set(repo, image);
    return image;
  }

  const cachedEpochDays = new Set(cachedDays.map(toEpochDay));
  for (const cached of state.images) restore(cached, cachedEpochDays, findOrCreate(cached));
  dropEmpty();

  function clearDay(day: EpochDay): void {
    for (const image of matching({})) {
      image.series.delete(day);
      image.notes.delete(day);
      loseDetails(image, (detail) => detail.day === day);
    }
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
    setDay(day, readings, events) {
      const epochDay = toEpochDay(day);
      const isReplaced = days.has(day);
      if (isReplaced) clearDay(epochDay);
      for (const reading of readings) {
        const image = findOrCreate(reading);
        image.series.set(epochDay, reading.pullCount, reading.mark ?? 'read');
        const note = toDayNote(reading);
        if (note) image.notes.set(epochDay, note);
        image.readAt = newer(image.readAt, epochDay, wasRead(reading.mark) ? reading.readAt : undefined);
        image.tagCount = newer(image.tagCount, epochDay, reading.tagCount);
        image.lastUpdated = newer(image.lastUpdated, epochDay, reading.lastUpdated);
        image.totalSince = newer(image.totalSince, epochDay, reading.totalSince);
      }
      if (isReplaced) dropEmpty();
      eventsByDay.delete(day);
      if (events.length > 0) eventsByDay.set(day, events);
      days.add(day);
      sortedDays = undefined;
    },
    removeDay(day) {
      const epochDay = toEpochDay(day);
      clearDay(epochDay);
      dropEmpty();
      eventsByDay.delete(day);
      days.delete(day);
      sortedDays = undefined;
    },
    days() {
      sortedDays ??= [...days].toSorted(compareText);
      return sortedDays;
    },
    totals(query) {
      const images = matching(query).toSorted(compareImagesByName);
      return images.map(({ registry, repo, series, notes }) => {
        const { days: epochDays, totals, codes } = series.columns();
        return { registry, repo, days: epochDays, totals, marks: unpackMarks(codes), notes: new Map(notes) };
      });
    },
    latest(query) {
      const images = matching(query).toSorted(compareImages);
      return images.flatMap(toLatest);
    },
    events: () => [...eventsByDay.values()].flat().toSorted(compareEvents),
    state: () => ({ images: matching({}).map(toState), events: [...eventsByDay] }),
    isExact: () => matching({}).every((image) => [image.readAt, image.tagCount, image.lastUpdated, image.totalSince].every(isKnown)),
  };
}

function newImage(registry: string, repo: string): Image {
  const details = { readAt: undefined, tagCount: undefined, lastUpdated: undefined, totalSince: undefined };
  return { registry, repo, series: createDaySeries(), notes: new Map(), ...details };
}

function toLatest({ registry, repo, series, notes, ...image }: Image): LatestImage[] {
  const last = series.last();
  if (!last) return [];
  const day = fromEpochDay(last.day);
  const details = { readAt: image.readAt?.value, tagCount: image.tagCount?.value, lastUpdated: image.lastUpdated?.value };
  const { discrepancy } = notes.get(last.day) ?? {};
  return [{ registry, repo, day, pullCount: last.total, ...details, totalSince: image.totalSince?.value, discrepancy }];
}

function toState({ registry, repo, series, notes, ...image }: Image): ImageState {
  const { days, totals, codes } = series.columns();
  const details = {
    readAt: withValue(image.readAt),
    tagCount: withValue(image.tagCount),
    lastUpdated: withValue(image.lastUpdated),
    totalSince: withValue(image.totalSince),
  };
  return {
    registry,
    repo,
    days: encodeBase64(days),
    totals: encodeBase64(totals),
    marks: encodeBase64(codes),
    notes: [...notes],
    ...details,
  };
}

/** Fills a new image with what its state has for these days. */
function restore(state: ImageState, cachedDays: ReadonlySet<EpochDay>, image: Image): void {
  const days = new Int32Array(decodeBase64(state.days));
  const totals = new Float64Array(decodeBase64(state.totals));
  const marks = unpackMarks(new Uint8Array(decodeBase64(state.marks)));
  for (const [at, day] of days.entries()) if (cachedDays.has(day)) image.series.set(day, totals[at] ?? 0, marks.at(at) ?? 'read');
  for (const [day, note] of state.notes) if (cachedDays.has(day)) image.notes.set(day, note);
  image.readAt = state.readAt;
  image.tagCount = state.tagCount;
  image.lastUpdated = state.lastUpdated;
  image.totalSince = state.totalSince;
  loseDetails(image, ({ day }) => !cachedDays.has(day));
}

/** Drops the values of details whose day was removed. */
function loseDetails(image: Image, isRemoved: (detail: Detail<unknown>) => boolean): void {
  const first = image.series.first() ?? Infinity;
  const rest = <T>(detail: MaybeLost<T>): MaybeLost<T> => {
    if (!detail || !isRemoved(detail)) return detail;
    return first < detail.day ? { day: detail.day, value: undefined } : undefined;
  };
  image.readAt = rest(image.readAt);
  image.tagCount = rest(image.tagCount);
  image.lastUpdated = rest(image.lastUpdated);
  image.totalSince = rest(image.totalSince);
}

function isKnown(detail: MaybeLost<unknown>): boolean {
  return !detail || detail.value !== undefined;
}

function withValue<T>(detail: MaybeLost<T>): Detail<T> | undefined {
  return detail?.value === undefined ? undefined : { day: detail.day, value: detail.value };
}

function encodeBase64({ buffer, byteOffset, byteLength }: Int32Array | Float64Array | Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

/** A buffer of its own, because a typed array has to begin at a multiple of its element's size. */
function decodeBase64(text: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(text, 'base64')).buffer;
}

function newer<T>(current: MaybeLost<T>, day: EpochDay, value: T | undefined): MaybeLost<T> {
  return value === undefined || (current && current.day > day) ? current : { day, value };
}
