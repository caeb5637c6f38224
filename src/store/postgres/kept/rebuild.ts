/** Makes everything that is kept anew from the totals: for a database that has none yet, and where totals were deleted. */
import sql from 'sql-template-tag';
import * as z from 'zod';
import type { DaySum } from '../../../core/model/history.ts';
import { addDaySums } from '../../../core/numbers/day-sums.ts';
import { countChange } from '../changes.ts';
import type { Database, Queries } from '../database.ts';
import { partitionLock } from '../locks.ts';
import { partSums, readParts, type SeriesPart } from './parts.ts';
import { changeValues, type KeptValues } from './values.ts';
import { writeSums, writeValues } from './write.ts';

/** Images whose whole series are in memory at once. */
const imagesAtOnce = 200;
const [firstDay, lastDay] = ['0001-01-01', '9999-12-31'];

/** As the change with this number. No totals may be stored meanwhile. */
export async function rebuildKept(transaction: Queries, change: number): Promise<void> {
  await transaction.query(sql`DELETE FROM image_values`);
  await transaction.query(sql`DELETE FROM day_sums`);
  await transaction.query(sql`UPDATE kept_state SET change = ${change}`);
  let sums: readonly DaySum[] = [];
  for await (const parts of allSeries(transaction)) {
    await writeValues(transaction, valuesOf(parts), change);
    sums = addDaySums([...sums, ...sumsOf(parts)]);
  }
  await writeSums(transaction, sums, change);
}

/** The same while the service runs: saves wait until it is done. */
export function rebuildAll(database: Database): Promise<void> {
  return database.transaction(async (transaction) => {
    await transaction.query(sql`SET LOCAL statement_timeout = 0`);
    await transaction.query(sql`SELECT pg_advisory_xact_lock(${partitionLock})`);
    await rebuildKept(transaction, await countChange(transaction));
  });
}

const idRow = z.object({ id: z.number() });

/** The whole series of all images, some at a time. */
export async function* allSeries(queries: Queries): AsyncGenerator<ReadonlyMap<number, SeriesPart>> {
  for (let last = 0; ;) {
    const ids = await queries.select(idRow, sql`SELECT id FROM images WHERE id > ${last} ORDER BY id LIMIT ${imagesAtOnce}`);
    if (ids.length === 0) return;
    yield await readParts(
      queries,
      ids.map(({ id }) => ({ imageId: id, from: firstDay, to: lastDay })),
    );
    last = ids.at(-1)?.id ?? Infinity;
  }
}

export function valuesOf(parts: ReadonlyMap<number, SeriesPart>): ReadonlyMap<number, KeptValues> {
  return new Map(
    Array.from(parts, ([id, part]) => {
      const { isFirstSeenLost: _, ...values } = changeValues(undefined, undefined, part);
      return [id, values];
    }),
  );
}

export function* sumsOf(parts: ReadonlyMap<number, SeriesPart>): Generator<DaySum> {
  for (const part of parts.values()) yield* partSums(part);
}
