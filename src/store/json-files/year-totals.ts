/**
 * The file of a year, `history/2026.json`: the daily totals of days whose own files are gone. A line an image; its columns begin at `first`
 * and have null where a day has no total. `read_after` has the seconds from the start of the UTC day to the read, `marks` how the totals are
 * known: runs of [mark, days]. Described in docs/how-numbers-are-made.md.
 */
import * as z from 'zod';
import { dayMs, fromEpochDay, isDay, toEpochDay, type Day, type EpochDay } from '../../core/model/day.ts';
import { toDayNote, type DayNote } from '../../core/model/history.ts';
import { imageKey, type ImageName } from '../../core/model/image.ts';
import { marks, wasRead, type Mark } from '../../core/model/mark.ts';
import { isPullCount, type Reading } from '../../core/model/reading.ts';
import { complete, newer } from '../../core/document/snapshot.ts';
import { parseNote, toNoteRow } from '../../core/document/snapshot-row.ts';

/** A value that not every day has, with the newest day that had it. */
interface Dated<T> {
  readonly day: EpochDay;
  readonly value: T;
}

/** What is kept of one total. */
export interface KeptTotal {
  readonly total: number;
  /** Milliseconds since the epoch. */
  readonly readMs: number;
  readonly mark: Mark;
  readonly note?: DayNote | undefined;
}

/** The totals of an image in one year. */
export interface YearImage extends ImageName {
  readonly byDay: Map<EpochDay, KeptTotal>;
  totalSince?: Day | undefined;
  tagCount?: Dated<number> | undefined;
  lastUpdated?: Dated<string> | undefined;
}

/** By imageKey. */
export type YearTotals = Map<string, YearImage>;

const day = z.string().refine(isDay);
const isTotals = (value: unknown): boolean => Array.isArray(value) && value.every((each) => each === null || isPullCount(each));
const isSeconds = (value: unknown): boolean => Array.isArray(value) && value.every((each) => each === null || Number.isSafeInteger(each));
const imageRow = z.object({
  registry: z.string().min(1),
  repo: z.string().min(1),
  first: day,
  totals: z.custom<readonly (number | null)[]>(isTotals),
  read_after: z.custom<readonly (number | null)[]>(isSeconds),
  marks: z.array(z.tuple([z.enum(marks), z.int().min(1)])),
  notes: z.record(day, z.record(z.string(), z.unknown())).optional(),
  total_since: day.optional(),
  tag_count: z.tuple([day, z.int()]).optional(),
  last_updated: z.tuple([day, z.string()]).optional(),
});
const yearFile = z.object({ format: z.literal(1), year: z.int(), images: z.array(imageRow) });
type ImageRow = z.infer<typeof imageRow>;

export function yearOf(of: Day): number {
  return Number(of.slice(0, 4));
}

/** @throws what says that it is none: of a zod schema, or a SyntaxError */
export function parseYear(text: string, year: number): YearTotals {
  const file = yearFile.extend({ year: z.literal(year) }).parse(JSON.parse(text));
  return new Map(file.images.map((row) => [imageKey(row), toImage(row)]));
}

function toImage({ registry, repo, first, totals, ...row }: ImageRow): YearImage {
  const start = toEpochDay(first);
  const codes = row.marks.flatMap(([mark, length]) => Array.from({ length: Math.min(length, totals.length) }, () => mark));
  const byDay = new Map<EpochDay, KeptTotal>();
  for (const [at, total] of totals.entries()) {
    if (total === null) continue;
    const note = row.notes?.[fromEpochDay(start + at)];
    const readMs = (start + at) * dayMs + (row.read_after[at] ?? 0) * 1000;
    byDay.set(start + at, { total, readMs, mark: codes[at] ?? 'read', note: note && toDayNote(parseNote(note)) });
  }
  const tagCount = row.tag_count && { day: toEpochDay(row.tag_count[0]), value: row.tag_count[1] };
  const lastUpdated = row.last_updated && { day: toEpochDay(row.last_updated[0]), value: row.last_updated[1] };
  return { registry, repo, byDay, totalSince: row.total_since, tagCount, lastUpdated };
}

/** The first line of a year's file. A line for each image follows, by registry, then repo, and `lastLine`. */
export function firstLine(year: number): string {
  return `{"format":1,"year":${year},"images":[`;
}

export const lastLine = ']}';

/** The line of an image, which may end with a comma. @throws what says that it is none: of a zod schema, or a SyntaxError */
export function parseImageLine(line: string): YearImage {
  return toImage(imageRow.parse(JSON.parse(line.endsWith(',') ? line.slice(0, -1) : line)));
}

