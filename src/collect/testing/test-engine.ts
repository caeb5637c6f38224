/** An engine over a store in memory, whose time a test moves. */
import { createFixedClock, type FixedClock } from '../../../test/support/fixed-clock.ts';
import { createRecordingLog } from '../../../test/support/recording-log.ts';
import type { RegistryDescriptor } from '../../core/model/registry.ts';
import type { RunRecord } from '../../core/model/run.ts';
import type { SnapshotStore, WorkList } from '../../core/ports.ts';
import { createMemoryStore } from '../../store/memory.ts';
import { createEngine, type Engine, type EngineDeps } from '../engine.ts';
import { createHealth, type HealthMarker } from '../health.ts';
import type { TrackedRegistry } from '../plan.ts';
import type { RunObserver } from '../run.ts';
import { createWorkList } from '../work-list.ts';
import { start } from './fake-registry.ts';

export const never = new AbortController().signal;

export interface TestEngineOptions extends Partial<
  Pick<EngineDeps, 'retentionDays' | 'keepTotals' | 'backfill' | 'isCollector' | 'listeners'>
> {
  readonly store?: SnapshotStore;
  readonly clock?: FixedClock;
  /** Of the shared ones, where several engines work together. */
  readonly list?: WorkList;
  /** In the order in which they are shown; those that are tracked where absent. */
  readonly descriptors?: readonly RegistryDescriptor[];
  readonly intervalMs?: number;
  /** Waits until a store on a real medium is idle: the time of the clock stands still meanwhile. */
  readonly idle?: () => Promise<void>;
}

export interface TestEngine {
  readonly engine: Engine;
  readonly clock: FixedClock;
  readonly log: ReturnType<typeof createRecordingLog>;
  readonly store: SnapshotStore;
  readonly list: WorkList;
  /** What the health marker says. */
  readonly marker: { state: string };
  /** Runs once, due or not, and moves the time on until the run has ended. */
  readonly run: (signal?: AbortSignal, observer?: RunObserver) => Promise<RunRecord>;
}

export function createTestEngine(registries: readonly TrackedRegistry[], options: TestEngineOptions = {}): TestEngine {
  const { store = createMemoryStore(), clock = createFixedClock(start, { manual: true }), intervalMs = 3_600_000 } = options;
  const log = createRecordingLog();
  const own = options.list ?? createWorkList({ clock, random: () => 0.5, intervalMs });
  const titles = new Map(registries.map(({ descriptor: { id, title } }) => [id, title]));
  const marker = { state: 'untouched' };
  const file: HealthMarker = {
    set: async (maxAgeMs) => void (marker.state = `set for ${maxAgeMs}`),
    clear: async (reason) => void (marker.state = `cleared: ${reason}`),
  };
  const make = (list: WorkList): Engine =>
    createEngine({
      registries,
      descriptors: options.descriptors ?? registries.map(({ descriptor }) => descriptor),
      list,
      store,
      health: createHealth({ marker: file, clock, intervalMs, titles }),
      clock,
      log,
      isCollector: options.isCollector ?? true,
      intervalMs,
      backfill: options.backfill ?? false,
      retentionDays: options.retentionDays ?? 0,
      keepTotals: options.keepTotals ?? true,
      listeners: options.listeners,
    });
  const impatience = { on: false };
  const list: WorkList = {
    ...own,
    async open() {
      let opened = await own.open();
      while (impatience.on && !('run' in opened)) opened = await own.open();
      return opened;
    },
  };
  const engine = make(list);
  return {
    engine,
    clock,
    log,
    store,
    list,
    marker,
    run(signal = never, observer = {}) {
      impatience.on = true;
      return untilSettled(clock, engine.runOnce(signal, observer), options.idle);
    },
  };
}

const limitMs = 7_200_000;

/** Moves the time on until the promise is settled. */
export async function untilSettled<T>(clock: FixedClock, promise: Promise<T>, idle = async (): Promise<void> => undefined): Promise<T> {
  const state = { isSettled: false };
  const settle = (): void => void (state.isSettled = true);
  promise.then(settle, settle);
  await clock.advance(0);
  const endsAt = clock.now() + limitMs;
  while (!state.isSettled && clock.now() < endsAt) {
    await idle();
    await clock.advance(500);
  }
  if (!state.isSettled) throw new Error('it has not ended within two hours');
  return promise;
}
