/** The list of work that many processes share: each item is a row, which one of them takes with FOR UPDATE SKIP LOCKED. */
import { randomUUID } from 'node:crypto';
import sql, { type Sql } from 'sql-template-tag';
import * as z from 'zod';
import { countRun, intervalJitter, type RunRecord } from '../../../core/model/run.ts';
import type { OpenedRun, Random, Taken, TakeQuery, WorkList } from '../../../core/ports.ts';
import type { Database, Queries } from '../database.ts';
import { storableJson, storable } from '../storable-json.ts';
import { itemRows, readCounts, readRun, readRunning, runColumns, runRow, takenItem, writeCounts } from './rows.ts';

export interface PostgresWorkListDeps {
  readonly database: Database;
  readonly random: Random;
  /** From the start of a run to the start of the next; 0: one run only. */
  readonly intervalMs: number;
  /** A process that has shown no sign of life for so long counts as dead. */
  readonly silenceMs: number;
  /** How often the list is looked at, where that is not to follow from the rest. */
  readonly pollMs?: number;
}

const maxPollMs = 2_000;
/** A process shows that it lives so often before it would be missed. */
const beatsPerSilence = 4;
const hourMs = 3_600_000;
/** An item that is to wait for longer was put back by a clock that was ahead. */
const maxDelay = sql`interval '1 hour'`;
/** Who plans a run and has not done it after so long is dead. */
const planning = sql`interval '30 seconds'`;
/** Runs whose items are kept: the open one, the one that is shown, and the one before. */
const keptRuns = 3;

const idRow = z.object({ id: z.string() });
const leftRow = z.object({ left: z.number(), wait_ms: z.number().nullable() });

