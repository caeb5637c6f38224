/** Deletes the snapshots of old days; their totals stay, unless they are to go too. */
import sql, { raw } from 'sql-template-tag';
import * as z from 'zod';
import type { Day } from '../../core/model/day.ts';
import { AppError } from '../../core/model/errors.ts';
import { countChange } from './changes.ts';
import type { Database, Queries } from './database.ts';
import { rebuildKept } from './kept/rebuild.ts';
import { partitionLock } from './locks.ts';
import { dayRow } from './read.ts';
import { monthAfter, partitionOf } from './save.ts';

export interface Pruned {
  /** The days whose snapshots were deleted, ascending. */
  readonly days: readonly Day[];
  /** The number of the change; 0 without one. */
  readonly change: number;
}

/**
 * Deletes the tags and events of the days before this one, a day at a time, so that saves get in between and a signal stops it; a day without
 * totals is then forgotten.
 */
export async function prune(database: Database, before: Day, signal?: AbortSignal): Promise<Pruned> {
  const old = await database.select(dayRow, sql`SELECT day::text FROM snapshot_days WHERE day < ${before} AND NOT pruned ORDER BY day`);
  const days: Day[] = [];
  let change = 0;
  for (const [at, { day }] of old.entries()) {
    if (signal?.aborted) break;
    const changed = await pruneDay(database, day, { isLast: at === old.length - 1 });
    if (changed === undefined) continue;
    days.push(day);
    change = changed;
  }
  return { days, change };
}

/** Resolves to the number of the change; undefined where another process was first. */
function pruneDay(database: Database, day: Day, { isLast }: { readonly isLast: boolean }): Promise<number | undefined> {
  return database.transaction(async (transaction) => {
    await lock(transaction);
    const gone = await transaction.select(
      dayRow,
      sql`UPDATE snapshot_days SET pruned = true WHERE day = ${day} AND NOT pruned RETURNING day::text`,
    );
    if (gone.length === 0) return undefined;
    await transaction.query(sql`
      UPDATE totals SET tag_set_id = NULL, tags_cut = NULL, note = ${withoutObserved}
      WHERE day = ${day} AND (tag_set_id IS NOT NULL OR tags_cut IS NOT NULL OR jsonb_exists(note, 'observed'))`);
    await transaction.query(sql`DELETE FROM events WHERE seen_day <= ${day}`);
    await transaction.query(
      sql`DELETE FROM snapshot_days WHERE day = ${day} AND NOT EXISTS (SELECT FROM totals WHERE totals.day = snapshot_days.day)`,
    );
    // It goes through all of them, so that it is done once.
    if (isLast) await deleteUnusedTagSets(transaction);
    const change = await countChange(transaction);
    await transaction.query(sql`UPDATE image_values SET tags_day = NULL, change = ${change} WHERE tags_day <= ${day}`);
    await transaction.query(sql`
      UPDATE image_values SET note = ${withoutObserved}, change = ${change} WHERE day = ${day} AND jsonb_exists(note, 'observed')`);
    return change;
  });
}

/** What was read before a day was over goes with its snapshot. */
const withoutObserved = sql`nullif(note - 'observed', '{}')`;

const deletedRow = dayRow.extend({ pruned: z.boolean() });

/**
 * Deletes everything of the days before this one, at once. Months that are over are dropped as a whole, the rest is deleted. A signal stops it:
 * nothing is deleted then.
 */
export async function deleteBefore(database: Database, before: Day, signal?: AbortSignal): Promise<Pruned> {
  try {
    return await deleteAtOnce(database, before, signal);
  } catch (error) {
    if (signal?.aborted) return { days: [], change: 0 };
    throw error;
  }
}

function deleteAtOnce(database: Database, before: Day, signal: AbortSignal | undefined): Promise<Pruned> {
  return database.transaction(async (unstoppable) => {
    const transaction = stoppable(unstoppable, signal);
    await lock(transaction);
    const gone = await transaction.select(deletedRow, sql`DELETE FROM snapshot_days WHERE day < ${before} RETURNING day::text, pruned`);
    const days = gone.flatMap(({ day, pruned }) => (pruned ? [] : [day])).toSorted();
    if (gone.length === 0) return { days, change: 0 };
    const months = [...new Set(gone.map(({ day }) => day.slice(0, 7)))];
    for (const month of months) {
      if (monthAfter(`${month}-01`) <= before) await transaction.query(raw(`DROP TABLE IF EXISTS ${partitionOf(month)}`));
    }
    await transaction.query(sql`DELETE FROM totals WHERE day < ${before}`);
    await transaction.query(sql`DELETE FROM events WHERE seen_day < ${before}`);
    await transaction.query(sql`DELETE FROM images WHERE NOT EXISTS (SELECT FROM totals WHERE image_id = images.id)`);
    await deleteUnusedTagSets(transaction);
    const change = await countChange(transaction);
    await rebuildKept(transaction, change);
    return { days, change };
  });
}

/** Ends with an error before the next statement once the signal is aborted. */
function stoppable(queries: Queries, signal: AbortSignal | undefined): Queries {
  const check = (): void => {
    if (signal?.aborted) throw new AppError('unreachable', 'stopped');
  };
  return {
    async query(statement) {
      check();
      return queries.query(statement);
    },
    async select(row, statement) {
      check();
      return queries.select(row, statement);
    },
  };
}

/** Before anything else, or a save that waits for this and for which this waits would end both. */
async function lock(transaction: Queries): Promise<void> {
  await transaction.query(sql`SELECT pg_advisory_xact_lock(${partitionLock})`);
}

async function deleteUnusedTagSets(transaction: Queries): Promise<void> {
  await transaction.query(sql`DELETE FROM tag_sets WHERE NOT EXISTS (SELECT FROM totals WHERE tag_set_id = tag_sets.id)`);
}
