import { describe, expect, it } from 'vitest';
import { addDays, fromEpochDay } from '../core/model/day.ts';
import { AppError } from '../core/model/errors.ts';
import { parseRepo } from '../core/model/image-ref.ts';
import { listMarks } from '../core/model/history.ts';
import { type Reading } from '../core/model/reading.ts';
import type { SnapshotStore, Source } from '../core/ports.ts';
import { createMemoryStore } from '../store/memory.ts';
import { listing, reading, tracked } from './testing/fake-registry.ts';
import { createTestEngine, never } from './testing/test-engine.ts';

async function stored(store: SnapshotStore): Promise<Record<string, number>> {
  return Object.fromEntries((await store.latest({})).map(({ registry, repo, pullCount }) => [`${registry} ${repo}`, pullCount]));
}

describe('a run', () => {
  it('reads explicit and listed images of every registry, each once, and stores them', async () => {
    const hub = tracked({
      targets: ['acme/app', 'acme/*'],
      totals: { 'acme/app': 10, 'acme/tool': 20 },
      listings: { acme: listing(['acme/app', 'acme/tool']) },
    });
    const ghcr = tracked({ id: 'ghcr', targets: ['acme/app'], totals: { 'acme/app': 5 } });
    const { store, ...engine } = createTestEngine([hub, ghcr]);

    const run = await engine.run();

    expect(hub.requested.toSorted()).toEqual(['acme/app', 'acme/tool']);
    expect(await stored(store)).toEqual({ 'dockerhub acme/app': 10, 'dockerhub acme/tool': 20, 'ghcr acme/app': 5 });
    expect(run).toMatchObject({ interrupted: false, saveError: undefined });
    expect(run.registries.map(({ imagesRead }) => imagesRead)).toEqual([2, 1]);
  });

  it('goes on after a failure and keeps its reason', async () => {
    const hub = tracked({
      targets: ['acme/gone', 'acme/app'],
      totals: { 'acme/app': 10, 'acme/gone': new AppError('not_found', 'not on Docker Hub') },
    });
    const ghcr = tracked({
      id: 'ghcr',
      targets: ['acme/app'],
      totals: { 'acme/app': new AppError('unreachable', 'github.com answered 503') },
    });
    const { store, ...engine } = createTestEngine([hub, ghcr]);

    const run = await engine.run();

    expect(await stored(store)).toEqual({ 'dockerhub acme/app': 10 });
    expect(run.registries.map(({ failures }) => failures)).toEqual([
      [{ repo: 'acme/gone', code: 'not_found', message: 'not on Docker Hub', missing: 'total' }],
      [{ repo: 'acme/app', code: 'unreachable', message: 'github.com answered 503', missing: 'total' }],
    ]);
  });

  it('is remembered with its duration and failures, twenty of them at most, the newest first', async () => {
    const hub = tracked({
      targets: ['acme/gone', 'acme/app'],
      totals: { 'acme/app': 10, 'acme/gone': new AppError('not_found', 'not there') },
    });
    const ghcr = tracked({ id: 'ghcr', targets: ['acme/app'], totals: { 'acme/app': new AppError('not_found', 'not there') } });
    const { engine, run } = createTestEngine([hub, ghcr]);
    const ended = await run();

    expect(engine.status().runs).toEqual([
      {
        id: ended.id,
        startedAt: new Date(ended.startedAt).toISOString(),
        durationMs: ended.durationMs,
        imagesRead: 1,
        imagesFailed: 2,
        failedRegistries: [ghcr.descriptor.title],
        saveError: undefined,
      },
    ]);
    for (let runs = 1; runs < 22; runs += 1) await run();
    expect(engine.status().runs?.map(({ id }) => Number(id))).toEqual(Array.from({ length: 20 }, (_, at) => 22 - at));
  });

  it('is begun by hand between two others, and refused while one runs or has just ended', async () => {
    const hub = tracked({ targets: ['acme/app'], totals: { 'acme/app': 10 } });
    const { engine, clock } = createTestEngine([hub]);
    engine.start();
    await clock.advance(1_000);
    await expect(engine.trigger()).rejects.toMatchObject({
      code: 'rate_limited',
      message: expect.stringContaining('try again in 5 minutes'),
    });

    await clock.advance(6 * 60_000);
    await engine.trigger();
    await clock.advance(0);
    await clock.advance(1_000);

    expect(engine.status().runs).toHaveLength(2);
    await engine.stop();
    await expect(createTestEngine([]).engine.trigger()).rejects.toMatchObject({ code: 'conflict' });
  });

  it('leaves a registry alone for the rest of the run when five images in a row get no answer', async () => {
    const repos = Array.from({ length: 9 }, (_, index) => `acme/app-${index}`);
    const hub = tracked({
      targets: repos,
      totals: Object.fromEntries(repos.map((repo, index) => [repo, index === 1 ? 7 : new AppError('unreachable', 'no answer')])),
    });
    const { log, ...engine } = createTestEngine([hub]);

    const run = await engine.run();

    expect(hub.requested).toEqual(repos.slice(0, 7));
    expect(run.registries[0]?.failures.slice(-2).map(({ repo, code }) => [repo, code])).toEqual([
      ['acme/app-7', 'unreachable'],
      ['acme/app-8', 'unreachable'],
    ]);
    expect(log.lines.filter(({ message }) => message === 'image could not be read')).toHaveLength(6);
  });

  describe('with backfill', () => {
    const recentDays = [
      { day: '2026-03-14', pulls: 5 },
      { day: '2026-03-13', pulls: 20 },
      { day: '2026-03-12', pulls: 30 },
    ];

    async function storedDays(retentionDays: number | undefined, before: readonly Reading[] = [], keepTotals = true): Promise<unknown> {
      const ghcr = tracked({ id: 'ghcr', targets: ['acme/app'] });
      const source: Source = { ...ghcr.source, read: async () => ({ reading: { ...reading('ghcr', 'acme/app', 1000), recentDays } }) };
      const store = createMemoryStore();
      await store.save(before);
      const options = { store, retentionDays: retentionDays ?? 0, backfill: retentionDays !== undefined, keepTotals };
      const engine = createTestEngine([{ ...ghcr, source }], options);
      await engine.run();
      await engine.run();
      const [series] = await store.totals({});
      return Object.fromEntries(Array.from(series?.days ?? [], (day, at) => [fromEpochDay(day), series?.totals[at]]));
    }

    it('reconstructs the days that a registry publishes', async () => {
      expect(await storedDays(0)).toEqual({ '2026-03-12': 975, '2026-03-13': 995, '2026-03-14': 1000 });
    });

    it('closes a day that was read before it ended', async () => {
      expect(await storedDays(0, [reading('ghcr', 'acme/app', 990, '2026-03-13T12:00:00.000Z')])).toMatchObject({ '2026-03-13': 995 });
    });

    it('leaves out days that retention would delete again', async () => {
      expect(await storedDays(1, [], false)).toEqual({ '2026-03-13': 995, '2026-03-14': 1000 });
    });

    it('keeps the totals of days whose snapshots are deleted', async () => {
      const before = [reading('ghcr', 'acme/app', 990, '2026-03-13T12:00:00.000Z')];
      expect(await storedDays(1, before)).toEqual({ '2026-03-12': 975, '2026-03-13': 995, '2026-03-14': 1000 });
    });

    it('reconstructs nothing when it is off', async () => {
      expect(await storedDays(undefined)).toEqual({ '2026-03-14': 1000 });
    });
  });

  it('marks a total that contradicts the days which the registry publishes, whether they are used for backfill or not', async () => {
    const recentDays = Array.from({ length: 30 }, (_, index) => ({ day: addDays('2026-03-14', -index), pulls: 10 }));
    const ghcr = tracked({ id: 'ghcr', targets: ['acme/app'] });
    const source: Source = { ...ghcr.source, read: async () => ({ reading: { ...reading('ghcr', 'acme/app', 1000), recentDays } }) };
    const store = createMemoryStore();
    await store.save([reading('ghcr', 'acme/app', 1000, '2026-03-06T12:00:00.000Z')]);
    const { log, ...engine } = createTestEngine([{ ...ghcr, source }], { store });

    const run = await engine.run();

    const [series] = await store.totals({});
    expect(series && listMarks(series)).toEqual(['read', 'frozen']);
    expect(run.registries[0]?.doubts).toEqual([{ repo: 'acme/app', doubt: 'frozen', by: -80, since: '2026-03-14T10:00:00.000Z' }]);
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ repo: 'acme/app', kind: 'frozen', by: -80 }) }),
    );
  });

  it('stores the totals that a listing already tells, even when the read of the details fails', async () => {
    const images = [{ ref: parseRepo('acme/app'), reading: reading('dockerhub', 'acme/app', 77) }];
    const hub = tracked({
      targets: ['acme/*'],
      listings: { acme: { images, complete: true } },
      totals: { 'acme/app': new AppError('unreachable', 'cut') },
    });
    const { store, ...engine } = createTestEngine([hub]);

    const run = await engine.run();

    expect(await stored(store)).toEqual({ 'dockerhub acme/app': 77 });
    expect(run.registries[0]).toMatchObject({ imagesRead: 1, failures: [{ repo: 'acme/app', missing: 'details' }] });
  });

  it.each([
    ['is not complete', listing(['acme/app'], { complete: false, expected: 3, shortfall: new AppError('unauthorized', '1 of 3') })],
    ['fails', new AppError('unreachable', 'hub.docker.com answered 503')],
  ])('reads the images that were known lately when a listing %s', async (_, answer) => {
    const hub = tracked({ targets: ['acme/*'], totals: { 'acme/app': 10, 'acme/tool': 20 }, listings: { acme: answer } });
    const { store, ...engine } = createTestEngine([hub]);
    await store.save([
      reading('dockerhub', 'acme/app', 9, '2026-03-13T10:00:00.000Z'),
      reading('dockerhub', 'acme/tool', 19, '2026-03-13T10:00:00.000Z'),
      reading('dockerhub', 'other/tool', 1, '2026-03-13T10:00:00.000Z'),
      reading('dockerhub', 'acme/long-gone', 1, '2026-03-01T10:00:00.000Z'),
    ]);

    const run = await engine.run();

    expect(hub.requested.toSorted()).toEqual(['acme/app', 'acme/tool']);
    expect(run.registries[0]?.listings).toMatchObject([{ owner: 'acme', complete: false }]);
    expect(run.registries[0]?.listings[0]?.shortfall?.message).toMatch(/1 of 3|503/);
  });

  it('reads of an owner the images that its patterns choose, and no longer one that they left out', async () => {
    const repos = ['acme/app-1', 'acme/app-test', 'acme/tool'];
    const totals = { 'acme/app-1': 1, 'acme/app-test': 2, 'acme/tool': 3 };
    const hub = tracked({ targets: ['acme/app-*'], totals, listings: { acme: listing(repos) } });
    const targets = [{ kind: 'owner', owner: 'acme', include: ['app-*'], exclude: ['*-test'] }] as const;
    const store = createMemoryStore();
    await store.save([reading('dockerhub', 'acme/app-test', 1), reading('dockerhub', 'acme/app-0', 1)]);

    const run = await createTestEngine([{ ...hub, settings: { ...hub.settings, targets } }], { store }).run();

    // One that is not listed and was read lately is asked for by its name.
    expect(hub.requested.toSorted()).toEqual(['acme/app-0', 'acme/app-1']);
    expect(run.registries[0]).toMatchObject({ readRepos: ['acme/app-1'], listings: [{ owner: 'acme', listed: 3, complete: true }] });
  });

  it('asks by its name for an image that a complete listing no longer names, but not for one that was last read long ago', async () => {
    const hub = tracked({
      targets: ['acme/*'],
      totals: { 'acme/app': 10, 'acme/left-out': 20 },
      listings: { acme: listing(['acme/app']) },
    });
    const { store, ...engine } = createTestEngine([hub]);
    await store.save([
      reading('dockerhub', 'acme/left-out', 19, '2026-03-13T10:00:00.000Z'),
      reading('dockerhub', 'acme/long-gone', 1, '2026-03-01T10:00:00.000Z'),
    ]);

    const run = await engine.run();

    expect(hub.requested.toSorted()).toEqual(['acme/app', 'acme/left-out']);
    expect(await stored(store)).toMatchObject({ 'dockerhub acme/left-out': 20 });
    expect(run.registries[0]).toMatchObject({ imagesRead: 2, deleted: [], failures: [] });
    expect(await store.events()).toEqual([]);
  });

  it('that is stopped stores what it read and leaves what was stored', async () => {
    const stopping = new AbortController();
    const hub = tracked({
      targets: ['acme/a', 'acme/b', 'acme/c'],
      totals: { 'acme/a': 10, 'acme/b': 20, 'acme/c': 30 },
      async onRead(repo, signal) {
        if (repo !== 'acme/b') return;
        stopping.abort(new Error('stop'));
        signal?.throwIfAborted();
      },
    });
    const { store, ...engine } = createTestEngine([hub]);
    await store.save([reading('dockerhub', 'acme/c', 29)]);

    const run = await engine.run(stopping.signal);

    expect(run).toMatchObject({ interrupted: true, registries: [{ failures: [] }] });
    expect(hub.requested).toEqual(['acme/a', 'acme/b']);
    expect(await stored(store)).toEqual({ 'dockerhub acme/a': 10, 'dockerhub acme/c': 29 });
  });

  it('that is stopped says nothing about images that it did not reach', async () => {
    const stopping = new AbortController();
    const hub = tracked({
      targets: ['acme/*', 'acme/last'],
      totals: { 'acme/app': 10 },
      listings: { acme: listing(['acme/app']) },
      onRead: async () => stopping.abort(new Error('stop')),
    });
    const { store, ...engine } = createTestEngine([hub]);
    await store.save([
      reading('dockerhub', 'acme/app', 9, '2026-03-13T10:00:00.000Z'),
      reading('dockerhub', 'acme/gone', 19, '2026-03-13T10:00:00.000Z'),
    ]);

    await engine.run(stopping.signal);
    expect(await store.events()).toEqual([]);

    await engine.run();
    expect((await store.events()).map(({ repo, kind }) => [repo, kind])).toContainEqual(['acme/gone', 'image_gone']);
  });

  it('goes on with what a list names when stored images cannot be asked for', async () => {
    const hub = tracked({
      targets: ['acme/*'],
      totals: { 'acme/app': 10 },
      listings: { acme: listing(['acme/app'], { complete: false }) },
    });
    const memory = createMemoryStore();
    const { log, ...engine } = createTestEngine([hub], {
      store: { ...memory, latest: () => Promise.reject(new AppError('unreachable', 'the database is away')) },
    });

    await engine.run();

    expect(hub.requested).toEqual(['acme/app']);
    expect(log.lines).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        message: 'stored images cannot be listed',
        fields: expect.objectContaining({ registry: 'dockerhub', owner: 'acme', reason: 'the database is away' }),
      }),
    );
  });

  it("does not take another registry's images for known ones", async () => {
    const hub = tracked({ targets: ['acme/*'], listings: { acme: listing([], { complete: false }) } });
    const { store, ...engine } = createTestEngine([hub]);
    await store.save([reading('ghcr', 'acme/elsewhere', 9, '2026-03-13T10:00:00.000Z')]);

    await engine.run();

    expect(hub.requested).toEqual([]);
  });

  it('tells a store that fails, and stores its readings with those of the next run', async () => {
    const memory = createMemoryStore();
    let broken = true;
    const store: SnapshotStore = {
      ...memory,
      save: async (readings) => {
        if (broken) throw new AppError('internal', 'the disk is full');
        await memory.save(readings);
      },
    };
    const totals: Record<string, number | AppError> = { 'acme/app': 10 };
    const engine = createTestEngine([tracked({ targets: ['acme/app'], totals })], { store });

    const first = await engine.run();
    broken = false;
    totals['acme/app'] = new AppError('unreachable', 'cut');
    const second = await engine.run();

    expect(first.saveError?.message).toBe('the disk is full');
    expect(second.saveError).toBeUndefined();
    expect(await stored(memory)).toEqual({ 'dockerhub acme/app': 10 });
  });

  it('saves every few seconds while it runs', async () => {
    const saves: number[] = [];
    const memory = createMemoryStore();
    const store: SnapshotStore = {
      ...memory,
      save: async (readings) => {
        saves.push(readings.length);
        await memory.save(readings);
      },
    };
    const repos = ['acme/a', 'acme/b', 'acme/c', 'acme/d'];
    const hub = tracked({
      targets: repos,
      totals: Object.fromEntries(repos.map((repo, index) => [repo, index])),
      onRead: (_, signal) => clock.sleep(3_000, signal),
    });
    const { clock, ...engine } = createTestEngine([hub], { store });

    const running = engine.engine.runOnce(never);
    for (let step = 0; step < 4; step += 1) await clock.advance(3_000);
    await running;

    expect(saves).toEqual([1, 2, 1]);
  });

  it('logs how far it is every ten seconds, and no longer once it is done', async () => {
    const hub = tracked({
      targets: ['acme/a', 'acme/b'],
      totals: { 'acme/a': 1, 'acme/b': 2 },
      onRead: (_, signal) => clock.sleep(12_000, signal),
    });
    const { clock, log, ...engine } = createTestEngine([hub]);

    const running = engine.engine.runOnce(never);
    await clock.advance(24_000);
    await running;
    await clock.advance(60_000);

    const lines = log.lines.filter(({ message }) => message === 'run in progress');
    expect(lines.map(({ fields }) => fields)).toEqual([
      { registry: 'dockerhub', done: 0, total: 2 },
      { registry: 'dockerhub', done: 1, total: 2 },
    ]);
  });

  it('says once and clearly that a page has probably changed when most answers cannot be understood', async () => {
    const broken = new AppError('invalid_response', 'no "Total downloads" label');
    const repos = ['acme/a', 'acme/b', 'acme/c', 'acme/d'];
    const totals = { 'acme/a': broken, 'acme/b': broken, 'acme/c': broken, 'acme/d': 4 };
    const { log, ...engine } = createTestEngine([tracked({ id: 'ghcr', targets: repos, totals })]);

    await engine.run();

    expect(engine.engine.status().registries[0]?.diagnosis).toContain(
      'Title of ghcr cannot be understood: it has probably changed its pages',
    );
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});
