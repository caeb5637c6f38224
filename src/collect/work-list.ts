/** The list of work of a process that is alone: it is gone with the process, and the next one begins a new run. */
import {
  countRun,
  intervalJitter,
  summarizeRun,
  type Outcome,
  type RegistryCount,
  type RunRecord,
  type RunReport,
  type RunningRun,
  type TakenItem,
  type Requeued,
  type WorkItem,
  type WorkResult,
} from '../core/model/run.ts';
import { compareText } from '../core/model/image.ts';
import { drawJitter, nextRunAt, type RunStart } from '../core/numbers/run-schedule.ts';
import type { Clock, OpenedRun, Random, Taken, TakeQuery, WorkList } from '../core/ports.ts';
import type { Failure } from '../core/model/outcome.ts';

export interface WorkListDeps {
  readonly clock: Clock;
  readonly random: Random;
  /** From the start of a run to the start of the next, ±10% (see `nextRunAt`); 0: one run only. */
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

interface FinishedRun {
  readonly record: RunRecord;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** An empty list, whose first run is due. */
export function createWorkList(deps: WorkListDeps): WorkList {
  const due = createDueTime(deps);
  const counts = new Map<string, RegistryCount>();
  let runs = 0;
  let open: OpenRun | undefined;
  let finished: FinishedRun | undefined;

  function find(run: string): OpenRun {
    if (open?.id !== run) throw new TypeError(`run ${run} is not open`);
    return open;
  }

  return {
    pollMs: undefined,
    async open(): Promise<OpenedRun> {
      if (open) return { run: open.id, isToPlan: false };
      const wait = due.wait();
      if (wait) return wait;
      open = { id: String((runs += 1)), startedAt: deps.clock.now(), entries: new Map() };
      return { run: open.id, isToPlan: true };
    },
    plan: async (run, items) => add(find(run), items),
    take: async (query) => take(find(query.run), query, deps.clock.now()),
    async finish(run, results, saveError) {
      const current = find(run);
      for (const result of results) end(current, result, deps.clock.now());
      current.saveError ??= saveError;
    },
    async requeue(run, items) {
      for (const each of items) requeue(find(run), each, deps.clock.now());
    },
    async beat() {},
    async end() {
      if (!open || [...open.entries.values()].some(({ outcome }) => !outcome)) return undefined;
      const now = deps.clock.now();
      const record = toRecord(open, now, false);
      due.note(record);
      [open, finished] = [undefined, { record, at: now }];
      for (const part of record.registries)
        counts.set(part.registry, countRun(counts.get(part.registry), part, new Date(now).toISOString()));
      return record;
    },
    async trigger(minPauseMs) {
      if (open) return 'running';
      return due.trigger(finished === undefined ? 0 : Math.min(minPauseMs, finished.at + minPauseMs - deps.clock.now()));
    },
    async interrupt(run) {
      const record = toRecord(find(run), deps.clock.now(), true);
      open = undefined;
      return record;
    },
    async noteRetentionError(run, message) {
      if (finished?.record.id === run) finished = { ...finished, record: { ...finished.record, retentionError: message } };
    },
    async report() {
      const now = deps.clock.now();
      const running = open && runningRun(open, now);
      return { ...reportFinished(finished, now), running, counts: [...counts.values()], nextAt: open ? undefined : due.nextAt() };
    },
    async close() {},
  };
}

function reportFinished(finished: FinishedRun | undefined, now: number): Pick<RunReport, 'finished' | 'finishedAgoMs'> {
  return { finished: finished?.record, finishedAgoMs: finished && Math.max(0, now - finished.at) };
}

interface DueTime {
  /** When the next run begins, in milliseconds since the epoch. */
  nextAt(): number | undefined;
  /** How long to wait for the next run; undefined when it begins now, from which the one after it is counted. */
  wait(): { readonly waitMs: number | undefined } | undefined;
  /** The next run begins now, unless there is to be a pause before it. */
  trigger(pauseMs: number): 'due' | { readonly waitMs: number };
  /** Takes a run that has ended. */
  note(run: Pick<RunRecord, 'durationMs'>): void;
}

function createDueTime({ clock, random, intervalMs }: WorkListDeps): DueTime {
  let last: RunStart | undefined;
  let durationMs = 0;
  let nextAt: number | undefined;
  let isDue = true;
  const update = (): void => void (nextAt = last && intervalMs > 0 ? nextRunAt({ ...last, durationMs }, intervalMs) : undefined);
  return {
    nextAt: () => nextAt,
    wait() {
      const now = clock.now();
      if (isDue) {
        isDue = false;
        last = { startedAt: now, durationMs, jitter: drawJitter(random) };
        update();
        return undefined;
      }
      if (intervalMs === 0) return { waitMs: undefined };
      // The caller waits: a clock that is set back meanwhile keeps no run away.
      isDue = true;
      const waitMs = Math.min(Math.max(0, (nextAt ?? now) - now), intervalMs * (1 + intervalJitter));
      nextAt = now + waitMs;
      return { waitMs };
    },
    trigger(pauseMs) {
      if (pauseMs > 0) return { waitMs: pauseMs };
      isDue = true;
      nextAt = clock.now();
      return 'due';
    },
    note(run) {
      ({ durationMs } = run);
      update();
    },
  };
}

function add({ entries }: OpenRun, items: readonly WorkItem[]): void {
  for (const item of items) {
    const key = itemKey(item);
    if (!entries.has(key)) entries.set(key, { item: { ...item, attempt: 0 }, availableAt: 0 });
  }
}

function take({ entries }: OpenRun, { registry, max, holds }: TakeQuery, now: number): Taken {
  const held = new Set(holds.map((item) => itemKey({ ...item, registry })));
  const left = [...entries].filter(([key, { item, outcome }]) => item.registry === registry && !outcome && !held.has(key));
  const ready = left.flatMap(([, { item, availableAt }]) => (availableAt <= now ? [item] : []));
  if (ready.length > 0) return { items: ready.toSorted(compareItems).slice(0, max) };
  if (left.length === 0) return { items: [] };
  return { items: [], waitMs: Math.min(...left.map(([, { availableAt }]) => availableAt)) - now };
}

function end(run: OpenRun, { item, outcome, found = [] }: WorkResult, now: number): void {
  add(run, found);
  const entry = run.entries.get(itemKey(item));
  if (!entry || entry.outcome) return;
  entry.outcome = outcome;
  entry.endedAt = now;
}

function requeue({ entries }: OpenRun, { item, delayMs, failure }: Requeued, now: number): void {
  const known = entries.get(itemKey(item))?.item;
  if (!known) return;
  const attempt = known.attempt + Number(failure !== undefined);
  entries.set(itemKey(item), { item: { ...known, attempt, failure: failure ?? known.failure }, availableAt: now + delayMs });
}

function toRecord({ id, startedAt, saveError, entries }: OpenRun, now: number, interrupted: boolean): RunRecord {
  const registries = summarizeRun([...entries.values()], startedAt, interrupted);
  return { id, startedAt, durationMs: now - startedAt, registries, saveError, interrupted };
}

function itemKey({ registry, kind, name }: Pick<WorkItem, 'registry' | 'kind' | 'name'>): string {
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
