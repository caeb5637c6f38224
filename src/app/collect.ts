/** `collect`: one run, without serving anything. */
import type { RunObserver } from '../collect/run.ts';
import type { HealthMarker } from '../collect/health.ts';
import type { Config } from '../config/load.ts';
import { errorFields, toAppError } from '../core/model/errors.ts';
import type { LatestImage } from '../core/model/history.ts';
import type { RunRecord } from '../core/model/run.ts';
import type { CollectorStatus } from '../core/views/status.ts';
import { prepareCollecting } from './collecting.ts';
import { createWorld, type Overrides } from './world.ts';

export interface Collected {
  readonly run: RunRecord;
  readonly status: CollectorStatus;
  /** What is known of every image afterwards. */
  readonly images: readonly LatestImage[];
}

/** What could not be sent until then waits for the next run. */
const maxSendMs = 60_000;

const nowhere: HealthMarker = { set: async () => undefined, clear: async () => undefined };

/** Runs once. With a database it is a run of its own, at the pace that all processes share. @throws AppError when the store cannot be opened */
export async function collectOnce(
  config: Config,
  signal: AbortSignal,
  observer: RunObserver = {},
  overrides: Overrides = {},
): Promise<Collected> {
  const world = createWorld(config, overrides);
  const { store, open, engine, notifier, close } = await prepareCollecting(config, world, {
    marker: nowhere,
    isSingleRun: true,
  });
  try {
    await open(signal);
    const run = await engine.runOnce(signal, observer);
    await notifier?.flush(AbortSignal.any([signal, AbortSignal.timeout(maxSendMs)])).catch((error: unknown) => {
      world.log.warn('notifications could not be sent', errorFields(toAppError(error)));
    });
    return { run, status: engine.status(), images: await store.latest({}) };
  } finally {
    await close();
  }
}
