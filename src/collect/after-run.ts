/** What a run ends with: the one place where its events are known completely, and what hangs on them happens. */
import { addDays, dayOf, fromEpochDay, toEpochDay, type Day } from '../core/model/day.ts';
import { errorFields, toAppError } from '../core/model/errors.ts';
import { counterKinds, eventKey, recordedKinds, shownRecordedKinds, type RecordedKind } from '../core/model/event.ts';
import type { LatestImage } from '../core/model/history.ts';
import { imageKey } from '../core/model/image.ts';
import { wasRead } from '../core/model/mark.ts';
import type { RegistryRun, RunRecord, RunReport } from '../core/model/run.ts';
import { firstKeptDay, retentionDay } from '../core/numbers/retention.ts';
import type { Clock, Logger, SnapshotStore, WorkList } from '../core/ports.ts';
import { findEventsSince } from '../core/views/event-list.ts';
import type { ImageEvent } from '../core/views/events.ts';
import { createCounterWatch, type CounterWatch } from './counter-watch.ts';
import { diagnose, type Diagnosis } from './diagnosis.ts';
import type { Health } from './health.ts';
import { registryEvents, statesOf } from './registry-events.ts';
import { serviceEvents } from './service-events.ts';
import type { WriteBuffer } from './write-buffer.ts';

/** A run that has ended, with what happened in it. */
export interface RunEnd {
  readonly run: RunRecord;
  /** Every event since a day, that of the run by default: those that were recorded, and those that follow from totals. */
  events(from?: Day): Promise<readonly ImageEvent[]>;
}

export interface AfterRunDeps {
  readonly store: SnapshotStore;
  readonly list: WorkList;
  readonly buffer: WriteBuffer;
  readonly health: Health;
  readonly clock: Clock;
  readonly log: Logger;
  /** By id, of every registry that this program knows. */
  readonly titles: ReadonlyMap<string, string>;
  /** Whether this process ends runs. */
  readonly isCollector: boolean;
  /** 0: nothing is deleted. */
  readonly retentionDays: number;
  /** Whether the totals of what is deleted stay. */
  readonly keepTotals: boolean;
  /** Called once for a run that came to its end, after its events are recorded; what it throws is logged. */
  readonly listeners?: readonly ((end: RunEnd) => Promise<void>)[] | undefined;
}

export interface AfterRun {
  /** Takes the newest stored totals of all images, before the first run: what the next runs read is compared with them. */
  remember(latest: readonly LatestImage[]): void;
  /** What happens once, in the process that ended the run. Never rejects. The signal stops what takes long and can be done after the next run. */
  conclude(run: RunRecord, signal?: AbortSignal): Promise<void>;
  /** What happens in every process: it judges its health by the last run and by what the open one has read. */
  follow(report: RunReport): Promise<void>;
  /** The list of work cannot be reached: unhealthy for this reason, until it can be followed again. */
  lose(reason: string): Promise<void>;
}

export function createAfterRun(deps: AfterRunDeps): AfterRun {
  const { store, list, health, log, titles, isCollector } = deps;
  const watch = createCounterWatch();
  let judged: string | undefined;
  let concluded: string | undefined;

  return {
    remember: (latest) => void watch.look(latest, []),
    async conclude(run, signal) {
      if (run.interrupted) return log.info('run stopped before its end', { durationMs: run.durationMs });
      for (const part of run.registries) {
        const diagnosis = diagnosisOf(part, titles);
        if (diagnosis?.missing === 'total') log.error('registry failing', { registry: part.registry, diagnosis: diagnosis.text });
        else if (diagnosis) log.warn('details of a registry failing', { registry: part.registry, diagnosis: diagnosis.text });
      }
      concluded = run.id;
      await attempt(log, 'events of the run could not be recorded', () => recordEvents(deps, watch, run));
      const problem = await attempt(log, 'old snapshots could not be deleted', () => prune(deps, run, signal));
      if (problem !== undefined) await attempt(log, 'the run could not be updated', () => list.noteRetentionError(run.id, problem));
      for (const listener of deps.listeners ?? []) {
        await attempt(log, 'what follows a run has failed', () =>
          listener({ run, events: (from = dayOf(run.startedAt)) => eventsSince(deps, from) }),
        );
      }
    },
    async follow({ finished, finishedAgoMs, running }) {
      if (finished && finished.id !== judged) {
        await health.judge(finished, finishedAgoMs);
        judged = finished.id;
        // Another process may end the next run: what this one has read is compared with then.
        const isForeign = isCollector && finished.id !== concluded && !running;
        if (isForeign) await attempt(log, 'counters could not be looked at', async () => void watch.look(await store.latest({}), []));
      }
      const reads = (running?.registries ?? []).flatMap(({ registry, readAgoMs }) =>
        readAgoMs === undefined ? [] : [[registry, readAgoMs] as const],
      );
      if (reads.length > 0) await health.stored(new Map(reads));
    },
    async lose(reason) {
      judged = undefined;
      await health.fail(reason);
    },
  };
}

