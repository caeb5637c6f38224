import { afterEach, describe, expect, it } from 'vitest';
import { createFixedClock } from '../../test/support/fixed-clock.ts';
import { createRecordingLog } from '../../test/support/recording-log.ts';
import { AppError } from '../core/model/errors.ts';
import type { FleetRecord, ImageOutcome, Job, JobQueue, ListingOutcome, TakenJob } from '../core/fleet.ts';
import type { SnapshotStore } from '../core/ports.ts';
import { createMemoryStore } from '../store/memory.ts';
import type { TrackedRegistry } from './collector.ts';
import { createFleetWorker, type FleetWorker } from './fleet-worker.ts';
import { listing, reading, start, tracked } from './testing/fake-registry.ts';

/** Jobs in memory; one that is given back comes again at once. */
function createMemoryQueue(): JobQueue & { readonly added: Job[]; readonly open: () => number } {
  const waiting: TakenJob[] = [];
  const taken = new Set<TakenJob>();
  const added: Job[] = [];
  return {
    added,
    open: () => waiting.length + taken.size,
    async add(jobs) {
      for (const job of jobs) {
        if (
          added.some(
            ({ cycle, registry, kind, name }) =>
              `${cycle}${registry}${kind}${name}` === `${job.cycle}${job.registry}${job.kind}${job.name}`,
          )
        )
          continue;
        added.push(job);
        waiting.push({ ...job, id: String(added.length), attempt: 0 });
      }
    },
    async take(registry, most) {
      const jobs = waiting.filter((job) => job.registry === registry).slice(0, most);
      for (const job of jobs) {
        waiting.splice(waiting.indexOf(job), 1);
        taken.add(job);
      }
      return jobs;
    },
    finish: async (job) => void taken.delete(job),
    async giveBack(job) {
      taken.delete(job);
      waiting.push({ ...job, attempt: job.attempt + 1 });
    },
    close: async () => undefined,
  };
}

/** One cycle, and what is noted of it. `isBegun`: another process has begun it. */
function createMemoryRecord(isBegun = false) {
  const images: ImageOutcome[] = [];
  const listings: ListingOutcome[] = [];
  const planned: string[] = [];
  let begun = isBegun;
  const record: FleetRecord = {
    async begin() {
      if (begun) return undefined;
      begun = true;
      return 'c1';
    },
    planned: async (cycle) => void planned.push(cycle),
    expect: async () => undefined,
    isOpen: async ({ registry, name }) => !images.some((image) => image.registry === registry && image.repo === name),
    noteImage: async (_cycle, outcome) => void images.push(outcome),
    noteListing: async (_cycle, outcome) => void listings.push(outcome),
    end: async () => undefined,
    report: async () => ({ counts: [] }),
  };
  return { record, images, listings, planned };
}

let worker: FleetWorker | undefined;

afterEach(() => worker?.stop());

interface SetUp {
  readonly store?: SnapshotStore;
  readonly queue?: ReturnType<typeof createMemoryQueue>;
  readonly isBegun?: boolean;
}

function setUp(registries: readonly TrackedRegistry[], { store = createMemoryStore(), queue = createMemoryQueue(), isBegun }: SetUp = {}) {
  const clock = createFixedClock(start, { manual: true });
  const log = createRecordingLog();
  const memory = createMemoryRecord(isBegun);
  worker = createFleetWorker({ registries, store, queue, record: memory.record, clock, log, intervalMs: 3_600_000 });
  /** Lets it work until nothing is left to do. */
  const workOff = async (): Promise<void> => {
    worker?.start();
    do await clock.advance(1_000);
    while (queue.open() > 0);
  };
  return { ...memory, clock, log, store, queue, workOff };
}

const outage = new AppError('unreachable', 'no answer');

