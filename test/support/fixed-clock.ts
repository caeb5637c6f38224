/** A clock that stands still: a test moves it, or a sleep does. */
import type { Clock } from '../../src/core/ports.ts';

export interface FixedClock extends Clock {
  /** Every sleep that began, in milliseconds, in order. */
  readonly sleeps: readonly number[];
  /** Moves the time on; those whose sleep ends until then go on in the order of time, each at its own moment. */
  advance(ms: number): Promise<void>;
}

export interface FixedClockOptions {
  /** Sleeps stay pending until `advance`; by default a sleep moves the time on by itself and ends at once. */
  readonly manual?: boolean;
}

interface Sleeper {
  readonly endsAt: number;
  readonly wake: () => void;
}

/** A clock that starts at this ISO 8601 moment. */
export function createFixedClock(startIso: string, { manual = false }: FixedClockOptions = {}): FixedClock {
  let nowMs = Date.parse(startIso);
  if (Number.isNaN(nowMs)) throw new TypeError(`not a moment: ${startIso}`);
  const sleeps: number[] = [];
  const sleepers = new Set<Sleeper>();

  function untilAdvanced(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject: (reason: unknown) => void) => {
      const leave = (): void => {
        sleepers.delete(sleeper);
        signal?.removeEventListener('abort', abort);
      };
      const abort = (): void => {
        leave();
        reject(signal?.reason);
      };
      const wake = (): void => {
        leave();
        resolve();
      };
      const sleeper: Sleeper = { endsAt: nowMs + ms, wake };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /** Of equals the one that slept first. */
  function nextDue(untilMs: number): Sleeper | undefined {
    let next: Sleeper | undefined;
    for (const sleeper of sleepers) {
      if (sleeper.endsAt <= untilMs && (!next || sleeper.endsAt < next.endsAt)) next = sleeper;
    }
    return next;
  }

  return {
    sleeps,
    now: () => nowMs,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      sleeps.push(ms);
      if (manual) return untilAdvanced(Math.max(0, ms), signal);
      nowMs += Math.max(0, ms);
      // A whole turn: otherwise a loop that only sleeps would keep sockets and files waiting for ever.
      return eventLoopTurn();
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await eventLoopTurn();
      for (let sleeper = nextDue(untilMs); sleeper; sleeper = nextDue(untilMs)) {
        nowMs = Math.max(nowMs, sleeper.endsAt);
        sleeper.wake();
        await eventLoopTurn();
      }
      nowMs = untilMs;
    },
  };
}

/** Lets every microtask run that is there or follows. */
function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
