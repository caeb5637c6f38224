/** Parts of series: the days that a change is about, with the known day before them and the one after, whose pulls depend on them. */
import sql, { type Sql } from 'sql-template-tag';
import * as z from 'zod';
import { isRow, parseNote, type Row } from '../../../core/document/snapshot-row.ts';
import type { EpochDay } from '../../../core/model/day.ts';
import { toDayNote, type DayNote, type DaySum, type ImageSeries } from '../../../core/model/history.ts';
import type { ImageName } from '../../../core/model/image.ts';
import { marks, type Mark } from '../../../core/model/mark.ts';
import { daySumsOf } from '../../../core/numbers/day-sums.ts';
import { numberColumn } from '../array-parameter.ts';
import type { Queries } from '../database.ts';
import { numbers, selectColumns } from '../json-columns.ts';

/** Days of an image that change. */
export interface Touched {
  readonly id: number;
  readonly image: ImageName;
  readonly from: EpochDay;
  readonly to: EpochDay;
  /** Its newest known day; absent where it has none. */
  readonly newest: EpochDay | undefined;
}

/** A day as the table of totals has it. */
export interface DayTotal {
  readonly day: EpochDay;
  readonly pullCount: number;
  readonly mark: Mark;
  readonly note: Row | undefined;
}

export interface SeriesPart {
  /** By ascending day. */
  readonly totals: readonly DayTotal[];
  /** The same as a series. */
  readonly series: ImageSeries;
  /** Whether the first day is only there to compare with; without it the series begins here. */
  readonly hasBefore: boolean;
}

/** Columns of days of images. */
export const dayTotalColumns = z.object({
  id: numbers,
  day: numbers,
  pull_count: numbers,
  mark: z.array(z.enum(marks)),
  note: z.array(z.unknown()),
});

/** By the id of the image; an image without a day in there has none. */
export async function readParts(queries: Queries, touched: readonly Touched[]): Promise<ReadonlyMap<number, SeriesPart>> {
  const known = touched.filter(({ newest }) => newest !== undefined);
  if (known.length === 0) return new Map();
  const found = await selectColumns(queries, dayTotalColumns, partsStatement(known));
  const totals = new Map<number, DayTotal[]>();
  for (const [at, id] of found.id.entries()) {
    const own = totals.get(id);
    if (own) own.push(dayTotalAt(found, at));
    else totals.set(id, [dayTotalAt(found, at)]);
  }
  return new Map(
    known.flatMap(({ id, image, from }) => {
      const own = totals.get(id);
      return own ? [[id, toPart(image, own, (own[0]?.day ?? from) < from)]] : [];
    }),
  );
}

export function dayTotalAt(found: z.infer<typeof dayTotalColumns>, at: number): DayTotal {
  const note = found.note[at];
  return {
    day: found.day[at] ?? 0,
    pullCount: found.pull_count[at] ?? 0,
    mark: found.mark[at] ?? 'read',
    note: isRow(note) ? note : undefined,
  };
}

/** One look into the index for each part of an image that can be there, so that no partition is read as a whole. */
function partsStatement(touched: readonly Touched[]): Sql {
  const own = sql`SELECT day, pull_count, known, note FROM totals WHERE image_id = touched.id`;
  return sql`
    SELECT id, day - DATE '1970-01-01' AS day, pull_count, known AS mark, note
    FROM (
      SELECT id, DATE '1970-01-01' + first AS first, DATE '1970-01-01' + last AS last, DATE '1970-01-01' + newest AS newest
      FROM unnest(
        ${numberColumn(touched.map(({ id }) => id))}::integer[],
        ${numberColumn(touched.map(({ from }) => from))}::integer[],
        ${numberColumn(touched.map(({ to }) => to))}::integer[],
        ${numberColumn(touched.map(({ newest }) => newest))}::integer[]) AS days (id, first, last, newest)) AS touched
    CROSS JOIN LATERAL (
      (${own} AND day < first ORDER BY day DESC LIMIT 1)
      UNION ALL
      (${own} AND day >= first AND day <= last AND first <= newest OFFSET 0)
      UNION ALL
      (${own} AND day > last AND last < newest ORDER BY day LIMIT 1)) AS part
    ORDER BY id, day`;
}

/** The part after days of it were stored, in the order in which they were. */
export function withStored({ image }: Touched, part: SeriesPart | undefined, stored: readonly DayTotal[]): SeriesPart {
  const byDay = new Map([...(part?.totals ?? []), ...stored].map((total) => [total.day, total]));
  return toPart(
    image,
    [...byDay.values()].toSorted((a, b) => a.day - b.day),
    part?.hasBefore ?? false,
  );
}

function toPart(image: ImageName, totals: readonly DayTotal[], hasBefore: boolean): SeriesPart {
  const notes = totals.flatMap(({ day, note }): [EpochDay, DayNote][] => {
    const dayNote = note && toDayNote(parseNote(note));
    return dayNote ? [[day, dayNote]] : [];
  });
  const series = {
    registry: image.registry,
    repo: image.repo,
    days: totals.map(({ day }) => day),
    totals: totals.map(({ pullCount }) => pullCount),
    marks: totals.map(({ mark }) => mark),
    notes: new Map(notes),
  };
  return { totals, series, hasBefore };
}

/** What the days of a part add, without the one before. */
export function partSums({ series, hasBefore }: SeriesPart): readonly DaySum[] {
  return [...daySumsOf(series, hasBefore ? 1 : 0)];
}
