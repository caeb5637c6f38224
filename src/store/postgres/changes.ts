/** The number of the last change: it grows in the order in which changes can be seen. */
import sql from 'sql-template-tag';
import * as z from 'zod';
import type { Queries } from './database.ts';
import { changesChannel } from './locks.ts';

export const countRow = z.object({ count: z.number() });

/** In the order of commits, because the row is locked until then. */
export async function countChange(transaction: Queries): Promise<number> {
  const [change] = await transaction.select(
    countRow,
    sql`
      WITH change AS (UPDATE changes SET count = count + 1 RETURNING count)
      SELECT count, pg_notify(${changesChannel}, count::text) FROM change`,
  );
  return change?.count ?? 0;
}
