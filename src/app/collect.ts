/** `collect`: one run, without serving anything. */
import type { Cycle, CycleObserver } from '../collect/collector.ts';
import type { HealthMarker } from '../collect/health.ts';
import type { Config } from '../config/load.ts';
import type { LatestImage } from '../core/model/history.ts';
import { openTracking } from './collecting.ts';
import { createWorld, type Overrides } from './world.ts';

export interface Collected {
  readonly cycle: Cycle;
  /** What is known of every image afterwards. */
  readonly images: readonly LatestImage[];
}

/** Runs one cycle without serving anything. @throws AppError when the store cannot be opened */
export async function collectOnce(
  config: Config,
  signal: AbortSignal,
  observer: CycleObserver = {},
  overrides: Overrides = {},
): Promise<Collected> {
  const nowhere: HealthMarker = { set: async () => undefined, clear: async () => undefined };
  const { store, tracker } = await openTracking(config, createWorld(config, overrides), nowhere);
  try {
    const cycle = await tracker.runCycle(signal, observer);
    return { cycle, images: await store.latest({}) };
  } finally {
    await store.close();
  }
}
