/** Writes readings and events: batches whose statements hold the merge rule, so that two writers never lose a newer value. */
import sql, { raw } from 'sql-template-tag';
import type { Day } from '../../core/model/day.ts';
import { withoutDetails, type DayBatch } from '../by-day.ts';
import { countChange } from './changes.ts';
import { textColumn } from './array-parameter.ts';
import type { Database, Queries } from './database.ts';
import { errorCode } from './database-error.ts';
import { saveEvents } from './events.ts';
import { writeKept } from './kept/write.ts';
import { partitionLock } from './locks.ts';
import { dayRow } from './read.ts';
import { saveReadings } from './save-readings.ts';

/** What is to be stored, by day. */
export type Batch = ReadonlyMap<Day, DayBatch>;

const maxAttempts = 4;

export interface SaveContext {
  /** The months that are known to have a partition. */
  readonly partitions: Set<string>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Stores all of it or nothing. Resolves to the number of the change. */
export async function saveBatch(database: Database, batch: Batch, { partitions, now }: SaveContext): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await ensurePartitions(database, batch, partitions);
      return await insertBatch(database, batch, now);
    } catch (error) {
      if (attempt === maxAttempts || !isPassing(error)) throw error;
      partitions.clear();
    }
  }
}

/** The month was pruned by another process, or it and this one waited for each other. */
function isPassing(error: unknown): boolean {
  return ['23514', '42P01', '40P01', '40001'].includes(errorCode(error));
}

function insertBatch(database: Database, batch: Batch, now: number): Promise<number> {
  return database.transaction(async (transaction) => {
    // Others may save meanwhile, but not prune: the images and tags that this refers to have to stay.
    await transaction.query(sql`SELECT pg_advisory_xact_lock_shared(${partitionLock})`);
    const kept = await withoutPruned(transaction, batch);
    const change = await saveReadings(transaction, kept, now);
    const events = [...kept.values()].flatMap((day) => day.events);
    if (events.length > 0) await saveEvents(transaction, events);
    await transaction.query(
      sql`INSERT INTO snapshot_days (day) SELECT unnest(${textColumn([...batch.keys()])}::date[]) ON CONFLICT DO NOTHING`,
    );
    // From here to the end nobody else saves.
    const number = await countChange(transaction);
    await writeKept(transaction, change, number);
    return number;
  });
}

/** Of days that were pruned only the totals are stored. */
async function withoutPruned(transaction: Queries, batch: Batch): Promise<Batch> {
  const pruned = await transaction.select(
    dayRow,
    sql`SELECT day::text FROM snapshot_days WHERE pruned AND day = ANY (${textColumn([...batch.keys()])}::date[])`,
  );
  if (pruned.length === 0) return batch;
  const days = new Set(pruned.map(({ day }) => day));
  return new Map(
    [...batch].map(([day, each]) => [day, days.has(day) ? { readings: each.readings.map(withoutDetails), events: [] } : each]),
  );
}

/** Before the transaction: a partition that another process makes at the same time must not end ours. */
async function ensurePartitions(database: Database, batch: Batch, partitions: Set<string>): Promise<void> {
  const days = [...batch].filter(([, { readings }]) => readings.length > 0).map(([day]) => day);
  for (const month of new Set(days.map((day) => day.slice(0, 7)))) {
    if (partitions.has(month)) continue;
    const first = `${month}-01`;
    await database.transaction(async (transaction) => {
      await transaction.query(sql`SELECT pg_advisory_xact_lock(${partitionLock})`);
      await transaction.query(
        raw(
          `CREATE TABLE IF NOT EXISTS ${partitionOf(month)} PARTITION OF totals FOR VALUES FROM ('${first}') TO ('${monthAfter(first)}')`,
        ),
      );
    });
    partitions.add(month);
  }
}

export function partitionOf(month: string): string {
  return `totals_${month.replace('-', '_')}`;
}

export function monthAfter(day: Day): Day {
  const [year = 0, month = 0] = day.split('-').map(Number);
  const [nextYear, nextMonth] = month === 12 ? [year + 1, 1] : [year, month + 1];
  return `${String(nextYear).padStart(4, '0')}-${String(nextMonth).padStart(2, '0')}-01`;
}
