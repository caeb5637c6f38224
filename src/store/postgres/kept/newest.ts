/** The newest known value of each detail: one that the newest day lacks is looked for further back. */
import sql from 'sql-template-tag';
import * as z from 'zod';
import { readMarks } from '../../../core/model/mark.ts';
import { numberColumn } from '../array-parameter.ts';
import type { Queries } from '../database.ts';
import { numbers, optionalNumbers, optionalTexts, selectColumns } from '../json-columns.ts';
import type { Details } from './values.ts';

/** Columns of details, as totals and kept values have them. */
export const detailColumns = z.object({
  read_at: optionalTexts,
  tag_count: optionalNumbers,
  last_updated: optionalTexts,
  total_since: optionalTexts,
  tags_day: optionalTexts,
});

/** Whether a row of totals has anything of tags. */
export const hasTags = sql`(tag_set_id IS NOT NULL OR tags_cut IS NOT NULL)`;

const columns = detailColumns.extend({ id: numbers });

/** By the id of the image, as the totals have them. */
export async function readDetails(queries: Queries, ids: readonly number[]): Promise<ReadonlyMap<number, Details>> {
  if (ids.length === 0) return new Map();
  const own = sql`FROM totals WHERE image_id = ids.id`;
  const found = await selectColumns(
    queries,
    columns,
    sql`
    SELECT id,
      (SELECT read_at ${own} AND known = ANY (${[...readMarks]}::text[]) ORDER BY day DESC LIMIT 1) AS read_at,
      (SELECT tag_count ${own} AND tag_count IS NOT NULL ORDER BY day DESC LIMIT 1) AS tag_count,
      (SELECT last_updated ${own} AND last_updated IS NOT NULL ORDER BY day DESC LIMIT 1) AS last_updated,
      (SELECT total_since ${own} AND total_since IS NOT NULL ORDER BY day DESC LIMIT 1)::text AS total_since,
      (SELECT day ${own} AND ${hasTags} ORDER BY day DESC LIMIT 1)::text AS tags_day
    FROM unnest(${numberColumn(ids)}::integer[]) AS ids (id)`,
  );
  return new Map(found.id.map((id, at) => [id, detailsAt(found, at)]));
}

export function detailsAt(found: z.infer<typeof detailColumns>, at: number): Details {
  return {
    readAt: found.read_at[at] ?? undefined,
    tagCount: found.tag_count[at] ?? undefined,
    lastUpdated: found.last_updated[at] ?? undefined,
    totalSince: found.total_since[at] ?? undefined,
    tagsDay: found.tags_day[at] ?? undefined,
  };
}
