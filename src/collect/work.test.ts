import { describe, expect, it } from 'vitest';
import { createFixedClock } from '../../test/support/fixed-clock.ts';
import { AppError } from '../core/model/errors.ts';
import { parseRepo } from '../core/model/image-ref.ts';
import type { Listing, Reading } from '../core/model/reading.ts';
import type { RegistryRun, Requeued } from '../core/model/run.ts';
import type { SnapshotStore, Source, WorkList } from '../core/ports.ts';
import type { Progress } from '../core/model/outcome.ts';
import { createMemoryStore } from '../store/memory.ts';
import { listing, reading, start, tracked, type FakeRegistry } from './testing/fake-registry.ts';
import { createTestEngine, never, untilSettled } from './testing/test-engine.ts';
import { createWorkList } from './work-list.ts';

interface Run {
  readonly result: RegistryRun;
  readonly asked: readonly string[];
  readonly kept: readonly Reading[];
  readonly progress: readonly Progress[];
}

interface RunOptions extends FakeRegistry {
  /** Names that were read lately, whoever owns them. */
  readonly known?: readonly string[];
  readonly signal?: AbortSignal;
  readonly changed?: (source: Source) => Source;
}

async function run({ known = [], signal = never, changed = (source) => source, ...fake }: RunOptions): Promise<Run> {
  const registry = tracked(fake);
  const memory = createMemoryStore();
  await memory.save(known.map((repo) => reading('dockerhub', repo, 1, '2026-03-13T10:00:00.000Z')));
  const kept: Reading[] = [];
  const store: SnapshotStore = {
    ...memory,
    async save(readings, events) {
      kept.push(...readings);
      await memory.save(readings, events);
    },
  };
  const progress: Progress[] = [];
  const engine = createTestEngine([{ ...registry, source: changed(registry.source) }], { store });
  const { registries } = await engine.run(signal, { onProgress: (_, step) => void progress.push(step) });
  const nothing = {
    registry: 'dockerhub',
    imagesRead: 0,
    readRepos: [],
    deleted: [],
    failures: [],
    listings: [],
    doubts: [],
    durationMs: 0,
  };
  return { result: registries[0] ?? nothing, asked: registry.requested, kept, progress };
}

const unreachable = new AppError('unreachable', 'no answer');

