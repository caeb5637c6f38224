/** Parts of series: the days that a change is about, with the known day before them and the one after, whose pulls depend on them. */
import sql from 'sql-template-tag';
import * as z from 'zod';
import type { DaySum, ImageSeries } from '../../../core/model/history.ts';
import type { Day } from '../../../core/model/day.ts';
import { daySumsOf } from '../../../core/numbers/day-sums.ts';
import { numberColumn, textColumn } from '../array-parameter.ts';
import type { Queries } from '../database.ts';
import { seriesRow, toDayNotes } from '../read.ts';

/** Days of an image that change. */
export interface Touched {
  readonly imageId: number;
  readonly from: Day;
  readonly to: Day;
}

export interface SeriesPart {
  readonly series: ImageSeries;
  /** Whether the first day is only there to compare with; without it the series begins here. */
  readonly hasBefore: boolean;
}

const partRow = seriesRow.extend({ id: z.number(), has_before: z.boolean() });

/** By the id of the image; an image without a day in there has none. */
export async function readParts(transaction: Queries, touched: readonly Touched[]): Promise<ReadonlyMap<number, SeriesPart>> {
  const rows = await transaction.select(
    partRow,
    sql`
    SELECT touched.id, registry, repo, before.day IS NOT NULL AS has_before,
      json_agg(part.day - DATE '1970-01-01' ORDER BY part.day) AS days,
      json_agg(pull_count ORDER BY part.day) AS totals,
      json_agg(known ORDER BY part.day) AS marks,
      json_object_agg(part.day - DATE '1970-01-01', note) FILTER (WHERE note IS NOT NULL) AS notes
    FROM unnest(
      ${numberColumn(touched.map(({ imageId }) => imageId))}::integer[],
      ${textColumn(touched.map(({ from }) => from))}::date[],
      ${textColumn(touched.map(({ to }) => to))}::date[]) AS touched (id, first, last)
    JOIN images ON images.id = touched.id
    LEFT JOIN LATERAL (SELECT day FROM totals WHERE image_id = touched.id AND day < first ORDER BY day DESC LIMIT 1) AS before ON true
    LEFT JOIN LATERAL (SELECT day FROM totals WHERE image_id = touched.id AND day > last ORDER BY day LIMIT 1) AS after ON true
    JOIN LATERAL (
      SELECT day, pull_count, known, note FROM totals
      WHERE image_id = touched.id AND day >= coalesce(before.day, first) AND day <= coalesce(after.day, last)
      -- Without this all totals would be read and joined.
      OFFSET 0) AS part ON true
    GROUP BY touched.id, registry, repo, before.day`,
  );
  return new Map(
    rows.map(({ id, has_before: hasBefore, ...row }) => [id, { series: { ...row, notes: toDayNotes(row.notes) }, hasBefore }]),
  );
}

/** What the days of a part add, without the one before. */
export function partSums({ series, hasBefore }: SeriesPart): Iterable<DaySum> {
  return daySumsOf(series, hasBefore ? 1 : 0);
}
