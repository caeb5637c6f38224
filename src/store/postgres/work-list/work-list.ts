/** The list of work that many processes share: each item is a row, which one of them takes with FOR UPDATE SKIP LOCKED. */
import { randomUUID } from 'node:crypto';
import sql from 'sql-template-tag';
import type { RunRecord } from '../../../core/model/run.ts';
import type { WorkList } from '../../../core/ports.ts';
import type { Database } from '../database.ts';
import { storable } from '../storable-json.ts';
import { finishItems, planItems, requeueItems, takeItems, type Worker } from './items.ts';
import { endRun, openRun, reportRuns, triggerRun, type Schedule } from './runs.ts';

export interface PostgresWorkListDeps extends Schedule {
  readonly database: Database;
  /** A process that has shown no sign of life for so long counts as dead. */
  readonly silenceMs: number;
  /** How often the list is looked at, where that is not to follow from the rest. */
  readonly pollMs?: number;
}

const maxPollMs = 2_000;
/** A process shows that it lives so often before it would be missed. */
const beatsPerSilence = 4;

export function createPostgresWorkList(deps: PostgresWorkListDeps): WorkList {
  const { database, intervalMs, silenceMs, pollMs = Math.min(maxPollMs, silenceMs / beatsPerSilence) } = deps;
  const worker: Worker = { database, id: randomUUID(), silenceMs, pollMs };
  let shown: RunRecord | undefined;

  return {
    pollMs,
    open: () => openRun(worker, deps),
    plan: (run, items) => planItems(worker, run, items),
    take: (query) => takeItems(worker, query),
    finish: (run, results, saveError) => finishItems(worker, run, results, saveError),
    requeue: (run, items) => requeueItems(worker, run, items),
    async beat(registries) {
      await database.query(sql`
        INSERT INTO workers (id, registries) VALUES (${worker.id}, ${[...registries]})
        ON CONFLICT (id) DO UPDATE SET registries = EXCLUDED.registries, seen_at = now()`);
    },
    end: () => database.transaction((transaction) => endRun(transaction, worker, deps)),
    trigger: (minPauseMs) => triggerRun(database, minPauseMs),
    // The others go on with it.
    interrupt: async () => undefined,
    async noteRetentionError(run, message) {
      await database.query(sql`UPDATE runs SET retention_error = ${storable(message)} WHERE id = ${run}`);
    },
    async report() {
      const report = await reportRuns(database, intervalMs, shown);
      shown = report.finished;
      return report;
    },
    async close() {},
  };
}
