/** Runs a step again and again until it is stopped, each time after the pause that the last one asked for; two never overlap. */
import type { Clock } from '../core/ports.ts';

export interface SchedulerDeps {
  /** Resolves to the milliseconds until the next, or undefined when there is none; must not throw. */
  readonly step: (signal: AbortSignal) => Promise<number | undefined>;
  readonly clock: Clock;
}

export interface Scheduler {
  /** Starts the first step in the background. */
  start(): void;
  /** The next step begins now, after the one that runs; also where none was to follow. */
  wake(): void;
  /** Stops the running step and resolves once it has ended. */
  stop(): Promise<void>;
}

export function createScheduler({ step, clock }: SchedulerDeps): Scheduler {
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Promise<void> = Promise.resolve();
  let isLooping = false;
  let isWoken = false;
  let pause: AbortController | undefined;

  async function loop(): Promise<void> {
    isLooping = true;
    while (!signal.aborted) {
      isWoken = false;
      const waitMs = await step(signal);
      if (isWoken) continue;
      if (waitMs === undefined) break;
      pause = new AbortController();
      await clock.sleep(waitMs, AbortSignal.any([signal, pause.signal])).catch(() => undefined);
    }
    isLooping = false;
  }

  return {
    start() {
      running = loop();
    },
    wake() {
      if (signal.aborted) return;
      isWoken = true;
      pause?.abort(new Error('there is something to do'));
      if (!isLooping) running = loop();
    },
    async stop() {
      stopping.abort(new Error('the service is stopping'));
      await running;
    },
  };
}
