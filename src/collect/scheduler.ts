/** Runs cycles one after the other, from the start until it is stopped; two never overlap. */
import type { Clock, Random } from '../core/ports.ts';

export interface SchedulerDeps {
  /** One cycle and all that follows it; must not throw. */
  readonly runCycle: (signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
  readonly random: Random;
  /** From the end of one cycle to the start of the next, ±10 %; 0 runs one cycle only. */
  readonly intervalMs: number;
}

export interface Scheduler {
  /** Starts the first cycle in the background. */
  start(): void;
  /** Stops the running cycle and resolves once it has ended. */
  stop(): Promise<void>;
  /** When the next cycle starts, in milliseconds since the epoch; undefined while one runs or when none is planned. */
  nextCycleAt(): number | undefined;
}

/** Part of the interval by which a cycle may start earlier or later. */
export const jitter = 0.1;

export function createScheduler({ runCycle, clock, random, intervalMs }: SchedulerDeps): Scheduler {
  const stopping = new AbortController();
  const { signal } = stopping;
  let nextAt: number | undefined;
  let running: Promise<void> = Promise.resolve();

  async function loop(): Promise<void> {
    while (!signal.aborted) {
      await runCycle(signal);
      if (intervalMs === 0) return;
      const waitMs = intervalMs * (1 - jitter + 2 * jitter * random());
      nextAt = clock.now() + waitMs;
      await clock.sleep(waitMs, signal).catch(() => undefined);
      nextAt = undefined;
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
    nextCycleAt: () => nextAt,
  };
}
