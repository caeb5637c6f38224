/** One of many processes that collect together: begins cycles, and does the jobs of all registries side by side. */
import { AppError, errorFields, toAppError } from '../core/model/errors.ts';
import type { FleetRecord, Job, JobQueue, TakenJob } from '../core/fleet.ts';
import { formatRepo, isRepo, parseRepo } from '../core/model/image-ref.ts';
import { isInconsistent } from '../core/model/mark.ts';
import type { Listing } from '../core/model/reading.ts';
import type { Clock, Logger, SnapshotStore } from '../core/ports.ts';
import { currentImages } from '../core/views/summary.ts';
import type { TrackedRegistry } from './collector.ts';
import { createPast } from './past.ts';
import { pushesSince } from './watch.ts';

export interface FleetWorkerDeps {
  readonly registries: readonly TrackedRegistry[];
  readonly store: SnapshotStore;
  readonly queue: JobQueue;
  readonly record: FleetRecord;
  readonly clock: Clock;
  readonly log: Logger;
  /** From the start of a cycle to the start of the next; 0: one cycle only. */
  readonly intervalMs: number;
  /** Absent: days before the first read are not reconstructed. */
  readonly backfill?: { readonly retentionDays: number } | undefined;
}

export interface FleetWorker {
  /** Works in the background until it is stopped. */
  start(): void;
  /** Gives back what it has begun and resolves when nothing runs any more. */
  stop(): Promise<void>;
}

const idleMs = 1_000;
const troubleMs = 5_000;
/** How long one take keeps a process busy; the rest stays for the others. */
const takeMs = 2_000;
const mostTaken = 50;
/** After so many tries a rate limit or an outage is the image's outcome of this cycle. */
const mostAttempts = 3;

export function createFleetWorker(deps: FleetWorkerDeps): FleetWorker {
  const { registries, store, queue, record, clock, log, intervalMs, backfill } = deps;
  const stopping = new AbortController();
  const { signal } = stopping;
  const withPast = createPast({ store, clock, log, backfill });
  let running: Promise<unknown> = Promise.resolve();

  /** Runs the step again and again, with a pause where it had nothing to do or failed. */
  async function loop(step: () => Promise<boolean>): Promise<void> {
    while (!signal.aborted) {
      let pauseMs = idleMs;
      try {
        if (await step()) continue;
      } catch (error) {
        if (signal.aborted) return;
        log.error('collecting is interrupted', errorFields(toAppError(error)));
        pauseMs = troubleMs;
      }
      await clock.sleep(pauseMs, signal).catch(() => undefined);
    }
  }

  async function beginCycle(): Promise<boolean> {
    const cycle = await record.begin(intervalMs);
    if (cycle === undefined) return false;
    const jobs = registries.flatMap(({ descriptor, settings }) =>
      settings.targets.map((target): Job => ({
        cycle,
        registry: descriptor.id,
        ...(target.kind === 'owner' ? { kind: 'list', name: target.owner } : { kind: 'read', name: formatRepo(target.ref) }),
      })),
    );
    await addJobs(cycle, jobs);
    await record.planned(cycle);
    log.info('cycle began', { cycle, jobs: jobs.length });
    return true;
  }

  async function addJobs(cycle: string, jobs: readonly Job[]): Promise<void> {
    await record.expect(cycle, jobs);
    await queue.add(jobs);
  }

  async function work(tracked: TrackedRegistry): Promise<boolean> {
    const { descriptor, settings } = tracked;
    const most = Math.max(1, Math.min(mostTaken, Math.floor(takeMs / Math.max(1, settings.delayMs))));
    const jobs = await queue.take(descriptor.id, most);
    for (const job of jobs) {
      if (signal.aborted) await queue.giveBack(job).catch(() => undefined);
      else await perform(tracked, job);
    }
    return jobs.length > 0;
  }

  async function perform(tracked: TrackedRegistry, job: TakenJob): Promise<void> {
    try {
      if (await record.isOpen(job)) await (job.kind === 'list' ? list(tracked, job) : read(tracked, job));
      await queue.finish(job);
    } catch (error) {
      const failure = toAppError(error);
      const { registry, kind, name, attempt } = job;
      if (!signal.aborted) log.warn('job is given back', { registry, kind, name, attempt, ...errorFields(failure) });
      // Where not even that can be told, the job returns when it has been silent for too long.
      await queue.giveBack(job).catch(() => undefined);
    }
  }

  async function list({ source }: TrackedRegistry, job: TakenJob): Promise<void> {
    const { cycle, registry, name: owner } = job;
    let listing: Listing;
    try {
      listing = await source.list(owner, { signal });
    } catch (error) {
      listing = { images: [], complete: false, shortfall: lasting(error, job) };
    }
    const listed = new Set(listing.images.map(({ ref }) => formatRepo(ref)));
    const known = (await knownImages(registry, owner)).filter((repo) => !listed.has(repo));
    const { complete, expected, shortfall } = listing;
    await addJobs(cycle, [
      ...listing.images.map(({ ref, reading }): Job => ({ cycle, registry, kind: 'read', name: formatRepo(ref), listed: reading })),
      // Absence from a list that is not complete says nothing.
      ...(complete ? [] : known.map((name): Job => ({ cycle, registry, kind: 'read', name }))),
    ]);
    const failure = shortfall && { code: shortfall.code, message: shortfall.message };
    await record.noteListing(cycle, {
      registry,
      owner,
      listed: listed.size,
      expected,
      complete,
      shortfall: failure,
      unlisted: complete ? known : [],
    });
  }

  async function read({ source }: TrackedRegistry, job: TakenJob): Promise<void> {
    const { cycle, registry, name: repo, listed } = job;
    const { reading, flaw } = await source.read(parseRepo(repo), { signal, listed }).catch((error: unknown) => {
      return { reading: listed, flaw: lasting(error, job) };
    });
    const failure = flaw && ({ code: flaw.code, message: flaw.message, missing: reading ? 'details' : 'total' } as const);
    if (failure) log.warn('image could not be read', { registry, repo, ...failure });
    if (!reading) return record.noteImage(cycle, { registry, repo, isRead: false, failure });
    const [events, readings] = [await pushesSince(reading, { store, backfill: backfill !== undefined }), await withPast(reading)];
    await store.save(readings, events);
    return record.noteImage(cycle, { registry, repo, isRead: true, failure, doubt: readings.map(({ mark }) => mark).find(isInconsistent) });
  }

  /** The error, where it is the end of the job. @throws what was thrown, where another try may help */
  function lasting(error: unknown, { attempt }: TakenJob): AppError {
    if (signal.aborted || !(error instanceof AppError)) throw error;
    const mayPass = error.code === 'unreachable' || error.code === 'rate_limited' || error.code === 'internal';
    if (mayPass && attempt + 1 < mostAttempts) throw error;
    return error;
  }

  async function knownImages(registry: string, owner: string): Promise<string[]> {
    const newestDay = (await store.days()).at(-1);
    const images = newestDay === undefined ? [] : currentImages(await store.latest({ registries: new Set([registry]) }), newestDay);
    return images.map(({ repo }) => repo).filter((repo) => repo.startsWith(`${owner}/`) && isRepo(repo));
  }

  return {
    start() {
      running = Promise.all([loop(beginCycle), ...registries.map((tracked) => loop(() => work(tracked)))]);
    },
    async stop() {
      stopping.abort(new Error('the service is stopping'));
      await running;
    },
  };
}
