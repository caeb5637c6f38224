/** The items of a run in their table: what takes them, and what puts them back. */
import sql, { type Sql } from 'sql-template-tag';
import * as z from 'zod';
import type { Requeued, WorkItem, WorkResult } from '../../../core/model/run.ts';
import type { Failure } from '../../../core/model/outcome.ts';
import type { Taken, TakeQuery } from '../../../core/ports.ts';
import type { Database } from '../database.ts';
import { storableJson } from '../storable-json.ts';
import { itemRows, takenItem } from './rows.ts';

/** What the statements are about. */
export interface Worker {
  readonly database: Database;
  /** Of this process. */
  readonly id: string;
  /** A process that has shown no sign of life for so long counts as dead. */
  readonly silenceMs: number;
  readonly pollMs: number;
}

/** An item that is to wait for longer was put back by a clock that was ahead. */
const maxDelay = sql`interval '1 hour'`;

const leftRow = z.object({ left: z.number(), wait_ms: z.number().nullable() });

/** A condition on `workers`. A time in the future was written by a clock that was ahead. */
export function isAlive({ silenceMs }: Pick<Worker, 'silenceMs'>): Sql {
  const silence = sql`${silenceMs} * interval '1 millisecond'`;
  return sql`seen_at BETWEEN now() - ${silence} AND now() + ${silence}`;
}

export async function planItems({ database }: Worker, run: string, items: readonly WorkItem[]): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.query(sql`
      INSERT INTO work_items (run_id, registry, kind, name, listed, read_before)
      SELECT ${run}::bigint, registry, kind, name, listed, read_before FROM ${itemRows(items)} ON CONFLICT DO NOTHING`);
    await transaction.query(sql`UPDATE runs SET planned_at = now() WHERE id = ${run}`);
  });
}

export async function takeItems(worker: Worker, query: TakeQuery): Promise<Taken> {
  const { database, id } = worker;
  const { run, registry, max, holds } = query;
  const taken = await database.query(sql`
    WITH next AS MATERIALIZED (
      SELECT id FROM work_items
      WHERE run_id = ${run} AND registry = ${registry} AND done_at IS NULL
        AND (available_at <= now() OR available_at > now() + ${maxDelay})
        AND (taken_by IS NULL OR (taken_by = ${id}::uuid AND kind || ' ' || name <> ALL(${namesOf(holds)}))
          OR (taken_by <> ${id}::uuid AND NOT EXISTS (SELECT FROM workers WHERE workers.id = taken_by AND ${isAlive(worker)})))
        AND EXISTS (SELECT FROM runs WHERE runs.id = ${run} AND finished_at IS NULL)
      ORDER BY kind, read_before NULLS FIRST, id LIMIT ${max} FOR UPDATE SKIP LOCKED),
    taken AS (
      UPDATE work_items SET taken_by = ${id}, attempt = attempt + ((taken_by <> ${id}::uuid) IS TRUE)::integer
      FROM next WHERE work_items.id = next.id
      RETURNING work_items.*)
    SELECT registry, kind, name, listed, attempt, failure FROM taken ORDER BY kind, read_before NULLS FIRST, id`);
  return taken.length === 0 ? countLeft(worker, query) : { items: taken.map(takenItem) };
}

/** How much is left but what this process holds, and when the next of it may be taken. */
async function countLeft({ database, id, pollMs }: Worker, { run, registry, holds }: TakeQuery): Promise<Taken> {
  const [row] = await database.query(sql`
    SELECT count(*)::float8 AS left, (extract(epoch FROM min(available_at) - now()) * 1000)::float8 AS wait_ms
    FROM work_items JOIN runs ON runs.id = run_id
    WHERE run_id = ${run} AND finished_at IS NULL AND registry = ${registry} AND done_at IS NULL
      AND NOT (taken_by IS NOT DISTINCT FROM ${id}::uuid AND kind || ' ' || name = ANY(${namesOf(holds)}))`);
  const { left, wait_ms: waitMs } = leftRow.parse(row);
  return left === 0 ? { items: [] } : { items: [], waitMs: Math.max(waitMs ?? 0, pollMs / 2) };
}

/** Outcomes, and the items that came up with them: both or neither. */
export async function finishItems(
  { database }: Worker,
  run: string,
  results: readonly WorkResult[],
  saveError: Failure | undefined,
): Promise<void> {
  const rows = results.map(({ item: { registry, kind, name }, outcome }) => {
    return { registry, kind, name, outcome, is_read: outcome.kind === 'read' && outcome.isRead };
  });
  const found = results.flatMap((result) => result.found ?? []);
  await database.query(sql`
    WITH open AS (SELECT id FROM runs WHERE id = ${run} AND finished_at IS NULL),
      noted AS (UPDATE runs SET save_error = coalesce(save_error, ${saveError ? storableJson(saveError) : null}::text::jsonb)
        WHERE id = ${run} AND ${saveError !== undefined}),
      found AS (INSERT INTO work_items (run_id, registry, kind, name, listed, read_before)
        SELECT open.id, registry, kind, name, listed, read_before FROM open, ${itemRows(found)} ON CONFLICT DO NOTHING)
    UPDATE work_items SET done_at = now(), outcome = new.outcome, is_read = new.is_read, listed = NULL
    FROM open, jsonb_to_recordset(${storableJson(rows)}::text::jsonb) AS new (registry text, kind text, name text, outcome jsonb, is_read boolean),
      ${itemOf(sql`open.id`)}
    WHERE work_items.id = item.id AND done_at IS NULL`);
}

export async function requeueItems({ database, id }: Worker, run: string, items: readonly Requeued[]): Promise<void> {
  const rows = items.map(({ item: { registry, kind, name }, delayMs, failure }) => ({
    registry,
    kind,
    name,
    delay_ms: delayMs,
    failure,
  }));
  await database.query(sql`
    UPDATE work_items SET taken_by = NULL, available_at = now() + new.delay_ms * interval '1 millisecond',
      attempt = attempt + (new.failure IS NOT NULL)::integer, failure = coalesce(new.failure, work_items.failure)
    FROM jsonb_to_recordset(${storableJson(rows)}::text::jsonb) AS new (registry text, kind text, name text, delay_ms float8, failure jsonb),
      ${itemOf(sql`${run}::bigint`)}
    WHERE work_items.id = item.id AND done_at IS NULL AND taken_by = ${id}`);
}

/** As one array: a name has no space. */
function namesOf(holds: TakeQuery['holds']): string[] {
  return holds.map(({ kind, name }) => `${kind} ${name}`);
}

/** The id of the item that `new` names: looked up one by one, whatever the planner takes a table for that has just been filled. */
function itemOf(run: Sql): Sql {
  return sql`LATERAL (SELECT id FROM work_items WHERE run_id = ${run} AND registry = new.registry AND kind = new.kind AND name = new.name LIMIT 1) AS item`;
}
