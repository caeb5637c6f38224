/** Thousands of rows as one, whose columns are JSON arrays: Node parses them many times faster than the driver parses rows. */
import sql, { join, raw } from 'sql-template-tag';
import * as z from 'zod';
import type { Sql } from 'sql-template-tag';
import type { Queries } from './database.ts';

// Written by us and a million of them: each value is not looked at.
export const numbers = z.custom<readonly number[]>(Array.isArray);
export const texts = z.custom<readonly string[]>(Array.isArray);
export const optionalNumbers = z.custom<readonly (number | null)[]>(Array.isArray);
export const optionalTexts = z.custom<readonly (string | null)[]>(Array.isArray);

/** The columns of what a statement selects or returns, in its order. The fields of the schema are the names of the columns. */
export async function selectColumns<Columns>(
  queries: Queries,
  schema: z.ZodType<Columns> & { readonly shape: Readonly<Record<string, unknown>> },
  statement: Sql,
): Promise<Columns> {
  const columns = Object.keys(schema.shape).map((name) => raw(`coalesce(json_agg(${name}), '[]') AS ${name}`));
  const rows = await queries.select(schema, sql`WITH found AS (${statement}) SELECT ${join(columns)} FROM found`);
  const [found] = rows;
  // An aggregate without groups has one row.
  if (!found) throw new TypeError('no columns were selected');
  return found;
}