export function createPostgresWorkList(deps: PostgresWorkListDeps): WorkList {
  const { database, random, intervalMs, silenceMs, pollMs = Math.min(maxPollMs, silenceMs / beatsPerSilence) } = deps;
  const worker = randomUUID();
  const silence = sql`${silenceMs} * interval '1 millisecond'`;
  // Longer than any run takes that goes on.
  const longest = sql`${Math.max(24 * hourMs, 3 * intervalMs)} * interval '1 millisecond'`;
  /** A time in the future was written by a clock that was ahead. */
  const isAlive = sql`seen_at BETWEEN now() - ${silence} AND now() + ${silence}`;
  let shown: RunRecord | undefined;

  async function begin(): Promise<string | undefined> {
    const jitter = 1 - intervalJitter + 2 * intervalJitter * random();
    const isRecent = intervalMs === 0 ? sql`true` : sql`started_at > now() - ${intervalMs} * jitter * interval '1 millisecond'`;
    const [begun] = await database.query(sql`
      INSERT INTO runs (jitter) SELECT ${jitter} WHERE NOT EXISTS (SELECT FROM runs WHERE NOT interrupted AND ${isRecent})
      ON CONFLICT DO NOTHING RETURNING id::text`);
    return begun && idRow.parse(begun).id;
  }

  /** How much is left but what this process holds, and when the next of it may be taken. */
  async function remaining({ run, registry, holds }: TakeQuery): Promise<Taken> {
    const [row] = await database.query(sql`
      SELECT count(*)::float8 AS left, (extract(epoch FROM min(available_at) - now()) * 1000)::float8 AS wait_ms
      FROM work_items JOIN runs ON runs.id = run_id
      WHERE run_id = ${run} AND finished_at IS NULL AND registry = ${registry} AND done_at IS NULL
        AND NOT (taken_by IS NOT DISTINCT FROM ${worker}::uuid AND kind || ' ' || name = ANY(${namesOf(holds)}))`);
    const { left, wait_ms: waitMs } = leftRow.parse(row);
    return left === 0 ? { items: [] } : { items: [], waitMs: Math.max(waitMs ?? 0, pollMs / 2) };
  }

  async function endRun(transaction: Queries): Promise<RunRecord | undefined> {
    const isWorked = sql`EXISTS (SELECT FROM workers WHERE ${isAlive})`;
    const isOpen = sql`run_id = runs.id AND done_at IS NULL`;
    const [ended] = await transaction.query(sql`
      UPDATE runs SET finished_at = now(),
        interrupted = NOT ${isWorked} AND (planned_at IS NULL OR EXISTS (SELECT FROM work_items WHERE ${isOpen}))
      WHERE finished_at IS NULL AND (NOT ${isWorked} OR started_at < now() - ${longest} OR planned_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM work_items WHERE ${isOpen}
          AND EXISTS (SELECT FROM workers WHERE ${isAlive} AND work_items.registry = ANY(registries))))
      RETURNING ${runColumns}`);
    if (!ended) return undefined;
    const record = await readRun(transaction, runRow.parse(ended));
    if (!record.interrupted) {
      const counts = new Map((await readCounts(transaction)).map((count) => [count.registry, count]));
      const now = new Date(record.startedAt + record.durationMs).toISOString();
      await writeCounts(
        transaction,
        record.registries.map((part) => countRun(counts.get(part.registry), part, now)),
      );
    }
    await transaction.query(sql`DELETE FROM runs WHERE id IN (SELECT id FROM runs ORDER BY id DESC OFFSET ${keptRuns})`);
    await transaction.query(sql`DELETE FROM workers WHERE seen_at < now() - interval '1 day'`);
    return record;
  }

  return {
    pollMs,
    async open(): Promise<OpenedRun> {
      // A clock that was ahead keeps no run away, and none open.
      await database.query(sql`
        UPDATE runs SET started_at = least(started_at, now()), finished_at = CASE WHEN finished_at > now() THEN now() ELSE finished_at END
        WHERE started_at > now() OR finished_at > now()`);
      const [open] = await database.query(sql`
        SELECT id::text, planned_at IS NULL AND started_at < now() - ${planning} AS is_to_plan FROM runs WHERE finished_at IS NULL`);
      // One that nobody has finished to plan is planned again: that adds nothing twice.
      if (open) return { run: idRow.parse(open).id, isToPlan: open['is_to_plan'] === true };
      const begun = await begin();
      return begun === undefined ? { waitMs: pollMs } : { run: begun, isToPlan: true };
    },
    async plan(run, items) {
      await database.transaction(async (transaction) => {
        await transaction.query(sql`
          INSERT INTO work_items (run_id, registry, kind, name, listed, read_before)
          SELECT ${run}::bigint, registry, kind, name, listed, read_before FROM ${itemRows(items)} ON CONFLICT DO NOTHING`);
        await transaction.query(sql`UPDATE runs SET planned_at = now() WHERE id = ${run}`);
      });
    },
    async take(query) {
      const { run, registry, max, holds } = query;
      const taken = await database.query(sql`
        WITH next AS MATERIALIZED (
          SELECT id FROM work_items
          WHERE run_id = ${run} AND registry = ${registry} AND done_at IS NULL
            AND (available_at <= now() OR available_at > now() + ${maxDelay})
            AND (taken_by IS NULL OR (taken_by = ${worker}::uuid AND kind || ' ' || name <> ALL(${namesOf(holds)}))
              OR (taken_by <> ${worker}::uuid AND NOT EXISTS (SELECT FROM workers WHERE workers.id = taken_by AND ${isAlive})))
            AND EXISTS (SELECT FROM runs WHERE runs.id = ${run} AND finished_at IS NULL)
          ORDER BY kind, read_before NULLS FIRST, id LIMIT ${max} FOR UPDATE SKIP LOCKED),
        taken AS (
          UPDATE work_items SET taken_by = ${worker}, attempt = attempt + ((taken_by <> ${worker}::uuid) IS TRUE)::integer
          FROM next WHERE work_items.id = next.id
          RETURNING work_items.*)
        SELECT registry, kind, name, listed, attempt, failure FROM taken ORDER BY kind, read_before NULLS FIRST, id`);
      return taken.length === 0 ? remaining(query) : { items: taken.map(takenItem) };
    },
    async finish(run, results, saveError) {
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
    },
    async requeue(run, items) {
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
        WHERE work_items.id = item.id AND done_at IS NULL AND taken_by = ${worker}`);
    },
    async beat(registries) {
      await database.query(sql`
        INSERT INTO workers (id, registries) VALUES (${worker}, ${[...registries]})
        ON CONFLICT (id) DO UPDATE SET registries = EXCLUDED.registries, seen_at = now()`);
    },
    end: () => database.transaction(endRun),
    // The others go on with it.
    interrupt: async () => undefined,
    async noteRetentionError(run, message) {
      await database.query(sql`UPDATE runs SET retention_error = ${storable(message)} WHERE id = ${run}`);
    },
    async report() {
      const rows = await database.query(sql`
        SELECT ${runColumns} FROM runs
        WHERE finished_at IS NULL OR id = (SELECT max(id) FROM runs WHERE finished_at IS NOT NULL AND NOT interrupted)`);
      const runs = z.array(runRow).parse(rows);
      const [open, last] = [runs.find((run) => run.finished_at === null), runs.find((run) => run.finished_at !== null)];
      // An ended run changes no more, but for what its retention came to.
      if (last && shown?.id !== last.id) shown = await readRun(database, last);
      return {
        finished: last && shown && { ...shown, retentionError: last.retention_error ?? undefined },
        finishedAgoMs: last?.finished_ago_ms ?? undefined,
        running: open && (await readRunning(database, open)),
        counts: await readCounts(database),
        nextAt: open || !last || intervalMs === 0 ? undefined : last.started_at.getTime() + intervalMs * last.jitter,
      };
    },
    async close() {},
  };
}

/** As one array: a name has no space. */
function namesOf(holds: TakeQuery['holds']): string[] {
  return holds.map(({ kind, name }) => `${kind} ${name}`);
}

/** The id of the item that `new` names: looked up one by one, whatever the planner takes a table for that has just been filled. */
function itemOf(run: Sql): Sql {
  return sql`LATERAL (SELECT id FROM work_items WHERE run_id = ${run} AND registry = new.registry AND kind = new.kind AND name = new.name LIMIT 1) AS item`;
}
