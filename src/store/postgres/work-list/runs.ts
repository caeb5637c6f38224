/** Runs in their table: when one begins, when it is over, and what is known of it. */
import sql, { type Sql } from 'sql-template-tag';
import * as z from 'zod';
import { drawJitter, minDayMarginMs, nextRunAt } from '../../../core/numbers/run-schedule.ts';
import { countRun, type RunRecord, type RunReport } from '../../../core/model/run.ts';
import type { OpenedRun, Random } from '../../../core/ports.ts';
import type { Queries } from '../database.ts';
import { isAlive, type Worker } from './items.ts';
import { readCounts, readRun, readRunning, runColumns, runRow, writeCounts } from './rows.ts';

export interface Schedule {
  readonly random: Random;
  /** From the start of a run to the start of the next, ±10% (see `nextRunAt`); 0: one run only. */
  readonly intervalMs: number;
}

const dayMs = 86_400_000;
/** Who plans a run and has not done it after so long is dead. */
const planning = sql`interval '30 seconds'`;
/** Runs whose items are kept: the open one, the one that is shown, and the one before. */
const keptRuns = 3;

const idRow = z.object({ id: z.string() });
const lastRow = z.object({ is_open: z.boolean(), wait_ms: z.number().nullable() });

export async function openRun({ database, pollMs }: Worker, schedule: Schedule): Promise<OpenedRun> {
  // A clock that was ahead keeps no run away, and none open.
  await database.query(sql`
    UPDATE runs SET started_at = least(started_at, now()), finished_at = CASE WHEN finished_at > now() THEN now() ELSE finished_at END
    WHERE started_at > now() OR finished_at > now()`);
  const [open] = await database.query(sql`
    SELECT id::text, planned_at IS NULL AND started_at < now() - ${planning} AS is_to_plan FROM runs WHERE finished_at IS NULL`);
  // One that nobody has finished to plan is planned again: that adds nothing twice.
  if (open) return { run: idRow.parse(open).id, isToPlan: open['is_to_plan'] === true };
  const begun = await beginRun(database, schedule);
  return begun === undefined ? { waitMs: pollMs } : { run: begun, isToPlan: true };
}

async function beginRun(database: Queries, { random, intervalMs }: Schedule): Promise<string | undefined> {
  // After a run whose interval was cut to nothing the next one is due at once.
  const isRecent = intervalMs === 0 ? sql`jitter > 0` : sql`${nextStart(intervalMs)} > now()`;
  const [begun] = await database.query(sql`
    INSERT INTO runs (jitter) SELECT ${drawJitter(random)} WHERE NOT EXISTS (SELECT FROM runs WHERE NOT interrupted AND ${isRecent})
    ON CONFLICT DO NOTHING RETURNING id::text`);
  return begun && idRow.parse(begun).id;
}

/** `nextRunAt` of core/numbers as an expression about a row of `runs`. */
export function nextStart(intervalMs: number): Sql {
  const next = sql`started_at + ${intervalMs}::float8 * jitter * interval '1 millisecond'`;
  if (intervalMs > dayMs) return next;
  const nextDayEnds = sql`date_trunc('day', started_at, 'UTC') + 2 * interval '24 hours'`;
  const margin = sql`greatest(${minDayMarginMs}::float8 * interval '1 millisecond', finished_at - started_at)`;
  return sql`least(${next}, ${nextDayEnds} - ${margin})`;
}

/** Cuts the interval of the last run to nothing, unless one is open or it has ended less than `minPauseMs` ago. */
export async function triggerRun(database: Queries, minPauseMs: number): Promise<'due' | 'running' | { readonly waitMs: number }> {
  const pause = sql`${minPauseMs}::float8 * interval '1 millisecond'`;
  const [last] = await database.query(sql`
    SELECT finished_at IS NULL AS is_open, extract(epoch FROM finished_at + ${pause} - now())::float8 * 1000 AS wait_ms
    FROM runs WHERE finished_at IS NULL OR NOT interrupted ORDER BY finished_at IS NULL DESC, id DESC LIMIT 1`);
  if (!last) return 'due';
  const { is_open: isOpen, wait_ms: waitMs } = lastRow.parse(last);
  if (isOpen) return 'running';
  if (waitMs !== null && waitMs > 0) return { waitMs: Math.min(waitMs, minPauseMs) };
  await database.query(
    sql`UPDATE runs SET jitter = 0 WHERE id = (SELECT max(id) FROM runs WHERE NOT interrupted AND finished_at IS NOT NULL)`,
  );
  return 'due';
}

/** In a transaction. Resolves to the run where it was ended here. */
export async function endRun(transaction: Queries, worker: Worker, { intervalMs }: Schedule): Promise<RunRecord | undefined> {
  // Longer than any run takes that goes on.
  const longest = sql`${Math.max(dayMs, 3 * intervalMs)} * interval '1 millisecond'`;
  const isWorked = sql`EXISTS (SELECT FROM workers WHERE ${isAlive(worker)})`;
  const isOpen = sql`run_id = runs.id AND done_at IS NULL`;
  const [ended] = await transaction.query(sql`
    UPDATE runs SET finished_at = now(),
      interrupted = NOT ${isWorked} AND (planned_at IS NULL OR EXISTS (SELECT FROM work_items WHERE ${isOpen}))
    WHERE finished_at IS NULL AND (NOT ${isWorked} OR started_at < now() - ${longest} OR planned_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM work_items WHERE ${isOpen}
        AND EXISTS (SELECT FROM workers WHERE ${isAlive(worker)} AND work_items.registry = ANY(registries))))
    RETURNING ${runColumns}`);
  if (!ended) return undefined;
  const record = await readRun(transaction, runRow.parse(ended));
  if (!record.interrupted) await count(transaction, record);
  await transaction.query(sql`DELETE FROM runs WHERE id IN (SELECT id FROM runs ORDER BY id DESC OFFSET ${keptRuns})`);
  await transaction.query(sql`DELETE FROM workers WHERE seen_at < now() - interval '1 day'`);
  return record;
}

async function count(transaction: Queries, { registries, startedAt, durationMs }: RunRecord): Promise<void> {
  const before = new Map((await readCounts(transaction)).map((each) => [each.registry, each]));
  const now = new Date(startedAt + durationMs).toISOString();
  await writeCounts(
    transaction,
    registries.map((part) => countRun(before.get(part.registry), part, now)),
  );
}

/** `shown`: the run that was reported last, which changes no more but for what its retention came to. */
export async function reportRuns(database: Queries, intervalMs: number, shown: RunRecord | undefined): Promise<RunReport> {
  const rows = await database.query(sql`
    SELECT ${runColumns} FROM runs
    WHERE finished_at IS NULL OR id = (SELECT max(id) FROM runs WHERE finished_at IS NOT NULL AND NOT interrupted)`);
  const runs = z.array(runRow).parse(rows);
  const [open, last] = [runs.find((run) => run.finished_at === null), runs.find((run) => run.finished_at !== null)];
  const record = last && (shown?.id === last.id ? shown : await readRun(database, last));
  return {
    finished: record && { ...record, retentionError: last?.retention_error ?? undefined },
    finishedAgoMs: last?.finished_ago_ms ?? undefined,
    running: open && (await readRunning(database, open)),
    counts: await readCounts(database),
    nextAt: open || !record || !last || intervalMs === 0 ? undefined : nextRunAt({ ...record, jitter: last.jitter }, intervalMs),
  };
}
