/** The newest total of images, and the newest known value of each detail: one that the newest day lacks is looked for further back. */
import sql, { type Sql } from 'sql-template-tag';
import { readMarks } from '../../../core/model/mark.ts';
import { numberColumn } from '../array-parameter.ts';

export function newestStatement(ids: readonly number[]): Sql {
  const own = sql`FROM totals WHERE image_id = ids.id`;
  return sql`
    SELECT ids.id AS image_id, newest.day, newest.pull_count, newest.known AS mark, newest.note,
      CASE WHEN newest.known = ANY (${[...readMarks]}::text[]) THEN newest.read_at
        ELSE (SELECT read_at ${own} AND known = ANY (${[...readMarks]}::text[]) ORDER BY day DESC LIMIT 1) END AS read_at,
      coalesce(newest.tag_count, (SELECT tag_count ${own} AND tag_count IS NOT NULL ORDER BY day DESC LIMIT 1)) AS tag_count,
      coalesce(newest.last_updated, (SELECT last_updated ${own} AND last_updated IS NOT NULL ORDER BY day DESC LIMIT 1)) AS last_updated,
      coalesce(newest.total_since, (SELECT total_since ${own} AND total_since IS NOT NULL ORDER BY day DESC LIMIT 1)) AS total_since
    FROM unnest(${numberColumn(ids)}::integer[]) AS ids (id)
    JOIN LATERAL (SELECT day, pull_count, known, note, read_at, tag_count, last_updated, total_since ${own} ORDER BY day DESC LIMIT 1) AS newest ON true`;
}
