/** What is kept of images that are about to change. */
import sql from 'sql-template-tag';
import type * as z from 'zod';
import { numberColumn } from '../array-parameter.ts';
import type { Queries } from '../database.ts';
import { numbers, optionalNumbers, selectColumns } from '../json-columns.ts';
import { detailColumns, detailsAt } from './newest.ts';
import { dayTotalAt, dayTotalColumns } from './parts.ts';
import type { KeptValues } from './values.ts';

const columns = dayTotalColumns.extend({
  ...detailColumns.shape,
  history_since: numbers,
  first_seen: optionalNumbers,
  backfilled_days: numbers,
  imported_days: numbers,
});

/** By the id of the image. Nobody else changes them until the transaction ends; the ids are locked in one order everywhere. */
export async function lockValues(transaction: Queries, ids: readonly number[]): Promise<ReadonlyMap<number, KeptValues>> {
  if (ids.length === 0) return new Map();
  const found = await selectColumns(
    transaction,
    columns,
    sql`
    SELECT image_id AS id, day - DATE '1970-01-01' AS day, pull_count, mark, note, read_at, tag_count, last_updated, total_since::text, tags_day::text,
      history_since - DATE '1970-01-01' AS history_since, first_seen - DATE '1970-01-01' AS first_seen, backfilled_days, imported_days
    FROM image_values WHERE image_id = ANY (${numberColumn(ids)}::integer[]) ORDER BY image_id FOR NO KEY UPDATE`,
  );
  return new Map(found.id.map((id, at) => [id, valuesAt(found, at)]));
}

function valuesAt(found: z.infer<typeof columns>, at: number): KeptValues {
  return {
    newest: dayTotalAt(found, at),
    details: detailsAt(found, at),
    historySince: found.history_since[at] ?? 0,
    firstSeen: found.first_seen[at] ?? undefined,
    backfilledDays: found.backfilled_days[at] ?? 0,
    importedDays: found.imported_days[at] ?? 0,
  };
}
