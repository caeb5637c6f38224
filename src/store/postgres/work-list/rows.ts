/** What the list of work keeps in its tables, and what it means. */
import sql, { type Sql } from 'sql-template-tag';
import * as z from 'zod';
import { errorCodes } from '../../../core/model/errors.ts';
import { isInconsistent, isMark, type Inconsistency } from '../../../core/model/mark.ts';
import {
  summarizeRun,
  type RegistryCount,
  type RunRecord,
  type RunningRun,
  type TakenItem,
  type WorkItem,
} from '../../../core/model/run.ts';
import type { Reading } from '../../../core/model/reading.ts';
import { noTotals } from '../../../core/model/outcome.ts';
import type { Queries } from '../database.ts';
import { storableJson } from '../storable-json.ts';

const failure = z.object({ code: z.enum(errorCodes), message: z.string() });
const inconsistency = z.custom<Inconsistency>((value) => isMark(value) && isInconsistent(value));
const outcome = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('read'),
    isRead: z.boolean(),
    failure: failure.extend({ missing: z.enum(['total', 'details']) }).optional(),
    doubt: inconsistency.optional(),
    disagreement: z.object({ by: z.number(), since: z.string() }).optional(),
  }),
  z.object({
    kind: z.literal('list'),
    listed: z.number(),
    expected: z.number().optional(),
    complete: z.boolean(),
    shortfall: failure.optional(),
    unlisted: z.array(z.string()),
  }),
]);

const kind = z.enum(['list', 'read']);
const stateRow = z.object({ registry: z.string(), kind, name: z.string(), outcome: outcome.nullable(), done_at: z.date().nullable() });
const takenRow = z.object({
  registry: z.string(),
  kind,
  name: z.string(),
  // Written by this program, of this version or another one: it is looked at again when it is stored.
  listed: z.custom<Reading>((value) => typeof value === 'object').nullable(),
  attempt: z.number(),
  failure: failure.nullable(),
});
export const runRow = z.object({
  id: z.string(),
  started_at: z.date(),
  finished_at: z.date().nullable(),
  interrupted: z.boolean(),
  jitter: z.number(),
  save_error: failure.nullable(),
  retention_error: z.string().nullable(),
  finished_ago_ms: z.number().nullable(),
});
export type RunRow = z.infer<typeof runRow>;
const progressRow = z.object({ registry: z.string(), done: z.number(), total: z.number(), read_ago_ms: z.number().nullable() });
const countRow = z.object({
  registry: z.string(),
  cycles_ok: z.number(),
  cycles_failed: z.number(),
  errors: z.partialRecord(z.enum(errorCodes), z.number()),
  last_success: z.date().nullable(),
});

export const runColumns = sql`id::text, started_at, finished_at, interrupted, jitter, save_error, retention_error,
  greatest(0, extract(epoch FROM now() - finished_at) * 1000)::float8 AS finished_ago_ms`;

/** Items as rows that a statement makes of one parameter. */
export function itemRows(items: readonly WorkItem[]): Sql {
  const rows = items.map(({ registry, kind: what, name, listed, readBefore }) => ({
    registry,
    kind: what,
    name,
    listed,
    read_before: readBefore,
  }));
  return sql`jsonb_to_recordset(${storableJson(rows)}::text::jsonb) AS new (registry text, kind text, name text, listed jsonb, read_before text)`;
}

export function takenItem(row: unknown): TakenItem {
  const { listed, failure: before, ...item } = takenRow.parse(row);
  return { ...item, listed: listed ?? undefined, failure: before ?? undefined };
}

/** The run with what its items came to. */
export async function readRun(queries: Queries, run: RunRow): Promise<RunRecord> {
  const startedAt = run.started_at.getTime();
  const rows = await queries.query(sql`
    SELECT registry, kind, name, outcome, done_at FROM work_items WHERE run_id = ${run.id}
    ORDER BY registry COLLATE "C", kind, name COLLATE "C"`);
  const states = z
    .array(stateRow)
    .parse(rows)
    .map(({ outcome: end, done_at: doneAt, ...item }) => ({ item, outcome: end ?? undefined, endedAt: doneAt?.getTime() }));
  return {
    id: run.id,
    startedAt,
    durationMs: (run.finished_at?.getTime() ?? startedAt) - startedAt,
    registries: summarizeRun(states, startedAt, run.interrupted),
    saveError: run.save_error ?? undefined,
    retentionError: run.retention_error ?? undefined,
    interrupted: run.interrupted,
  };
}

export async function readRunning(queries: Queries, { id, started_at: startedAt }: RunRow): Promise<RunningRun> {
  const rows = await queries.query(sql`
    SELECT registry, count(done_at) FILTER (WHERE kind = 'read')::float8 AS done, count(*) FILTER (WHERE kind = 'read')::float8 AS total,
      greatest(0, extract(epoch FROM now() - max(done_at) FILTER (WHERE is_read)) * 1000)::float8 AS read_ago_ms
    FROM work_items WHERE run_id = ${id} GROUP BY registry`);
  const registries = z
    .array(progressRow)
    .parse(rows)
    .map(({ registry, done, total, read_ago_ms: readAgoMs }) => ({
      registry,
      progress: { done, total },
      readAgoMs: readAgoMs ?? undefined,
    }));
  return { id, startedAt: startedAt.getTime(), registries };
}

export async function readCounts(queries: Queries): Promise<readonly RegistryCount[]> {
  const rows = await queries.query(
    sql`SELECT registry, cycles_ok::float8, cycles_failed::float8, errors, last_success FROM registry_counts ORDER BY registry`,
  );
  return z
    .array(countRow)
    .parse(rows)
    .map(({ registry, cycles_ok: ok, cycles_failed: failed, errors, last_success: lastSuccess }) => ({
      registry,
      totals: { cycles: { ok, failed }, errors: { ...noTotals.errors, ...errors } },
      lastSuccess: lastSuccess?.toISOString(),
    }));
}

/** In a transaction in which nobody else ends a run. */
export async function writeCounts(queries: Queries, counts: readonly RegistryCount[]): Promise<void> {
  const rows = counts.map(({ registry, totals: { cycles, errors }, lastSuccess }) => {
    return { registry, cycles_ok: cycles.ok, cycles_failed: cycles.failed, errors, last_success: lastSuccess };
  });
  await queries.query(sql`
    INSERT INTO registry_counts (registry, cycles_ok, cycles_failed, errors, last_success)
    SELECT registry, cycles_ok, cycles_failed, errors, last_success
    FROM jsonb_to_recordset(${storableJson(rows)}::text::jsonb)
      AS new (registry text, cycles_ok bigint, cycles_failed bigint, errors jsonb, last_success timestamptz)
    ON CONFLICT (registry) DO UPDATE SET cycles_ok = EXCLUDED.cycles_ok, cycles_failed = EXCLUDED.cycles_failed,
      errors = EXCLUDED.errors, last_success = EXCLUDED.last_success`);
}
