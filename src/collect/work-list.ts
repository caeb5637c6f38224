/** The list of work of a process that is alone: it is gone with the process, and the next one begins a new run. */
import {
  countRun,
  intervalJitter,
  summarizeRun,
  type Outcome,
  type RegistryCount,
  type RunRecord,
  type RunningRun,
  type TakenItem,
  type WorkItem,
} from '../core/model/run.ts';
import { compareText } from '../core/model/image.ts';
import type { Clock, OpenedRun, Random, Taken, TakeQuery, WorkList } from '../core/ports.ts';
import type { Failure } from '../core/model/outcome.ts';

export interface WorkListDeps {
  readonly clock: Clock;
  readonly random: Random;
  /** From the start of a run to the start of the next, ±10 %; 0: one run only. */
  readonly intervalMs: number;
}

interface Entry {
  readonly item: TakenItem;
  /** Milliseconds since the epoch. */
  availableAt: number;
  outcome?: Outcome;
  endedAt?: number;
}

interface OpenRun {
  readonly id: string;
  readonly startedAt: number;
  readonly entries: Map<string, Entry>;
  saveError?: Failure | undefined;
}

/** An empty list, whose first run is due. */
export function createWorkList({ clock, random, intervalMs }: WorkListDeps): WorkList {
  const counts = new Map<string, RegistryCount>();
  let runs = 0;
  let open: OpenRun | undefined;
  let finished: { readonly record: RunRecord; readonly at: number } | undefined;
  let nextAt: number | undefined;
  let hasWaited = true;

  function openRun(run: string): OpenRun {
    if (open?.id !== run) throw new TypeError(`run ${run} is not open`);
    return open;
  }

  function add({ entries }: OpenRun, items: readonly WorkItem[]): void {
    for (const item of items) {
      const key = keyOf(item);
      if (!entries.has(key)) entries.set(key, { item: { ...item, attempt: 0 }, availableAt: 0 });
    }
  }

  function close(run: OpenRun, interrupted: boolean): RunRecord {
    const { id, startedAt, saveError } = run;
    const states = [...run.entries.values()];
    open = undefined;
    const durationMs = clock.now() - startedAt;
    return { id, startedAt, durationMs, registries: summarizeRun(states, startedAt, interrupted), saveError, interrupted };
  }

  return {
    pollMs: undefined,
    async open(): Promise<OpenedRun> {
      if (open) return { run: open.id, isToPlan: false };
      const now = clock.now();
      if (!hasWaited) {
        if (intervalMs === 0) return { waitMs: undefined };
        // The caller waits: a clock that is set back meanwhile keeps no run away.
        hasWaited = true;
        const waitMs = Math.min(Math.max(0, (nextAt ?? now) - now), intervalMs * (1 + intervalJitter));
        nextAt = now + waitMs;
        return { waitMs };
      }
      hasWaited = false;
      open = { id: String((runs += 1)), startedAt: now, entries: new Map() };
      nextAt = intervalMs === 0 ? undefined : now + intervalMs * (1 - intervalJitter + 2 * intervalJitter * random());
      return { run: open.id, isToPlan: true };
    },
    async plan(run, items) {
      add(openRun(run), items);
    },
    async take({ run, registry, max, holds }: TakeQuery): Promise<Taken> {
      const held = new Set(holds.map((item) => keyOf({ ...item, registry })));
      const left = [...openRun(run).entries].filter(([key, { item, outcome }]) => item.registry === registry && !outcome && !held.has(key));
      const now = clock.now();
      const ready = left.map(([, entry]) => entry).filter(({ availableAt }) => availableAt <= now);
      if (ready.length > 0) {
        return {
          items: ready
            .map(({ item }) => item)
            .toSorted(compareItems)
            .slice(0, max),
        };
      }
      if (left.length === 0) return { items: [] };
      return { items: [], waitMs: Math.min(...left.map(([, { availableAt }]) => availableAt)) - now };
    },
    async finish(run, results, saveError) {
      const current = openRun(run);
      for (const { item, outcome, found = [] } of results) {
        add(current, found);
        const entry = current.entries.get(keyOf(item));
        if (!entry || entry.outcome) continue;
        entry.outcome = outcome;
        entry.endedAt = clock.now();
      }
      current.saveError ??= saveError;
    },
    async requeue(run, items) {
      const { entries } = openRun(run);
      for (const { item, delayMs, failure } of items) {
        const entry = entries.get(keyOf(item));
        if (!entry) continue;
        const attempt = entry.item.attempt + Number(failure !== undefined);
        entries.set(keyOf(item), {
          item: { ...entry.item, attempt, failure: failure ?? entry.item.failure },
          availableAt: clock.now() + delayMs,
        });
      }
    },
    async beat() {},
    async end() {
      if (!open || [...open.entries.values()].some(({ outcome }) => !outcome)) return undefined;
      const record = close(open, false);
      finished = { record, at: clock.now() };
      const lastSuccess = new Date(clock.now()).toISOString();
      for (const part of record.registries) counts.set(part.registry, countRun(counts.get(part.registry), part, lastSuccess));
      return record;
    },
    async interrupt(run) {
      return close(openRun(run), true);
    },
    async noteRetentionError(run, message) {
      if (finished?.record.id === run) finished = { ...finished, record: { ...finished.record, retentionError: message } };
    },
    async report() {
      return {
        finished: finished?.record,
        finishedAgoMs: finished && Math.max(0, clock.now() - finished.at),
        running: open && runningRun(open, clock.now()),
        counts: [...counts.values()],
        nextAt: open ? undefined : nextAt,
      };
    },
    async close() {},
  };
}

function keyOf({ registry, kind, name }: Pick<WorkItem, 'registry' | 'kind' | 'name'>): string {
  return `${registry} ${kind} ${name}`;
}

/** Owners first: what they list is the most part of the work. Then what was read longest ago. */
function compareItems(a: WorkItem, b: WorkItem): number {
  return compareText(a.kind, b.kind) || compareText(a.readBefore ?? '', b.readBefore ?? '');
}

function runningRun({ id, startedAt, entries }: OpenRun, now: number): RunningRun {
  const registries = new Map<string, { done: number; total: number; readAt?: number | undefined }>();
  for (const { item, outcome, endedAt } of entries.values()) {
    const own = registries.get(item.registry) ?? { done: 0, total: 0 };
    registries.set(item.registry, own);
    if (item.kind === 'list') continue;
    own.total += 1;
    own.done += Number(outcome !== undefined);
    if (outcome?.kind === 'read' && outcome.isRead) own.readAt = Math.max(own.readAt ?? 0, endedAt ?? 0);
  }
  const parts = [...registries].map(([registry, { done, total, readAt }]) => {
    return { registry, progress: { done, total }, readAgoMs: readAt === undefined ? undefined : Math.max(0, now - readAt) };
  });
  return { id, startedAt, registries: parts };
}
