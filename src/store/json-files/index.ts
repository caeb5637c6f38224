/** The index in memory: each image's totals by day and its newest details, from which queries are answered. */
import { fromEpochDay, toEpochDay, type Day, type EpochDay } from '../../core/model/day.ts';
import type { Reading } from '../../core/model/reading.ts';
import { wasRead } from '../../core/model/mark.ts';
import { compareEvents, type RecordedEvent } from '../../core/model/event.ts';
import {
  toDayNote,
  type DailyTotals,
  type DailyTotalsOptions,
  type DayNote,
  type DaySum,
  type ImageSeries,
  type LatestImage,
  type SeriesValues,
} from '../../core/model/history.ts';
import type { DayRange, SeriesQuery } from '../../core/model/query.ts';
import { compareImages, compareImagesByName, compareText, imageKey, type ImageName } from '../../core/model/image.ts';
import { seriesValues } from '../../core/numbers/series-values.ts';
import { demandOf } from '../tag-budget.ts';
import { newestRead, type YearImage, type YearTotals } from './year-totals.ts';
import { createIndexSums } from './index-sums.ts';
import { dailyTotalsIn } from './index-days.ts';
import { createDaySeries, unpackMarks, type DaySeries } from './day-series.ts';

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
  events(): readonly RecordedEvent[];
  /** The newest stored list of an image's tags. */
  tags(image: ImageName): KnownTags | undefined;
  /** By the key of each image: about how many bytes its newest list would take whole. */
  tagDemands(): ReadonlyMap<string, number>;
  /** Everything in it, from which createIndex builds the same index again; only of an exact index. */
  state(): IndexState;
  /**
   * Whether it equals an index built from the days' documents. It does not after the day with the newest value of a detail was removed
   * while an older day may have another value, which the index does not keep.
   */
  isExact(): boolean;
}

/** A list of tags, without the tags. */
interface TagsState {
  /** Empty where an earlier version or another program stored it. */
  readonly hash: string;
  readonly wasCut: boolean;
  /** About how many bytes it would take whole. */
  readonly demand: number;
}

export interface KnownTags extends TagsState {
  readonly day: EpochDay;
  /** The same day. */
  readonly since: Day;
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
  readonly tags?: Detail<TagsState> | undefined;
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
  tags: Detail<TagsState> | undefined;
  /** What its series comes to; absent since that changed. */
  values: SeriesValues | undefined;
  /** Its newest values as they were given out last: the same where nothing has changed. */
  latest: LatestImage | undefined;
}