describe("a registry's part of a run", () => {
  it('keeps the total of an image whose details have a flaw, and tells the flaw', async () => {
    const flaw = new AppError('rate_limited', 'no tags for now');
    const { result, kept } = await run({
      targets: ['acme/app'],
      changed: (source) => ({ ...source, read: async () => ({ reading: reading('dockerhub', 'acme/app', 10), flaw }) }),
    });

    expect(kept).toEqual([reading('dockerhub', 'acme/app', 10)]);
    expect(result).toMatchObject({ imagesRead: 1, readRepos: ['acme/app'] });
    expect(result.failures).toEqual([{ repo: 'acme/app', missing: 'details', code: 'rate_limited', message: 'no tags for now' }]);
  });

  it('tells which images a complete list has no longer and are not there, but not those that are', async () => {
    const { result, asked } = await run({
      targets: ['acme/kept', 'acme/*', 'other/*'],
      totals: { 'acme/app': 1, 'acme/kept': 2 },
      listings: { acme: listing(['acme/app']), other: listing([], { complete: false, shortfall: unreachable }) },
      known: ['acme/app', 'acme/gone', 'acme/kept', 'other/tool'],
    });

    expect(result.deleted).toEqual(['acme/gone']);
    // The list of its owner is not complete: it fails as one that is tracked by name.
    expect(result.failures).toMatchObject([{ repo: 'other/tool', code: 'not_found' }]);
    expect(asked.toSorted()).toEqual(['acme/app', 'acme/gone', 'acme/kept', 'other/tool']);
  });

  it('has nothing deleted where only single images are tracked', async () => {
    const { result } = await run({ targets: ['acme/app'], totals: { 'acme/app': 1 }, known: ['acme/gone'] });

    expect(result).toMatchObject({ deleted: [], listings: [] });
  });

  it('reads an image once that a list which is not complete names and that was known before', async () => {
    const { asked, result } = await run({
      targets: ['acme/*'],
      totals: { 'acme/app': 1, 'acme/tool': 2 },
      listings: { acme: listing(['acme/app'], { complete: false, expected: 2 }) },
      known: ['acme/app', 'acme/tool'],
    });

    expect(asked).toEqual(['acme/app', 'acme/tool']);
    expect(result.listings).toEqual([{ owner: 'acme', listed: 1, expected: 2, complete: false, shortfall: undefined }]);
  });

  it('hands what a list tells of an image to its read', async () => {
    const told = reading('dockerhub', 'acme/app', 77);
    const seen: unknown[] = [];
    await run({
      targets: ['acme/*'],
      listings: { acme: { images: [{ ref: parseRepo('acme/app'), reading: told }], complete: true } },
      changed: (source) => ({
        ...source,
        async read(_, options) {
          seen.push(options?.listed);
          return { reading: told };
        },
      }),
    });

    expect(seen).toEqual([told]);
  });

  it.each([
    ['not_found', 10],
    ['unreachable', 5],
  ] as const)('after four images without an answer and one that fails with %s it has asked for %i of ten', async (code, expected) => {
    const repos = Array.from({ length: 10 }, (_, at) => `acme/app-${at}`);
    const totals = Object.fromEntries(repos.map((repo, at) => [repo, at === 4 ? new AppError(code, 'fails') : unreachable]));

    const { asked, result } = await run({ targets: repos, totals });

    expect(asked).toHaveLength(expected);
    expect(result.failures).toHaveLength(10);
  });

  it('counts up to the number of images, failed ones too', async () => {
    const { progress } = await run({
      targets: ['acme/a', 'acme/b'],
      totals: { 'acme/a': 1, 'acme/b': new AppError('not_found', 'gone') },
    });

    expect(progress).toEqual([
      { done: 0, total: 2 },
      { done: 1, total: 2 },
      { done: 2, total: 2 },
    ]);
  });

  describe('that is stopped', () => {
    it('asks for nothing when it is stopped before', async () => {
      const listed: string[] = [];
      const { asked, result } = await run({
        targets: ['acme/app', 'acme/*'],
        signal: AbortSignal.abort(new Error('stop')),
        changed: (source) => ({
          ...source,
          async list(owner) {
            listed.push(owner);
            return listing([]);
          },
        }),
      });

      expect([asked, listed]).toEqual([[], []]);
      expect(result).toMatchObject({ imagesRead: 0, readRepos: [], deleted: [], failures: [], listings: [] });
    });

    it('keeps what a list has told until then', async () => {
      const stopping = new AbortController();
      const { asked, kept, result } = await run({
        targets: ['acme/*', 'other/*'],
        signal: stopping.signal,
        changed: (source) => ({
          ...source,
          async list() {
            stopping.abort(new Error('stop'));
            const images = [{ ref: parseRepo('acme/app'), reading: reading('dockerhub', 'acme/app', 7) }];
            return { images, complete: false, shortfall: new AppError('unreachable', 'stop') };
          },
        }),
      });

      expect(kept).toEqual([reading('dockerhub', 'acme/app', 7)]);
      expect(asked).toEqual([]);
      expect(result.listings.map(({ owner }) => owner)).toEqual(['acme']);
    });

    it('takes a list that ends with the stop for no failure of the registry, and reads nothing instead', async () => {
      const stopping = new AbortController();
      const { asked, result } = await run({
        targets: ['acme/*'],
        known: ['acme/app'],
        signal: stopping.signal,
        changed: (source) => ({
          ...source,
          async list() {
            stopping.abort(new Error('stop'));
            throw new AppError('unreachable', 'stop');
          },
        }),
      });

      expect(asked).toEqual([]);
      expect(result).toMatchObject({ listings: [], failures: [] });
    });
  });
});

describe('what a registry refuses for now', () => {
  it('is tried again after a pause that grows, and at the third try is the outcome', async () => {
    const hub = tracked({ targets: ['acme/app'], totals: { 'acme/app': unreachable } });
    const { log, run: runOnce } = createTestEngine([hub]);

    const ended = await runOnce();

    expect(hub.requested).toEqual(['acme/app', 'acme/app', 'acme/app']);
    expect(log.lines.filter(({ message }) => message === 'job requeued').map(({ fields }) => fields?.['delayMs'])).toEqual([5_000, 10_000]);
    expect(ended.registries[0]?.failures).toEqual([{ repo: 'acme/app', code: 'unreachable', message: 'no answer', missing: 'total' }]);
  });

  it.each([
    ['is waited for', 60_000, 3],
    ['is left until the next run where it takes longer than ten minutes', 1_800_000, 1],
  ])('%s when it says for how long', async (_, retryAfterMs, tries) => {
    const limited = new AppError('rate_limited', 'slow down', { retryAfterMs });
    const hub = tracked({ targets: ['acme/app'], totals: { 'acme/app': limited } });
    const { log, run: runOnce } = createTestEngine([hub]);

    await runOnce();

    expect(hub.requested).toHaveLength(tries);
    expect(log.lines.filter(({ fields }) => fields?.['delayMs'] === retryAfterMs)).toHaveLength(tries - 1);
  });

  it('is read when it passes, and a listing too', async () => {
    const totals: Record<string, number | AppError> = { 'acme/app': unreachable };
    const listings: Record<string, Listing | AppError> = { acme: unreachable };
    const hub = tracked({ targets: ['acme/app', 'acme/*'], totals, listings });
    const { clock, engine } = createTestEngine([hub]);

    const running = engine.runOnce(never);
    await clock.advance(1_000);
    totals['acme/app'] = 10;
    listings['acme'] = listing(['acme/app']);
    const ended = await untilSettled(clock, running);

    expect(ended.registries[0]).toMatchObject({ imagesRead: 1, failures: [], listings: [{ owner: 'acme', complete: true }] });
  });
});

