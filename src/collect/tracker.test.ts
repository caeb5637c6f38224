import { describe, expect, it } from 'vitest';
import { plainDescriptor } from '../../test/support/descriptor.ts';
import { createFixedClock } from '../../test/support/fixed-clock.ts';
import { createRecordingLog } from '../../test/support/recording-log.ts';
import { AppError } from '../core/model/errors.ts';
import type { SnapshotStore } from '../core/ports.ts';
import { createMemoryStore } from '../store/memory.ts';
import type { Collector, Cycle, CycleObserver, RegistryCycle } from './collector.ts';
import type { Health } from './health.ts';
import { createTracker } from './tracker.ts';

const start = '2026-03-14T10:00:00.000Z';

function registryCycle(fields: Partial<RegistryCycle> = {}): RegistryCycle {
  return {
    registry: 'dockerhub',
    imagesRead: 2,
    readRepos: [],
    unlisted: [],
    failures: [],
    listings: [],
    doubts: [],
    durationMs: 1500,
    ...fields,
  };
}

function setUp(registries: readonly RegistryCycle[], options: { readonly store?: SnapshotStore; readonly retentionDays?: number } = {}) {
  const clock = createFixedClock(start, { manual: true });
  const log = createRecordingLog();
  const judged: Cycle[] = [];
  const during: { look: (observer: CycleObserver) => void } = { look: () => undefined };
  const collector: Collector = {
    async run(signal, observer = {}) {
      during.look(observer);
      for (const cycle of registries) observer.onRegistryDone?.(cycle);
      return { startedAt: clock.now(), durationMs: 0, registries, interrupted: signal.aborted };
    },
  };
  const health: Health = {
    report: () => ({ healthy: true, reason: '' }),
    judge: async (cycle) => void judged.push(cycle),
    fail: async () => undefined,
  };
  const tracker = createTracker({
    collector,
    health,
    clock,
    log,
    store: options.store ?? createMemoryStore(),
    descriptors: [plainDescriptor('dockerhub'), plainDescriptor('ghcr')],
    tracked: new Set(['dockerhub']),
    retentionDays: options.retentionDays ?? 0,
  });
  return { tracker, clock, log, judged, during };
}

const never = new AbortController().signal;