function diagnosisOf({ registry, imagesRead, failures }: RegistryRun, titles: AfterRunDeps['titles']): Diagnosis | undefined {
  return diagnose(titles.get(registry) ?? registry, imagesRead, failures);
}

/** Does it, and resolves to the message of what went wrong. */
async function attempt(log: Logger, what: string, step: () => Promise<void>): Promise<string | undefined> {
  try {
    await step();
    return undefined;
  } catch (error) {
    const failure = toAppError(error);
    log.error(what, errorFields(failure));
    return failure.message;
  }
}

/** Those from which the state follows that something is in: all but pushed tags, of which there are most. */
const stateKinds: ReadonlySet<RecordedKind> = new Set(recordedKinds.filter((kind) => kind !== 'tag_pushed'));

async function recordEvents(deps: AfterRunDeps, watch: CounterWatch, run: RunRecord): Promise<void> {
  const { store, buffer, clock, titles } = deps;
  const at = new Date(clock.now()).toISOString();
  const recorded = [...(await store.events({ kinds: stateKinds })), ...buffer.noted()];
  const states = statesOf(recorded);
  const latest = await store.latest({});
  const known = new Set(latest.map(imageKey));
  const events = run.registries.flatMap((part) => {
    const isKnown = (repo: string): boolean => known.has(imageKey({ registry: part.registry, repo }));
    const diagnosis = diagnosisOf(part, titles);
    return registryEvents({ ...part, diagnosis: diagnosis?.missing === 'total' ? diagnosis.text : undefined }, states, isKnown, at);
  });
  events.push(...serviceEvents(run, recorded, { titles, at }), ...watch.look(latest, recorded));
  if (events.length === 0) return;
  // A run that read nothing writes nothing: its events are saved with the next readings. That an image was deleted was read.
  const hasRead = run.registries.some(({ imagesRead }) => imagesRead > 0) || events.some(({ kind }) => kind === 'image_gone');
  if (!hasRead || run.saveError) return buffer.note(events);
  await store.save([], events).catch((error: unknown) => {
    buffer.note(events);
    throw error;
  });
}

/** The list of work may have a better clock than this process, and the newest read day a better one than both. */
async function prune(deps: AfterRunDeps, { startedAt, durationMs }: RunRecord, signal: AbortSignal | undefined): Promise<void> {
  const { store, clock, log, retentionDays, keepTotals } = deps;
  if (retentionDays === 0) return;
  const today = dayOf(Math.min(clock.now(), startedAt + durationMs));
  const newest = retentionDay(await readDays(store, addDays(today, -lookBackDays)), today);
  const before = newest === undefined ? undefined : firstKeptDay(newest, retentionDays);
  if (before !== undefined && keepTotals) await keepFreezes(store, before, clock);
  const days = before === undefined ? [] : await store.prune(before, { withTotals: !keepTotals, signal });
  if (days.length > 0) log.info('old snapshots deleted', { days: days.length, before });
  if (before !== undefined && signal?.aborted)
    log.info('deletion of old snapshots stopped; what is left is deleted after the next run', { before });
}

/** When counters stopped is kept like the totals, of which it says how many days they cover: with the snapshot of today. */
async function keepFreezes(store: SnapshotStore, before: Day, clock: Clock): Promise<void> {
  const seenAt = new Date(clock.now()).toISOString();
  const old = await store.events({ kinds: freezeKinds, seen: { to: addDays(before, -1) } });
  if (old.length > 0)
    await store.save(
      [],
      old.map((event) => ({ ...event, seenAt })),
    );
}

const freezeKinds: ReadonlySet<RecordedKind> = new Set(['counters_stopped', 'counters_resumed']);

/** Where nothing was read for so long, nothing is deleted either until the second day that is read again. */
const lookBackDays = 31;

async function readDays(store: SnapshotStore, from: Day): Promise<ReadonlySet<Day>> {
  const first = toEpochDay(from);
  const read = (await store.daySums()).filter(({ day, mark, values }) => day >= first && values > 0 && mark !== 'still' && wasRead(mark));
  return new Set(read.map(({ day }) => fromEpochDay(day)));
}

/** What could not be stored yet has happened all the same. */
async function eventsSince({ store, buffer }: AfterRunDeps, from: Day): Promise<readonly ImageEvent[]> {
  const stored = [
    ...(await store.events({ kinds: counterKinds })),
    ...(await store.events({ kinds: shownRecordedKinds, range: { from } })),
  ];
  const recorded = new Map([...stored, ...buffer.noted()].map((event) => [eventKey(event), event]));
  return findEventsSince(store, [...recorded.values()], from);
}

/** Logs what a run came to. */
export function logRun({ registries, durationMs, id }: RunRecord, log: Logger): void {
  for (const part of registries) {
    log.info('registry done', {
      registry: part.registry,
      read: part.imagesRead,
      failed: part.failures.filter(({ missing }) => missing === 'total').length,
      durationMs: part.durationMs,
    });
  }
  log.info('run done', { run: id, durationMs });
}
