/** One cycle: every registry side by side, readings saved as they come, and an account of it all at the end. */
import { errorFields, toAppError, type AppError } from '../core/model/errors.ts';
import { isRepo } from '../core/model/image-ref.ts';
import { isInconsistent } from '../core/model/mark.ts';
import type { Reading } from '../core/model/reading.ts';
import type { Clock, Logger, SnapshotStore, Source } from '../core/ports.ts';
import type { RegistryDescriptor, RegistrySettings } from '../core/model/registry.ts';
import { currentImages } from '../core/views/summary.ts';
import type { ImageDoubt, Progress } from '../core/model/outcome.ts';
import { diagnose } from './diagnosis.ts';
import { createOutbox } from './outbox.ts';
import { createPast } from './past.ts';
import { createWatch } from './watch.ts';
import { collectRegistry, type RegistryResult } from './registry-cycle.ts';

export interface TrackedRegistry {
  readonly descriptor: RegistryDescriptor;
  readonly settings: RegistrySettings;
  readonly source: Source;
}

export interface CollectorDeps {
  /** Those that something is configured for. */
  readonly registries: readonly TrackedRegistry[];
  readonly store: SnapshotStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Absent: days before the first read are not reconstructed. */
  readonly backfill?: { readonly retentionDays: number } | undefined;
}

export interface RegistryCycle extends RegistryResult {
  readonly registry: string;
  readonly diagnosis?: string | undefined;
  /** Images whose total contradicts the registry's own days. */
  readonly doubts: readonly ImageDoubt[];
  readonly durationMs: number;
}

export interface Cycle {
  readonly startedAt: number;
  readonly durationMs: number;
  readonly registries: readonly RegistryCycle[];
  /** Set when what was read could not be stored. */
  readonly saveError?: AppError | undefined;
  /** Whether it was stopped before its end; what it read is stored all the same. */
  readonly interrupted: boolean;
}

export interface CycleObserver {
  readonly onProgress?: (registry: string, progress: Progress) => void;
  readonly onRegistryDone?: (cycle: RegistryCycle) => void;
}

export interface Collector {
  /** Runs one cycle. Never throws: what fails is told in the result. Must not be called while another call runs. */
  run(signal: AbortSignal, observer?: CycleObserver): Promise<Cycle>;
}

const progressLogMs = 10_000;

export function createCollector({ registries, store, clock, log, backfill }: CollectorDeps): Collector {
  // Outlives the cycle, so that readings which could not be stored are tried again with the next one's.
  const outbox = createOutbox({ store, clock, log });
  const watch = createWatch({ store, clock, log, backfill: backfill !== undefined });
  const withPast = createPast({ store, clock, log, backfill });

  async function knownImages(registry: string, owner: string): Promise<string[]> {
    try {
      const images = await store.latest({ registries: new Set([registry]) });
      const newestDay = (await store.days()).at(-1);
      const current = newestDay === undefined ? [] : currentImages(images, newestDay);
      return current.map(({ repo }) => repo).filter((repo) => repo.startsWith(`${owner}/`) && isRepo(repo));
    } catch (error) {
      log.warn('stored images cannot be listed', { registry, owner, ...errorFields(toAppError(error)) });
      return [];
    }
  }

  async function runRegistry(tracked: TrackedRegistry, signal: AbortSignal, observer: CycleObserver): Promise<RegistryCycle> {
    const { descriptor, settings, source } = tracked;
    const registry = descriptor.id;
    const startedAt = clock.now();
    const doubts = new Map<string, ImageDoubt>();
    const keep = async (readings: readonly Reading[]): Promise<void> => {
      const all = await Promise.all(readings.map(withPast));
      for (const { repo, mark } of all.flat()) if (isInconsistent(mark)) doubts.set(repo, { repo, doubt: mark });
      outbox.note(readings.flatMap((reading) => watch.onReading(reading)));
      await outbox.add(all.flat());
    };
    const result = await collectRegistry(
      {
        source,
        targets: settings.targets,
        knownImages: (owner) => knownImages(registry, owner),
        onReadings: keep,
        onProgress: (progress) => observer.onProgress?.(registry, progress),
        log,
      },
      signal,
    );
    const diagnosis = diagnose(descriptor.title, result.imagesRead, result.failures);
    if (diagnosis !== undefined) log.error('registry is in trouble', { registry, diagnosis });
    // A part that was cut short says nothing about what it did not reach.
    if (!signal.aborted) outbox.note(watch.onRegistryDone({ ...result, registry, diagnosis }));
    const cycle = { ...result, registry, diagnosis, doubts: [...doubts.values()], durationMs: clock.now() - startedAt };
    observer.onRegistryDone?.(cycle);
    return cycle;
  }

  return {
    async run(signal, observer = {}) {
      const startedAt = clock.now();
      const progress = new Map<string, Progress>();
      const watched: CycleObserver = {
        ...observer,
        onProgress(registry, step) {
          progress.set(registry, step);
          observer.onProgress?.(registry, step);
        },
      };
      const stopLogging = logProgress(progress, clock, log);
      await watch.prepare(registries.map(({ descriptor }) => descriptor.id));
      const cycles = await Promise.all(registries.map((tracked) => runRegistry(tracked, signal, watched)));
      stopLogging();
      const saveError = await outbox.flush();
      return { startedAt, durationMs: clock.now() - startedAt, registries: cycles, saveError, interrupted: signal.aborted };
    },
  };
}

/** Logs how far the cycle is every ten seconds until the returned function is called. */
function logProgress(progress: ReadonlyMap<string, Progress>, clock: Clock, log: Logger): () => void {
  const finished = new AbortController();
  const loop = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(progressLogMs, finished.signal);
      for (const [registry, { done, total }] of progress) log.info('cycle is running', { registry, done, total });
    }
  };
  loop().catch(() => undefined);
  return () => finished.abort();
}
