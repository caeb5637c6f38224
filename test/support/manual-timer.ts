/** Timers that a test lets run out. */
import type { Timer } from '../../src/http/gate.ts';

export interface ManualTimer {
  readonly timer: Timer;
  readonly now: () => number;
  /** Moves the time on; timers run out in the order of their time. */
  advance(ms: number): void;
}

export function createManualTimer(): ManualTimer {
  const timers = new Set<{ readonly at: number; readonly action: () => void }>();
  let nowMs = 0;
  return {
    now: () => nowMs,
    timer(ms, action) {
      const timer = { at: nowMs + ms, action };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(ms) {
      const until = nowMs + ms;
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at);
        if (!next) break;
        nowMs = next.at;
        timers.delete(next);
        next.action();
      }
      nowMs = until;
    },
  };
}
