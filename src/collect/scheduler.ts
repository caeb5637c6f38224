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
  /** Stops the running step and resolves once it has ended. */
  stop(): Promise<void>;
}

export function createScheduler({ step, clock }: SchedulerDeps): Scheduler {
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Promise<void> = Promise.resolve();

  async function loop(): Promise<void> {
    while (!signal.aborted) {
      const waitMs = await step(signal);
      if (waitMs === undefined) return;
      await clock.sleep(waitMs, signal).catch(() => undefined);
    }
  }

  return {
    start() {
      running = loop();
    },
    async stop() {
      stopping.abort(new Error('the service is stopping'));
      await running;
    },
  };
}
