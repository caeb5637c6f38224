/** What an index has, in parts of bounded size that are written to a file and read again. */
import type { Day, EpochDay } from '../../core/model/day.ts';
import type { RecordedEvent } from '../../core/model/event.ts';
import type { ImageName } from '../../core/model/image.ts';
import type { Discrepancy } from '../../core/model/reading.ts';
import { createDayNotes } from './day-notes.ts';
import { createDaySeries, type Columns, type DaySeries } from './day-series.ts';
import { loseDetails, newImage, type Detail, type Image, type MaybeLost, type TagsState } from './index-image.ts';

/** An image, or the events that a day keeps. */
export type IndexEntry = { readonly image: ImageEntry } | { readonly day: Day; readonly events: readonly RecordedEvent[] };

/** An image as text. */
export interface ImageEntry extends ImageName {
  readonly totals: PackedSeries;
  /** The pulls that the registry counted on single days. */
  readonly dayPulls?: PackedSeries | undefined;
  readonly discrepancies?: readonly (readonly [EpochDay, Discrepancy])[] | undefined;
  readonly readAt?: Detail<string> | undefined;
  readonly tagCount?: Detail<number> | undefined;
  readonly lastUpdated?: Detail<string> | undefined;
  readonly totalSince?: Detail<Day> | undefined;
  readonly tagsDay?: EpochDay | undefined;
  readonly tags?: Detail<TagsState> | undefined;
}

/** Columns in base64, in this machine's order of bytes: days, totals, codes of marks. */
type PackedSeries = readonly [days: string, totals: string, codes: string];

/** Without these days, whose files are gone: they are read at every start. */
export function toImageEntry({ registry, repo, series, notes, ...image }: Image, without: ReadonlySet<EpochDay>): ImageEntry {
  const { dayPulls, discrepancies } = notes.parts();
  const details = {
    readAt: withValue(image.readAt),
    tagCount: withValue(image.tagCount),
    lastUpdated: withValue(image.lastUpdated),
    totalSince: withValue(image.totalSince),
    tagsDay: image.tagsDay,
    tags: image.tags,
  };
  const own = discrepancies.filter(([day]) => !without.has(day));
  return {
    registry,
    repo,
    totals: pack(series, without),
    dayPulls: dayPulls && pack(dayPulls, without),
    discrepancies: own.length > 0 ? own : undefined,
    ...details,
  };
}

/** The image with what its entry has for these days. */
export function fromImageEntry(entry: ImageEntry, days: ReadonlySet<EpochDay>): Image {
  const { registry, repo, readAt, tagCount, lastUpdated, totalSince, tagsDay, tags, totals, dayPulls, discrepancies = [] } = entry;
  const notes = createDayNotes(dayPulls && unpack(dayPulls, days), new Map(discrepancies.filter(([day]) => days.has(day))));
  const image: Image = {
    ...newImage(registry, repo),
    series: unpack(totals, days),
    notes,
    readAt,
    tagCount,
    lastUpdated,
    totalSince,
    tagsDay,
    tags,
  };
  loseDetails(image, ({ day }) => !days.has(day));
  return image;
}

function pack(series: DaySeries, without: ReadonlySet<EpochDay>): PackedSeries {
  const all = series.view();
  const { days, totals, codes } = without.size === 0 ? all : filtered(all, (day) => !without.has(day));
  return [encodeBase64(days), encodeBase64(totals), encodeBase64(codes)];
}

function unpack([days, totals, codes]: PackedSeries, kept: ReadonlySet<EpochDay>): DaySeries {
  const all = {
    days: new Int32Array(decodeBase64(days)),
    totals: new Float64Array(decodeBase64(totals)),
    codes: new Uint8Array(decodeBase64(codes)),
  };
  return createDaySeries(all.days.every((day) => kept.has(day)) ? all : filtered(all, (day) => kept.has(day)));
}

function filtered(all: Columns, isKept: (day: EpochDay) => boolean): Columns {
  const has = (_: number, at: number): boolean => isKept(all.days[at] ?? 0);
  return { days: all.days.filter(has), totals: all.totals.filter(has), codes: all.codes.filter(has) };
}

function withValue<T>(detail: MaybeLost<T>): Detail<T> | undefined {
  return detail?.value === undefined ? undefined : { day: detail.day, value: detail.value };
}

function encodeBase64({ buffer, byteOffset, byteLength }: Int32Array | Float64Array | Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

/** A buffer of its own, because a typed array has to begin at a multiple of its element's size. */
function decodeBase64(text: string): ArrayBuffer {
  const bytes = new Uint8Array(Buffer.byteLength(text, 'base64'));
  Buffer.from(bytes.buffer).write(text, 'base64');
  return bytes.buffer;
}
