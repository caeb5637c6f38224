/** Makes everything that is kept anew from the totals: for a database that has none yet, and where totals were deleted. */
import sql from 'sql-template-tag';
import * as z from 'zod';
import { toEpochDay } from '../../../core/model/day.ts';
import type { DaySum } from '../../../core/model/history.ts';
import { addDaySums } from '../../../core/numbers/day-sums.ts';
import { countChange } from '../changes.ts';
import type { Database, Queries } from '../database.ts';
import { partitionLock } from '../locks.ts';
import { readDetails } from './newest.ts';
import { partSums, readParts } from './parts.ts';
import { addSums, insertValues } from './statements.ts';
import { changeImage, noDetails, type ImageChange } from './values.ts';

/** Images whose whole series are in memory at once. */
const imagesAtOnce = 200;
const [firstDay, lastDay] = [toEpochDay('0001-01-01'), toEpochDay('9999-12-31')];

/** As the change with this number. No totals may be stored meanwhile. */
export async function rebuildKept(transaction: Queries, change: number): Promise<void> {
  await transaction.query(sql`DELETE FROM image_values`);
  await transaction.query(sql`DELETE FROM day_sums`);
  await transaction.query(sql`UPDATE kept_state SET change = ${change}`);
  let sums: readonly DaySum[] = [];
  for await (const whole of readAll(transaction)) {
    if (whole.images.length > 0) await insertValues(transaction, whole.images, change);
    sums = addDaySums([...sums, ...whole.sums]);
  }
  if (sums.length > 0) await addSums(transaction, sums, change);
}

/** The same while the service runs: saves wait until it is done. */
export function rebuildAll(database: Database): Promise<void> {
  return database.transaction(async (transaction) => {
    await transaction.query(sql`SET LOCAL statement_timeout = 0`);
    await transaction.query(sql`SELECT pg_advisory_xact_lock(${partitionLock})`);
    await rebuildKept(transaction, await countChange(transaction));
  });
}

const imageRow = z.object({ id: z.number(), registry: z.string(), repo: z.string() });

/** What some images come to. */
export interface WholeImages {
  readonly images: readonly ImageChange[];
  readonly sums: readonly DaySum[];
  readonly names: ReadonlyMap<number, string>;
}

/** What is to be kept of all images that have totals, some at a time. */
export async function* readAll(queries: Queries): AsyncGenerator<WholeImages> {
  for (let last = 0; ;) {
    const found = await queries.select(
      imageRow,
      sql`SELECT id, registry, repo FROM images WHERE id > ${last} ORDER BY id LIMIT ${imagesAtOnce}`,
    );
    if (found.length === 0) return;
    yield await readWhole(queries, found);
    last = found.at(-1)?.id ?? Infinity;
  }
}

async function readWhole(queries: Queries, found: readonly z.infer<typeof imageRow>[]): Promise<WholeImages> {
  const parts = await readParts(
    queries,
    found.map(({ id, ...image }) => ({ id, image, from: firstDay, to: lastDay, newest: lastDay })),
  );
  const details = await readDetails(queries, [...parts.keys()]);
  const sums: DaySum[] = [];
  const images = Array.from(parts, ([id, after]) => {
    const added = partSums(after);
    sums.push(...added);
    return changeImage({ id, kept: undefined, before: undefined, after, sums: added, details: details.get(id) ?? noDetails });
  });
  return { images, sums, names: new Map(found.map(({ id, registry, repo }) => [id, `${repo} (${registry})`])) };
}
