import { describe, expect, it } from 'vitest';
import { plainDescriptor } from '../../test/support/descriptor.ts';
import { fromEpochDay } from '../core/model/day.ts';
import { AppError } from '../core/model/errors.ts';
import type { SnapshotStore } from '../core/ports.ts';
import { createMemoryStore } from '../store/memory.ts';
import type { RunEnd } from './after-run.ts';
import { listing, reading, start, tracked } from './testing/fake-registry.ts';
import { createTestEngine } from './testing/test-engine.ts';

const hour = 3_600_000;
const outage = new AppError('unreachable', 'no answer');

const failing = (): Promise<void> => Promise.reject(new Error('no mail today'));

describe('after a run', () => {
  it('the account of each registry is shown, and logged', async () => {
    const hub = tracked({ targets: ['acme/app', 'acme/tool'], totals: { 'acme/app': 10 } });
    const { engine, log, run } = createTestEngine([hub], { descriptors: [hub.descriptor, plainDescriptor('ghcr')] });
    expect(engine.status().registries.map(({ state }) => state)).toEqual(['waiting', 'off']);

    await run();

    expect(engine.status().registries[0]).toMatchObject({
      state: 'degraded',
      imagesRead: 1,
      imagesFailed: 1,
      lastSuccess: start,
      lastDurationMs: 0,
    });
    expect(log.lines.slice(-2)).toEqual([
      { level: 'info', message: 'registry done', fields: { registry: 'dockerhub', read: 1, failed: 1, durationMs: 0 } },
      { level: 'info', message: 'run done', fields: { run: '1', durationMs: 0 } },
    ]);
  });

  it('runs, and failed images by their reason, are summed since the start', async () => {
    const totals: Record<string, number | AppError> = { 'acme/a': outage, 'acme/b': outage, 'acme/ok': 1 };
    const hub = tracked({ targets: ['acme/a', 'acme/b', 'acme/c', 'acme/ok'], totals });
    const { engine, clock, run } = createTestEngine([hub]);

    await run();
    const first = engine.status().registries[0]?.lastSuccess;
    totals['acme/ok'] = outage;
    await clock.advance(hour);
    await run();

    expect(engine.status().registries[0]).toMatchObject({
      lastSuccess: first,
      totals: { cycles: { ok: 1, failed: 1 }, errors: { unreachable: 5, not_found: 2, rate_limited: 0 } },
    });
  });

  it('nothing is deleted where snapshots are kept for ever', async () => {
    const pruned: string[] = [];
    const store: SnapshotStore = { ...createMemoryStore(), prune: async (before) => (pruned.push(before), []) };
    const { run } = createTestEngine([tracked({ targets: ['acme/app'], totals: { 'acme/app': 1 } })], { store, retentionDays: 0 });

    await run();

    expect(pruned).toEqual([]);
  });

  it('what is older than the retention is deleted', async () => {
    const store = createMemoryStore();
    await store.save(['11', '12', '13'].map((day) => reading('dockerhub', 'acme/app', 1, `2026-03-${day}T10:00:00.000Z`)));
    const { run } = createTestEngine([tracked({ targets: ['acme/app'], totals: { 'acme/app': 1 } })], { store, retentionDays: 2 });

    await run();

    expect(await store.days()).toEqual(['2026-03-12', '2026-03-13', '2026-03-14']);
  });

  it.each([
    [true, ['2026-03-11', '2026-03-12', '2026-03-13', '2026-03-14']],
    [false, ['2026-03-12', '2026-03-13', '2026-03-14']],
  ])('the totals of what is deleted stay (%s)', async (keepTotals, expected) => {
    const store = createMemoryStore();
    await store.save(['11', '12', '13'].map((day) => reading('dockerhub', 'acme/app', 1, `2026-03-${day}T10:00:00.000Z`)));
    const registry = tracked({ targets: ['acme/app'], totals: { 'acme/app': 1 } });
    const { run } = createTestEngine([registry], { store, retentionDays: 2, keepTotals });

    await run();

    const [series] = await store.totals({});
    expect(Array.from(series?.days ?? [], fromEpochDay)).toEqual(expected);
  });

  it('a clock that is eleven months ahead deletes nothing, with totals or without', async () => {
    const store = createMemoryStore();
    const days = ['2025-04-12', '2025-04-13', '2025-04-14'];
    await store.save(days.map((day) => reading('dockerhub', 'acme/app', 1, `${day}T10:00:00.000Z`)));
    const registry = tracked({ targets: ['acme/app'], totals: { 'acme/app': 1 } });
    const { run } = createTestEngine([registry], { store, retentionDays: 90, keepTotals: false });

    await run();

    expect(await store.days()).toEqual([...days, '2026-03-14']);
  });

  it('days that lie in the future delete nothing', async () => {
    const store = createMemoryStore();
    const days = ['2026-03-12', '2026-03-13', '2027-02-01', '2027-02-02'];
    await store.save(days.map((day) => reading('dockerhub', 'acme/app', 1, `${day}T10:00:00.000Z`)));
    const { run } = createTestEngine([tracked({ targets: ['acme/app'], totals: { 'acme/app': 1 } })], { store, retentionDays: 10 });

    await run();

    expect(await store.days()).toEqual([...days.slice(0, 2), '2026-03-14', ...days.slice(2)]);
  });

  it('old snapshots that cannot be deleted are logged and shown, and leave the service healthy', async () => {
    const store: SnapshotStore = { ...createMemoryStore(), prune: () => Promise.reject(new AppError('internal', 'read-only')) };
    await store.save([reading('dockerhub', 'acme/app', 1, '2026-03-13T10:00:00.000Z')]);
    const hub = tracked({ targets: ['acme/app'], totals: { 'acme/app': 1 } });
    const { engine, log, run } = createTestEngine([hub], { store, retentionDays: 2 });

    await run();

    expect(engine.status()).toMatchObject({ health: { healthy: true }, retentionError: 'read-only' });
    expect(log.lines).toContainEqual(expect.objectContaining({ level: 'error', fields: expect.objectContaining({ reason: 'read-only' }) }));
  });

  it('a run that was stopped half-way leaves the account and the health as they were', async () => {
    const { engine, marker, run } = createTestEngine([tracked({ targets: ['acme/app'] })]);

    await run(AbortSignal.abort());

    expect(engine.status()).toMatchObject({ runningSince: undefined, registries: [{ state: 'waiting' }] });
    expect(marker.state).toBe('untouched');
  });

  it('the health follows from what was read and stored', async () => {
    const totals: Record<string, number | AppError> = { 'acme/app': new AppError('not_found', 'not there') };
    const { engine, run } = createTestEngine([tracked({ targets: ['acme/app'], totals })]);

    await run();
    const bad = engine.status().health;
    totals['acme/app'] = 10;
    await run();

    expect(bad).toEqual({ healthy: false, reason: 'nothing could be read from Title of dockerhub: not there' });
    expect(engine.status().health.healthy).toBe(true);
  });

  it('those who listen are told of every event, recorded or derived, and one that fails keeps nothing from the others', async () => {
    const store = createMemoryStore();
    await store.save([reading('dockerhub', 'acme/app', 900, '2026-03-13T10:00:00.000Z'), reading('dockerhub', 'acme/gone', 5)]);
    const hub = tracked({ targets: ['acme/*'], totals: { 'acme/app': 1100 }, listings: { acme: listing(['acme/app']) } });
    const ends: RunEnd[] = [];
    const { log, run } = createTestEngine([hub], { store, listeners: [failing, async (end) => void ends.push(end)] });

    await run();

    expect(ends.map(({ run: { id } }) => id)).toEqual(['1']);
    const events = (await ends[0]?.events()) ?? [];
    expect(events.map(({ kind, repo }) => `${kind} ${repo}`).toSorted()).toEqual([
      'first_seen acme/gone',
      'image_gone acme/gone',
      'milestone acme/app',
    ]);
    expect(log.lines).toContainEqual(expect.objectContaining({ level: 'error', message: 'what follows a run has failed' }));
  });
});