describe('a list of work that cannot be reached', () => {
  it('is tried again, and what was read meanwhile is not lost', async () => {
    const list = createWorkList({ clock: createFixedClock(start), random: () => 0.5, intervalMs: 3_600_000 });
    let failures = 4;
    const fail = async <T>(step: () => Promise<T>): Promise<T> => {
      failures -= 1;
      if (failures >= 0) throw unreachable;
      return step();
    };
    const flaky: WorkList = {
      ...list,
      take: (query) => fail(() => list.take(query)),
      finish: (...args) => fail(() => list.finish(...args)),
    };
    const hub = tracked({ targets: ['acme/app', 'acme/tool'], totals: { 'acme/app': 10, 'acme/tool': 20 } });
    const { log, run: runOnce } = createTestEngine([hub], { list: flaky });

    const ended = await runOnce();

    expect(ended.registries[0]).toMatchObject({ imagesRead: 2, failures: [] });
    expect(log.lines.filter(({ message }) => message === 'run is interrupted')).toHaveLength(4);
  });

  it('gets back at once what was begun when the process stops, and no outcome of it', async () => {
    const list = createWorkList({ clock: createFixedClock(start), random: () => 0.5, intervalMs: 3_600_000 });
    const stopping = new AbortController();
    const requeued: Requeued[] = [];
    const spied: WorkList = {
      ...list,
      async requeue(id, items) {
        requeued.push(...items);
        await list.requeue(id, items);
      },
    };
    const hub = tracked({
      targets: ['acme/app', 'acme/tool'],
      async onRead(_, signal) {
        stopping.abort(new Error('stop'));
        signal?.throwIfAborted();
      },
    });
    const { run: runOnce } = createTestEngine([hub], { list: spied });

    const ended = await runOnce(stopping.signal);

    expect(hub.requested).toEqual(['acme/app']);
    expect(requeued.map(({ item, failure }) => [item.name, failure])).toEqual([
      ['acme/app', undefined],
      ['acme/tool', undefined],
    ]);
    expect(ended).toMatchObject({ interrupted: true, registries: [{ imagesRead: 0, failures: [] }] });
  });

  it('gives back at once all that is to be tried again, and how long each still has to wait', async () => {
    const clock = createFixedClock(start, { manual: true });
    const list = createWorkList({ clock, random: () => 0.5, intervalMs: 3_600_000 });
    const requeued: (readonly Requeued[])[] = [];
    const spied: WorkList = {
      ...list,
      async requeue(id, items) {
        requeued.push(items);
        await list.requeue(id, items);
      },
    };
    const limited = new AppError('rate_limited', 'no more for now');
    const totals = { 'acme/app': limited, 'acme/tool': limited, 'acme/site': 3 };
    const onRead = async (repo: string): Promise<void> => (repo === 'acme/tool' ? clock.sleep(2_000) : undefined);
    const hub = tracked({ targets: Object.keys(totals), totals, onRead });
    const { run: runOnce } = createTestEngine([hub], { list: spied, clock });

    await runOnce();

    expect(requeued[0]?.map(({ item, delayMs }) => [item.name, delayMs])).toEqual([
      ['acme/app', 3_000],
      ['acme/tool', 5_000],
    ]);
  });

  it('ends an item whose processes have always died with it', async () => {
    const list = createWorkList({ clock: createFixedClock(start), random: () => 0.5, intervalMs: 3_600_000 });
    const worn: WorkList = {
      ...list,
      async take(query) {
        const { items, ...rest } = await list.take(query);
        return { ...rest, items: items.map((item) => ({ ...item, attempt: 10 })) };
      },
    };
    const hub = tracked({ targets: ['acme/app'], totals: { 'acme/app': 1 } });

    const ended = await createTestEngine([hub], { list: worn }).run();

    expect(hub.requested).toEqual([]);
    expect(ended.registries[0]?.failures).toMatchObject([
      { repo: 'acme/app', code: 'internal', message: expect.stringContaining('10 collectors ended') },
    ]);
  });
});
