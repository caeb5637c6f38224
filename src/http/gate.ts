/** Lets a few in at once; some wait for a limited time, and the others are refused. */
import { AppError } from '../core/model/errors.ts';

export interface Gate {
  /** Does the work once there is a place for it. @throws AppError overloaded */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export interface GateLimits {
  readonly maxAtOnce: number;
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
}

/** Calls back once after so many milliseconds, unless the function that it returns is called before. */
export type Timer = (ms: number, action: () => void) => () => void;

/** The real one; it keeps no process alive. */
export const nodeTimer: Timer = (ms, action) => {
  const timer = setTimeout(action, ms);
  timer.unref();
  return () => clearTimeout(timer);
};

/** When a client that was refused should try again. */
export const retryAfterMs = 5_000;

export function overloaded(): AppError {
  return new AppError('overloaded', 'too many answers are being made or sent at the moment: try again in some seconds', { retryAfterMs });
}

export function createGate({ maxAtOnce, maxWaiting, maxWaitMs }: GateLimits, timer: Timer): Gate {
  const waiting = new Set<() => void>();
  let inside = 0;

  function wait(): Promise<void> {
    if (waiting.size >= maxWaiting) return Promise.reject(overloaded());
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        waiting.delete(enter);
        stop();
        resolve();
      };
      const stop = timer(maxWaitMs, () => {
        waiting.delete(enter);
        reject(overloaded());
      });
      waiting.add(enter);
    });
  }

  return {
    async run(work) {
      if (inside < maxAtOnce) inside += 1;
      else await wait();
      try {
        return await work();
      } finally {
        // The place goes to whoever waits: nobody who comes now is faster.
        const [first] = waiting;
        if (first) first();
        else inside -= 1;
      }
    },
  };
}