describe('a worker of a fleet', () => {
  it('begins a cycle, lists, reads what was listed, stores it and notes how each ended', async () => {
    const hub = tracked({
      targets: ['acme/*', 'acme/gone'],
      totals: { 'acme/app': 10, 'acme/tool': 20 },
      listings: { acme: listing(['acme/app', 'acme/tool']) },
    });
    const { workOff, images, listings, planned, queue, store } = setUp([hub]);

    await workOff();

    expect(planned).toEqual(['c1']);
    expect(queue.added.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'list acme',
      'read acme/gone',
      'read acme/app',
      'read acme/tool',
    ]);
    expect(listings).toEqual([expect.objectContaining({ owner: 'acme', listed: 2, complete: true, unlisted: [] })]);
    expect(images).toEqual([
      {
        registry: 'dockerhub',
        repo: 'acme/gone',
        isRead: false,
        failure: { code: 'not_found', message: 'no such image', missing: 'total' },
      },
      { registry: 'dockerhub', repo: 'acme/app', isRead: true },
      { registry: 'dockerhub', repo: 'acme/tool', isRead: true },
    ]);
    expect((await store.latest({})).map(({ repo, pullCount }) => [repo, pullCount])).toEqual([
      ['acme/app', 10],
      ['acme/tool', 20],
    ]);
  });

  it('does the jobs of a cycle that another has begun, but none that has its outcome already', async () => {
    const hub = tracked({ targets: ['acme/app'], totals: { 'acme/app': 10, 'acme/tool': 20 } });
    const queue = createMemoryQueue();
    const { workOff, images, record } = setUp([hub], { queue, isBegun: true });
    await queue.add([
      { cycle: 'c0', registry: 'dockerhub', kind: 'read', name: 'acme/app' },
      { cycle: 'c0', registry: 'dockerhub', kind: 'read', name: 'acme/tool' },
    ]);
    await record.noteImage('c0', { registry: 'dockerhub', repo: 'acme/tool', isRead: true });

    await workOff();

    expect(hub.asked).toEqual(['acme/app']);
    expect(images.map(({ repo }) => repo)).toEqual(['acme/tool', 'acme/app']);
  });

  it('gives back what an outage stopped, and takes it for the outcome at the third try', async () => {
    const hub = tracked({ targets: ['acme/app'], totals: { 'acme/app': outage } });
    const { workOff, images, log } = setUp([hub]);

    await workOff();

    expect(hub.asked).toEqual(['acme/app', 'acme/app', 'acme/app']);
    expect(log.lines.filter(({ message }) => message === 'job is given back')).toHaveLength(2);
    expect(images).toEqual([
      { registry: 'dockerhub', repo: 'acme/app', isRead: false, failure: { code: 'unreachable', message: 'no answer', missing: 'total' } },
    ]);
  });

  it('reads known images too where a list is not complete, and tells them as unlisted where it is', async () => {
    const store = createMemoryStore();
    await store.save([reading('dockerhub', 'acme/old', 1), reading('ghcr', 'acme/old', 1)]);
    const totals = { 'acme/app': 10, 'acme/old': 2 };
    const short = tracked({
      targets: ['acme/*'],
      totals,
      listings: { acme: listing(['acme/app'], { complete: false, shortfall: outage }) },
    });
    const whole = tracked({ id: 'ghcr', targets: ['acme/*'], totals, listings: { acme: listing(['acme/app']) } });
    const { workOff, listings } = setUp([short, whole], { store });

    await workOff();

    expect([short.asked, whole.asked]).toEqual([['acme/app', 'acme/old'], ['acme/app']]);
    expect(listings.map(({ registry, complete, unlisted }) => [registry, complete, unlisted])).toEqual([
      ['dockerhub', false, []],
      ['ghcr', true, ['acme/old']],
    ]);
  });

  it('gives back at once what it has not done when it is stopped, and notes nothing of it', async () => {
    let begun: (() => void) | undefined;
    const isReading = new Promise<void>((resolve) => (begun = resolve));
    const hub = tracked({
      targets: ['acme/app', 'acme/tool'],
      totals: { 'acme/app': 10, 'acme/tool': 20 },
      onRead: (_repo, signal) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
          begun?.();
        }),
    });
    const { images, queue, clock } = setUp([hub]);
    worker?.start();
    await clock.advance(1_000);
    await isReading;

    await worker?.stop();

    expect(images).toEqual([]);
    expect(queue.open()).toBe(2);
    expect(hub.asked).toEqual(['acme/app']);
  });

  it('goes on after the queue could not be reached, and says so', async () => {
    const hub = tracked({ targets: ['acme/app'], totals: { 'acme/app': 10 } });
    const queue = createMemoryQueue();
    let failures = 2;
    const flaky: typeof queue = {
      ...queue,
      async take(registry, most) {
        failures -= 1;
        if (failures >= 0) throw outage;
        return queue.take(registry, most);
      },
    };
    const { workOff, images, log } = setUp([hub], { queue: flaky });

    await workOff();

    expect(images).toEqual([{ registry: 'dockerhub', repo: 'acme/app', isRead: true }]);
    expect(log.lines.filter(({ message }) => message === 'collecting is interrupted')).toHaveLength(2);
  });
});
