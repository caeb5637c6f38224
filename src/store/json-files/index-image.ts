/** One image of the index: its totals by day, and its newest details. */
import { fromEpochDay, type Day, type EpochDay } from '../../core/model/day.ts';
import { hasTags, toDayNote, type ImageSeries, type LatestImage, type SeriesValues } from '../../core/model/history.ts';
import type { ImageName } from '../../core/model/image.ts';
import { wasRead } from '../../core/model/mark.ts';
import type { Reading } from '../../core/model/reading.ts';
import { seriesValues } from '../../core/numbers/series-values.ts';
import { demandOf } from '../tag-budget.ts';
import { createDayNotes, type DayNotes } from './day-notes.ts';
import { createDaySeries, unpackMarks, type DaySeries } from './day-series.ts';
import { newestRead, type YearImage } from './year-totals.ts';

/** A list of tags, without the tags. */
export interface TagsState {
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

/** A value that not every day has, and the newest day that had it. */
export interface Detail<T> {
  readonly day: EpochDay;
  readonly value: T;
}

/** Without a value when that day was removed and an older one may have another. */
export type MaybeLost<T> = Detail<T | undefined> | undefined;

export interface Image extends ImageName {
  readonly series: DaySeries;
  readonly notes: DayNotes;
  readAt: MaybeLost<string>;
  tagCount: MaybeLost<number>;
  lastUpdated: MaybeLost<string>;
  totalSince: MaybeLost<Day>;
  /** No newer day has anything of its tags. */
  tagsDay: EpochDay | undefined;
  tags: Detail<TagsState> | undefined;
  /** What its series comes to; absent since that changed. */
  values: SeriesValues | undefined;
  /** Its newest values as they were given out last: the same where nothing has changed. */
  latest: LatestImage | undefined;
}

export function newImage(registry: string, repo: string): Image {
  const details = {
    readAt: undefined,
    tagCount: undefined,
    lastUpdated: undefined,
    totalSince: undefined,
    tagsDay: undefined,
    tags: undefined,
    values: undefined,
    latest: undefined,
  };
  return { registry, repo, series: createDaySeries(), notes: createDayNotes(), ...details };
}

/** Whether the total of a day is already this one, known in the same way. */
export function isKnownOf({ series, notes }: Image, day: EpochDay, reading: Reading): boolean {
  const known = series.get(day);
  if (known?.total !== reading.pullCount || known.mark !== (reading.mark ?? 'read')) return false;
  return JSON.stringify(notes.get(day)) === JSON.stringify(toDayNote(reading));
}

export type ChangeDay = (image: Image, day: EpochDay, step: () => void) => void;

export function addReading(image: Image, epochDay: EpochDay, reading: Reading, changeDay: ChangeDay): void {
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
  if (hasTags(reading)) image.tagsDay = Math.max(image.tagsDay ?? epochDay, epochDay);
  const tags = toTagsState(reading);
  if (tags && (!image.tags || image.tags.day <= epochDay)) image.tags = { day: epochDay, value: tags };
}

export function addYear(image: Image, year: YearImage, changeDay: ChangeDay): void {
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

export function toLatest(image: Image): LatestImage[] {
  const { registry, repo, series, notes, readAt, tagCount, lastUpdated, totalSince } = image;
  const last = series.last();
  if (!last) return [];
  image.values ??= seriesValues(viewSeries(image));
  const details = { readAt: readAt?.value, tagCount: tagCount?.value, lastUpdated: lastUpdated?.value, totalSince: totalSince?.value };
  const tagsDay = image.tagsDay === undefined ? undefined : fromEpochDay(image.tagsDay);
  const { discrepancy } = notes.get(last.day) ?? {};
  const latest = { registry, repo, day: fromEpochDay(last.day), pullCount: last.total, ...details, tagsDay, discrepancy, ...image.values };
  if (!image.latest || !isSame(image.latest, latest)) image.latest = latest;
  return [image.latest];
}

/** Whether each value is the very same. */
function isSame(a: object, b: object): boolean {
  return Object.entries(a).every(([key, value]) => value === Reflect.get(b, key));
}

/** Its series until the next change: thousands of copies would cost more than what is worked out from them. */
export function viewSeries({ registry, repo, series, notes }: Image): ImageSeries {
  const { days, totals, codes } = series.view();
  return { registry, repo, days, totals, marks: unpackMarks(codes), notes };
}

/** A copy, which later changes do not reach. */
export function toSeries({ registry, repo, series, notes }: Image): ImageSeries {
  const { days, totals, codes } = series.columns();
  return { registry, repo, days, totals, marks: unpackMarks(codes), notes: notes.copy() };
}

/** Drops the values of details whose day was removed. */
export function loseDetails(image: Image, isRemoved: (detail: Detail<unknown>) => boolean): void {
  const first = image.series.first() ?? Infinity;
  const rest = <T>(detail: MaybeLost<T>): MaybeLost<T> => {
    if (!detail || !isRemoved(detail)) return detail;
    return first < detail.day ? { day: detail.day, value: undefined } : undefined;
  };
  image.readAt = rest(image.readAt);
  image.tagCount = rest(image.tagCount);
  image.lastUpdated = rest(image.lastUpdated);
  image.totalSince = rest(image.totalSince);
  if (image.tagsDay !== undefined && isRemoved({ day: image.tagsDay, value: undefined }))
    image.tagsDay = first < image.tagsDay ? image.tagsDay - 1 : undefined;
  // Without them a list is only stored once more.
  if (image.tags && isRemoved(image.tags)) image.tags = undefined;
}

function toTagsState(reading: Reading): TagsState | undefined {
  const { tags, tagsCut = 0, tagsNote } = reading;
  return tags && { hash: tagsNote?.hash ?? '', wasCut: tagsCut > 0, demand: demandOf(reading) };
}

export function isKnown(detail: MaybeLost<unknown>): boolean {
  return !detail || detail.value !== undefined;
}

function newer<T>(current: MaybeLost<T>, day: EpochDay, value: T | undefined): MaybeLost<T> {
  return value === undefined || (current && current.day > day) ? current : { day, value };
}