describe('while a run is open', () => {
  it('shows it with its progress, and neither is afterwards', async () => {
    const hub = tracked({ targets: ['acme/a', 'acme/b'], totals: { 'acme/a': 1, 'acme/b': 2 }, onRead: async () => look() });
    const { engine, run } = createTestEngine([hub]);
    const seen: unknown[] = [];
    const look = (): void => void seen.push(engine.status().runningSince, engine.status().registries[0]?.progress);

    await run();

    expect(seen).toEqual([start, { done: 0, total: 2 }, start, { done: 1, total: 2 }]);
    expect(engine.status()).toMatchObject({ runningSince: undefined, registries: [{ progress: undefined }] });
  });

  it('the service turns healthy with the first stored reading of each registry', async () => {
    const hub = tracked({ targets: ['acme/a', 'acme/b'], totals: { 'acme/a': 1, 'acme/b': 2 }, onRead: async () => look() });
    const { engine, run } = createTestEngine([hub]);
    const seen: boolean[] = [];
    const look = (): void => void seen.push(engine.status().health.healthy);

    await run();

    expect(seen).toEqual([false, true]);
  });
});

describe('after a restart', () => {
  it.each([
    ['fresh', '2026-03-14T09:30:00.000Z', true],
    ['old', '2026-03-14T07:00:00.000Z', false],
  ])('the service is healthy or not at once, as what is stored is %s', async (_, readAt, healthy) => {
    const store = createMemoryStore();
    await store.save([reading('dockerhub', 'acme/app', 1, readAt)]);
    const hub = tracked({ targets: ['acme/app'], onRead: () => new Promise(() => undefined) });
    const { engine, clock } = createTestEngine([hub], { store });

    engine.start();
    await clock.advance(0);

    expect(engine.status().health.healthy).toBe(healthy);
  });

  it('the last success is when the newest stored total was read, and is overdue two intervals and four hours later', async () => {
    const store = createMemoryStore();
    await store.save([
      reading('dockerhub', 'acme/old', 1, '2026-03-14T06:00:00.000Z'),
      reading('dockerhub', 'acme/app', 1, '2026-03-14T09:30:00.000Z'),
    ]);
    const hub = tracked({ targets: ['acme/app'], onRead: () => new Promise(() => undefined) });
    const day = 24 * 3_600_000;
    const { engine, clock } = createTestEngine([hub], { store, intervalMs: day });

    engine.start();
    await clock.advance(0);

    expect(engine.status()).toMatchObject({
      pollIntervalMs: day,
      registries: [{ state: 'waiting', lastSuccess: '2026-03-14T09:30:00.000Z', overdueAt: '2026-03-16T13:30:00.000Z' }],
    });
  });

  it('a registry without any success is overdue so long after the start', async () => {
    const { engine, clock } = createTestEngine([tracked({ targets: ['acme/app'] })]);
    const startedAt = clock.now();

    const [status] = engine.status().registries;

    expect(status?.lastSuccess).toBeUndefined();
    expect(Date.parse(status?.overdueAt ?? '') - startedAt).toBe(6 * 3_600_000);
  });

  it('nothing is ever overdue where only one run is made', async () => {
    const { engine } = createTestEngine([tracked({ targets: ['acme/app'] })], { intervalMs: 0 });

    expect(engine.status().pollIntervalMs).toBeUndefined();
    expect(engine.status().registries[0]?.overdueAt).toBeUndefined();
  });
});
