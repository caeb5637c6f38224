/** Works on the items of one registry in a run, one after the other, until none is left. */
import { AppError, errorFields, toAppError } from '../core/model/errors.ts';
import { parseRepo } from '../core/model/image-ref.ts';
import { isInconsistent } from '../core/model/mark.ts';
import type { Reading } from '../core/model/reading.ts';
import { withoutAttachments } from '../core/model/tag.ts';
import type { ImageOutcome, Requeued, TakenItem } from '../core/model/run.ts';
import type { Clock, Logger, SnapshotStore, WorkList } from '../core/ports.ts';
import type { Failure } from '../core/model/outcome.ts';
import type { EventDetector } from './event-detector.ts';
import { listOwner, unlistedOwner } from './list-owner.ts';
import { createLookUp, type AddPastDays, type LookUpPast } from './past-days.ts';
import type { TrackedRegistry } from './plan.ts';
import type { WriteBuffer } from './write-buffer.ts';

export interface WorkDeps {
  readonly list: WorkList;
  readonly buffer: WriteBuffer;
  readonly detector: EventDetector;
  readonly addPastDays: AddPastDays;
  readonly store: SnapshotStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called after each item. */
  readonly onProgress: (registry: string) => void;
}

/** After so many images in a row without an answer the registry is left alone until the next run: each costs minutes of waiting. */
const maxUnanswered = 5;
/** After so many tries a rate limit or an outage is the outcome of this run. */
const maxAttempts = 3;
/** An item that was never given back so often has ended every process that tried it. */
const maxLost = 10;
/** Before the second try; doubled with each. */
const retryMs = 5_000;
/** A registry that wants to be left alone for longer is, until the next run. */
const maxRetryMs = 600_000;
const idleMs = 1_000;
/** How long one take keeps a process busy; the rest stays for the others. */
const takeMs = 10_000;
const maxTaken = 50;

/** Resolves when nothing is left but what the buffer holds, or when the signal is aborted. @throws AppError when the list cannot be reached */
export async function workOff(deps: WorkDeps, tracked: TrackedRegistry, run: string, signal: AbortSignal): Promise<void> {
  const { list, buffer, clock } = deps;
  const { descriptor, settings } = tracked;
  const registry = descriptor.id;
  const max = Math.max(1, Math.min(maxTaken, Math.floor(takeMs / Math.max(1, settings.delayMs))));
  const circuit = createCircuit();
  while (!signal.aborted) {
    const { items, waitMs } = await list.take({ run, registry, max, holds: buffer.held(registry) });
    if (items.length === 0 && waitMs === undefined) return;
    if (items.length === 0) {
      await buffer.flushIfDue({ isIdle: true });
      await clock.sleep(Math.min(waitMs ?? 0, idleMs), signal).catch(() => undefined);
      continue;
    }
    await workOnTaken({ ...deps, ...tracked, circuit }, run, items, signal);
  }
}

/** Brings items to their end, or gives them back: all that are to be tried again at once. */
async function workOnTaken(
  deps: Omit<PerformDeps, 'lookUp'>,
  run: string,
  items: readonly TakenItem[],
  signal: AbortSignal,
): Promise<void> {
  const { buffer, clock, descriptor, detector, list, onProgress, store } = deps;
  const registry = descriptor.id;
  const repos = items.filter(({ kind }) => kind === 'read').map(({ name }) => name);
  await detector.prepare(registry, repos);
  const lookUp = createLookUp(store, registry, repos);
  const left = [...items];
  const postponed: { readonly requeued: Requeued; readonly dueAt: number }[] = [];
  try {
    for (let item = left[0]; item && !signal.aborted; item = left[0]) {
      const requeued = await perform({ ...deps, lookUp }, run, item, signal);
      if (requeued) postponed.push({ requeued, dueAt: clock.now() + requeued.delayMs });
      else if (signal.aborted) break;
      left.shift();
      // What a listing found is work, for the others too.
      await (item.kind === 'list' ? buffer.flush() : buffer.flushIfDue());
      onProgress(registry);
    }
  } finally {
    const held = new Set(buffer.held(registry));
    const again = postponed.map(({ requeued, dueAt }): Requeued => ({ ...requeued, delayMs: Math.max(0, dueAt - clock.now()) }));
    const untouched = left.filter((item) => !held.has(item)).map((item): Requeued => ({ item, delayMs: 0 }));
    if (again.length + untouched.length > 0) await list.requeue(run, [...again, ...untouched]);
  }
}

interface PerformDeps extends WorkDeps, TrackedRegistry {
  readonly circuit: Circuit;
  readonly lookUp: LookUpPast;
}