describe('the tracker', () => {
  it('shows a registry as waiting before its first cycle, as off when nothing is configured for it, and its account afterwards', async () => {
    const { tracker } = setUp([registryCycle()]);
    expect(tracker.registries().map(({ state }) => state)).toEqual(['waiting', 'off']);

    await tracker.runCycle(never);

    expect(tracker.registries()[0]).toMatchObject({
      state: 'ok',
      imagesRead: 2,
      imagesFailed: 0,
      lastSuccess: start,
      lastDurationMs: 1500,
    });
  });

  it.each([
    ['failing', { imagesRead: 0 }],
    ['degraded', { failures: [{ repo: 'acme/app', code: 'not_found', message: '', missing: 'total' }] }],
    [
      'frozen',
      {
        doubts: [
          { repo: 'acme/a', doubt: 'restated' },
          { repo: 'acme/b', doubt: 'frozen' },
        ],
      },
    ],
    ['restated', { doubts: [{ repo: 'acme/a', doubt: 'restated' }] }],
    ['degraded', { listings: [{ owner: 'acme', listed: 1, expected: 2, complete: false }] }],
    ['ok', { listings: [{ owner: 'acme', listed: 2, expected: 2, complete: true }] }],
  ] as const)('calls a registry %s after %o', async (state, fields) => {
    const { tracker } = setUp([registryCycle(fields)]);

    await tracker.runCycle(never);

    expect(tracker.registries()[0]?.state).toBe(state);
  });

  it('counts an image whose total was read as read, though details failed', async () => {
    const { tracker, log } = setUp([
      registryCycle({
        failures: [
          { repo: 'acme/app', code: 'unreachable', message: '', missing: 'details' },
          { repo: 'acme/tool', code: 'unreachable', message: '', missing: 'total' },
        ],
      }),
    ]);

    await tracker.runCycle(never);

    expect(tracker.registries()[0]?.imagesFailed).toBe(1);
    expect(log.lines).toContainEqual({
      level: 'info',
      message: 'registry done',
      fields: { registry: 'dockerhub', read: 2, failed: 1, durationMs: 1500 },
    });
  });

  it('sums cycles, and failed images by their reason, since the start', async () => {
    const failures = [
      { repo: 'acme/a', code: 'unreachable', message: '', missing: 'total' },
      { repo: 'acme/b', code: 'unreachable', message: '', missing: 'total' },
      { repo: 'acme/c', code: 'not_found', message: '', missing: 'total' },
      { repo: 'acme/d', code: 'rate_limited', message: '', missing: 'details' },
    ] as const;
    const cycles = [registryCycle({ failures })];
    const { tracker, clock } = setUp(cycles);

    await tracker.runCycle(never);
    cycles[0] = registryCycle({ imagesRead: 0, failures: failures.slice(0, 1) });
    await clock.advance(3_600_000);
    await tracker.runCycle(never);

    expect(tracker.registries()[0]).toMatchObject({
      lastSuccess: start,
      totals: { cycles: { ok: 1, failed: 1 }, errors: { unreachable: 3, not_found: 1, rate_limited: 0 } },
    });
  });

  it('deletes nothing where snapshots are kept for ever', async () => {
    const pruned: string[] = [];
    const store: SnapshotStore = { ...createMemoryStore(), prune: async (before) => (pruned.push(before), []) };
    const { tracker } = setUp([registryCycle()], { store, retentionDays: 0 });

    await tracker.runCycle(never);

    expect(pruned).toEqual([]);
  });

  it('shows the running cycle and its progress, and neither afterwards', async () => {
    const { tracker, during } = setUp([registryCycle()]);
    const seen: unknown[] = [];
    during.look = (observer) => {
      observer.onProgress?.('dockerhub', { done: 3, total: 9 });
      seen.push(tracker.runningSince(), tracker.registries()[0]?.progress);
    };

    await tracker.runCycle(never);

    expect(seen).toEqual([start, { done: 3, total: 9 }]);
    expect(tracker.runningSince()).toBeUndefined();
    expect(tracker.registries()[0]?.progress).toBeUndefined();
  });

  it('keeps the account before when a cycle is stopped half-way, and does not judge it', async () => {
    const { tracker, judged } = setUp([registryCycle({ imagesRead: 0 })]);
    const stopped = new AbortController();
    stopped.abort();

    await tracker.runCycle(stopped.signal);

    expect(tracker.registries()[0]?.state).toBe('waiting');
    expect(judged).toEqual([]);
  });

  it('deletes what is older than the retention, before the health is judged', async () => {
    const store = createMemoryStore();
    for (const day of ['2026-03-11', '2026-03-12', '2026-03-13']) {
      await store.save([{ registry: 'dockerhub', repo: 'acme/app', pullCount: 1, readAt: `${day}T10:00:00.000Z` }]);
    }
    const { tracker, judged } = setUp([registryCycle()], { store, retentionDays: 2 });

    await tracker.runCycle(never);

    expect(await store.days()).toEqual(['2026-03-12', '2026-03-13']);
    expect(judged).toHaveLength(1);
  });

  it('goes on when old snapshots cannot be deleted, and logs it', async () => {
    const store: SnapshotStore = { ...createMemoryStore(), prune: () => Promise.reject(new AppError('internal', 'read-only')) };
    const { tracker, judged, log } = setUp([registryCycle()], { store, retentionDays: 2 });

    await tracker.runCycle(never);

    expect(judged).toHaveLength(1);
    expect(log.lines).toContainEqual(expect.objectContaining({ level: 'error', fields: expect.objectContaining({ reason: 'read-only' }) }));
  });
});