/** An index; with a state, what that state has for these days. */
export function createIndex(state: IndexState = { images: [], events: [] }, cachedDays: readonly Day[] = []): Index {
  const registries = new Map<string, Map<string, Image>>();
  const days = new Set(cachedDays);
  const eventsByDay = new Map(state.events.filter(([day]) => days.has(day)));
  /** Days with values whose file is gone. */
  const kept = new Set<EpochDay>();
  const sums = createIndexSums();
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
    eventsByDay.delete(day);
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

  return {
    setDay(day, readings, events) {
      fill(toEpochDay(day), readings, days.has(day));
      eventsByDay.delete(day);
      if (events.length > 0) eventsByDay.set(day, events);
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
    daySums: (only) => sums.daySums(() => matching({}).map(toSeries), only),
    events: () => [...eventsByDay.values()].flat().toSorted(compareEvents),
    tags({ registry, repo }) {
      const known = registries.get(registry)?.get(repo)?.tags;
      return known && { ...known.value, day: known.day, since: fromEpochDay(known.day) };
    },
    tagDemands: () => new Map(matching({}).flatMap((image) => (image.tags ? [[imageKey(image), image.tags.value.demand]] : []))),
    state: () => ({ images: matching({}).map((image) => toState(image, kept)), events: [...eventsByDay] }),
    isExact: () => matching({}).every((image) => [image.readAt, image.tagCount, image.lastUpdated, image.totalSince].every(isKnown)),
  };
}

function newImage(registry: string, repo: string): Image {
  const details = {
    readAt: undefined,
    tagCount: undefined,
    lastUpdated: undefined,
    totalSince: undefined,
    tags: undefined,
    values: undefined,
    latest: undefined,
  };
  return { registry, repo, series: createDaySeries(), notes: new Map(), ...details };
}

/** Whether the total of a day is already this one, known in the same way. */
function isKnownOf({ series, notes }: Image, day: EpochDay, reading: Reading): boolean {
  const known = series.get(day);
  if (known?.total !== reading.pullCount || known.mark !== (reading.mark ?? 'read')) return false;
  return JSON.stringify(notes.get(day)) === JSON.stringify(toDayNote(reading));
}

type ChangeDay = (image: Image, day: EpochDay, step: () => void) => void;

function addReading(image: Image, epochDay: EpochDay, reading: Reading, changeDay: ChangeDay): void {
  if (!isKnownOf(image, epochDay, reading)) {
    const note = toDayNote(reading);
    changeDay(image, epochDay, () => {
      image.series.set(epochDay, reading.pullCount, reading.mark ?? 'read');
      if (note) image.notes.set(epochDay, note);
    });
  }
  image.readAt = newer(image.readAt, epochDay, wasRead(reading.mark) ? reading.readAt : undefined);
  image.tagCount = newer(image.tagCount, epochDay, reading.tagCount);
  image.lastUpdated = newer(image.lastUpdated, epochDay, reading.lastUpdated);
  image.totalSince = newer(image.totalSince, epochDay, reading.totalSince);
  const tags = toTagsState(reading);
  if (tags && (!image.tags || image.tags.day <= epochDay)) image.tags = { day: epochDay, value: tags };
}

function addYear(image: Image, year: YearImage, changeDay: ChangeDay): void {
  for (const [day, { total, mark, note }] of year.byDay) {
    if (image.series.has(day)) continue;
    changeDay(image, day, () => {
      image.series.set(day, total, mark);
      if (note) image.notes.set(day, note);
    });
  }
  const read = newestRead(year);
  const { tagCount, lastUpdated, totalSince } = year;
  if (read) image.readAt = older(image.readAt, read);
  if (tagCount) image.tagCount = older(image.tagCount, tagCount);
  if (lastUpdated) image.lastUpdated = older(image.lastUpdated, lastUpdated);
  if (totalSince !== undefined) image.totalSince = older(image.totalSince, { day: Math.max(...year.byDay.keys()), value: totalSince });
}

/** What a file of its day says goes before what was kept. */
function older<T>(current: MaybeLost<T>, kept: Detail<T>): MaybeLost<T> {
  return current && current.day >= kept.day ? current : kept;
}

function toLatest(image: Image): LatestImage[] {
  const { registry, repo, series, notes, readAt, tagCount, lastUpdated, totalSince } = image;
  const last = series.last();
  if (!last) return [];
  image.values ??= seriesValues(toSeries(image));
  const details = { readAt: readAt?.value, tagCount: tagCount?.value, lastUpdated: lastUpdated?.value, totalSince: totalSince?.value };
  const { discrepancy } = notes.get(last.day) ?? {};
  const latest = { registry, repo, day: fromEpochDay(last.day), pullCount: last.total, ...details, discrepancy, ...image.values };
  if (!image.latest || !isSame(image.latest, latest)) image.latest = latest;
  return [image.latest];
}

/** Whether each value is the very same. */
function isSame(a: object, b: object): boolean {
  return Object.entries(a).every(([key, value]) => value === Reflect.get(b, key));
}

/** A copy, which later changes do not reach. */
function toSeries({ registry, repo, series, notes }: Image): ImageSeries {
  const { days, totals, codes } = series.columns();
  return { registry, repo, days, totals, marks: unpackMarks(codes), notes: new Map(notes) };
}

/** Without the days whose files are gone: these are read at every start. */
function toState({ registry, repo, series, notes, ...image }: Image, kept: ReadonlySet<EpochDay>): ImageState {
  const all = series.columns();
  // A kept day is nearly always older than every day with a file.
  const isOwn = (_: number, at: number): boolean => !kept.has(all.days[at] ?? 0);
  const { days, totals, codes } =
    kept.size === 0 ? all : { days: all.days.filter(isOwn), totals: all.totals.filter(isOwn), codes: all.codes.filter(isOwn) };
  const details = {
    readAt: withValue(image.readAt),
    tagCount: withValue(image.tagCount),
    lastUpdated: withValue(image.lastUpdated),
    totalSince: withValue(image.totalSince),
    tags: image.tags,
  };
  return {
    registry,
    repo,
    days: encodeBase64(days),
    totals: encodeBase64(totals),
    marks: encodeBase64(codes),
    notes: [...notes].filter(([day]) => !kept.has(day)),
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
  image.tags = state.tags;
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
  // Without them a list is only stored once more.
  if (image.tags && isRemoved(image.tags)) image.tags = undefined;
}

function toTagsState(reading: Reading): TagsState | undefined {
  const { tags, tagsCut = 0, tagsNote } = reading;
  return tags && { hash: tagsNote?.hash ?? '', wasCut: tagsCut > 0, demand: demandOf(reading) };
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