/** Brings an item to its end, which the buffer has then. Resolves to what is to be tried again later. */
async function perform(deps: PerformDeps, run: string, item: TakenItem, signal: AbortSignal): Promise<Requeued | undefined> {
  const { circuit, log } = deps;
  const { registry, kind, name, attempt } = item;
  if (kind === 'read' && circuit.isOpen()) {
    endUnasked(deps, run, item);
    return undefined;
  }
  try {
    if (attempt >= maxLost) throw new AppError('internal', `given up, because ${attempt} collectors ended while they worked on it`);
    if (kind === 'list') await listImages(deps, run, item, signal);
    else await readImage(deps, run, item, signal);
    return undefined;
  } catch (error) {
    // What was stopped has no outcome.
    if (signal.aborted) return undefined;
    const failure = toAppError(error);
    if (kind === 'read') circuit.note(failure);
    const delayMs = circuit.isOpen() ? undefined : retryDelay(failure, attempt);
    if (delayMs !== undefined) {
      log.warn('job requeued', { registry, kind, name, attempt, delayMs, ...errorFields(failure) });
      return { item, delayMs, failure: { code: failure.code, message: failure.message } };
    }
    if (kind === 'list') await endUnlisted(deps, run, item, failure);
    else endUnread(deps, run, item, failure);
    return undefined;
  }
}

/** Undefined where another try in this run makes no sense. */
function retryDelay({ code, retryAfterMs = 0 }: AppError, attempt: number): number | undefined {
  const mayPass = code === 'unreachable' || code === 'rate_limited' || code === 'internal';
  if (!mayPass || attempt + 1 >= maxAttempts || retryAfterMs > maxRetryMs) return undefined;
  return Math.max(retryAfterMs, retryMs * 2 ** attempt);
}

async function listImages(deps: PerformDeps, run: string, item: TakenItem, signal: AbortSignal): Promise<void> {
  const { outcome, found, readings } = await listOwner(deps, item.name, signal);
  for (const reading of readings) await record(deps, reading);
  deps.buffer.end(run, { item, outcome, found });
}

async function readImage(deps: PerformDeps, run: string, item: TakenItem, signal: AbortSignal): Promise<void> {
  const { circuit, source, buffer, log } = deps;
  const { registry, name: repo, listed } = item;
  const { reading, flaw } = await source.read(parseRepo(repo), { signal, listed });
  circuit.note(undefined);
  const doubtful = await record(deps, reading);
  const failure = flaw && ({ code: flaw.code, message: flaw.message, missing: 'details' } as const);
  if (flaw) log.warn('details could not be read', { registry, repo, ...errorFields(flaw) });
  buffer.end(run, { item, outcome: { kind: 'read', isRead: true, failure, ...doubtful } });
}

/** Hands a reading, with the days before it and the events in it, on to the store. */
async function record(
  { addPastDays, detector, buffer, lookUp }: PerformDeps,
  read: Reading,
): Promise<Pick<ImageOutcome, 'doubt' | 'disagreement'>> {
  const reading = withoutAttachments(read);
  const readings = await addPastDays(reading, lookUp);
  buffer.note(detector.onReading(reading));
  buffer.add(readings);
  for (const { mark, discrepancy } of readings) {
    if (isInconsistent(mark)) return { doubt: mark, disagreement: discrepancy && { by: discrepancy.by, since: discrepancy.since } };
  }
  return {};
}

async function endUnlisted(deps: PerformDeps, run: string, item: TakenItem, failure: AppError): Promise<void> {
  const { outcome, found } = await unlistedOwner(deps, item.name, failure);
  deps.buffer.end(run, { item, outcome, found });
}

function endUnread({ buffer, log }: PerformDeps, run: string, item: TakenItem, failure: AppError): void {
  log.warn('image could not be read', { registry: item.registry, repo: item.name, ...errorFields(failure) });
  buffer.end(run, { item, outcome: unread(item, failure) });
}

/** What was asked for before in this run ends with the answer that it got then. */
function endUnasked(deps: PerformDeps, run: string, item: TakenItem): void {
  const { failure } = item;
  if (failure) return endUnread(deps, run, item, new AppError(failure.code, failure.message));
  const unasked = { code: 'unreachable', message: `skipped, because ${maxUnanswered} images in a row got no answer` } as const;
  deps.buffer.end(run, { item, outcome: unread(item, unasked) });
}

function unread({ listed }: TakenItem, { code, message }: Failure): ImageOutcome {
  // The listing may have given the total.
  return { kind: 'read', isRead: listed !== undefined, failure: { code, message, missing: listed ? 'details' : 'total' } };
}

interface Circuit {
  /** Whether the registry is left alone. */
  isOpen(): boolean;
  /** Notes how a read ended. */
  note(failure: AppError | undefined): void;
}

function createCircuit(): Circuit {
  let unanswered = 0;
  return {
    isOpen: () => unanswered >= maxUnanswered,
    note(failure) {
      unanswered = failure?.code === 'unreachable' ? unanswered + 1 : 0;
    },
  };
}