/** Without a comma. */
export function formatImageLine(image: YearImage): string {
  return JSON.stringify(toRow(image));
}

function toRow({ registry, repo, byDay, totalSince, tagCount, lastUpdated }: YearImage): ImageRow {
  const days = [...byDay.keys()].toSorted((a, b) => a - b);
  const [first = 0, last = 0] = [days[0], days.at(-1)];
  const kept = Array.from({ length: last - first + 1 }, (_, at) => byDay.get(first + at));
  const notes = Object.fromEntries(
    days.flatMap((each) => {
      const note = byDay.get(each)?.note;
      return note ? [[fromEpochDay(each), toNoteRow(note)]] : [];
    }),
  );
  return {
    registry,
    repo,
    first: fromEpochDay(first),
    totals: kept.map((each) => each?.total ?? null),
    read_after: kept.map((each, at) => (each ? Math.floor((each.readMs - (first + at) * dayMs) / 1000) : null)),
    marks: runsOf(kept.map((each) => each?.mark)),
    notes: Object.keys(notes).length > 0 ? notes : undefined,
    total_since: totalSince,
    tag_count: tagCount && [fromEpochDay(tagCount.day), tagCount.value],
    last_updated: lastUpdated && [fromEpochDay(lastUpdated.day), lastUpdated.value],
  };
}

/** A day without a total belongs to the run around it. */
function runsOf(all: readonly (Mark | undefined)[]): [Mark, number][] {
  const runs: [Mark, number][] = [];
  for (const mark of all) {
    const run = runs.at(-1);
    if (run && (mark === undefined || mark === run[0])) run[1] += 1;
    else runs.push([mark ?? 'read', 1]);
  }
  return runs;
}

/** Merges readings of a day, by the rule of every day. `now`: milliseconds since the epoch */
export function mergeDay(totals: YearTotals, of: Day, readings: readonly Reading[], now = Infinity): void {
  const epochDay = toEpochDay(of);
  for (const reading of readings) {
    const image: YearImage = totals.get(imageKey(reading)) ?? { registry: reading.registry, repo: reading.repo, byDay: new Map() };
    const before = readingOf(image, epochDay);
    if (newer(before, reading, now) !== reading) continue;
    const { pullCount, mark = 'read', ...best } = complete(before, reading);
    const note = toDayNote(best);
    image.byDay.set(epochDay, { total: pullCount, readMs: Date.parse(reading.readAt), mark, note });
    image.totalSince = reading.totalSince ?? image.totalSince;
    image.tagCount = newest(image.tagCount, epochDay, reading.tagCount);
    image.lastUpdated = newest(image.lastUpdated, epochDay, reading.lastUpdated);
    totals.set(imageKey(reading), image);
  }
}

function newest<T>(current: Dated<T> | undefined, of: EpochDay, value: T | undefined): Dated<T> | undefined {
  return value === undefined || (current && current.day > of) ? current : { day: of, value };
}

/** What is kept of a day. */
export function readingsOf(totals: YearTotals, of: Day): readonly Reading[] {
  const epochDay = toEpochDay(of);
  return [...totals.values()].map((image) => readingOf(image, epochDay)).filter((reading) => reading !== undefined);
}

function readingOf({ registry, repo, byDay, totalSince, tagCount, lastUpdated }: YearImage, of: EpochDay): Reading | undefined {
  const kept = byDay.get(of);
  if (!kept) return undefined;
  return {
    registry,
    repo,
    pullCount: kept.total,
    readAt: new Date(kept.readMs).toISOString(),
    day: fromEpochDay(of),
    mark: kept.mark,
    ...kept.note,
    totalSince,
    tagCount: tagCount?.day === of ? tagCount.value : undefined,
    lastUpdated: lastUpdated?.day === of ? lastUpdated.value : undefined,
  };
}

/** The newest day of an image whose total was read, and when. */
export function newestRead({ byDay }: YearImage): Dated<string> | undefined {
  let found: Dated<string> | undefined;
  for (const [of, { mark, readMs }] of byDay) {
    if (wasRead(mark) && (!found || of > found.day)) found = { day: of, value: new Date(readMs).toISOString() };
  }
  return found;
}

/** Forgets the days before this one, and what was last seen on them. */
export function dropBefore(totals: YearTotals, before: Day): void {
  const end = toEpochDay(before);
  for (const [key, image] of totals) {
    for (const of of image.byDay.keys()) if (of < end) image.byDay.delete(of);
    if (image.tagCount && image.tagCount.day < end) image.tagCount = undefined;
    if (image.lastUpdated && image.lastUpdated.day < end) image.lastUpdated = undefined;
    if (image.byDay.size === 0) totals.delete(key);
  }
}
