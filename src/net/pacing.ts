/** Keeps requests to one host apart, and leaves a host alone that asked for it. */
import { AppError, errorFields, toAppError } from '../core/model/errors.ts';
import type { Clock, Logger, LogFields, Random, SharedPace } from '../core/ports.ts';
import { untilAborted } from './deadline.ts';
import type { HttpPolicy } from './http.ts';
import { longestAskedMs, longestWaitMs } from './retry.ts';

export interface PacingDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** A pace beside the own one, where other processes ask from the same address. */
  readonly sharedPace?: SharedPace | undefined;
}

type Pace = Pick<HttpPolicy, 'delayMs' | 'jitter'>;

export interface Pacing {
  /**
   * Resolves when a request to the host may start; callers go one after the other, in the order they came.
   * @throws AppError rate_limited while the host is blocked; the signal's reason when aborted
   */
  turn(host: string, pace: Pace, signal: AbortSignal): Promise<void>;
  /** The next request to the host starts after this time at the earliest. */
  hold(host: string, waitMs: number): void;
  /** Every request to the host is refused for this time, with the code and message of the cause. The fields tell the log why. */
  block(host: string, waitMs: number, fields: LogFields, cause?: AppError): void;
}

interface HostState {
  lastStartMs: number | undefined;
  heldUntilMs: number;
  blockedUntilMs: number;
  /** Why it is blocked; absent: for a rate limit. */
  cause: AppError | undefined;
  /** Settles when the last caller in the queue had its turn. */
  queue: Promise<void>;
}

/** The state is kept per host (with its port) and shared by all clients of a factory. */
export function createPacing({ clock, random, log, sharedPace }: PacingDeps): Pacing {
  const hosts = new Map<string, HostState>();

  function stateOf(host: string): HostState {
    const state = hosts.get(host) ?? {
      lastStartMs: undefined,
      heldUntilMs: 0,
      blockedUntilMs: 0,
      cause: undefined,
      queue: Promise.resolve(),
    };
    hosts.set(host, state);
    followClock(state, clock.now());
    return state;
  }

  function refuseIfBlocked(host: string): void {
    const { blockedUntilMs, cause } = stateOf(host);
    const leftMs = blockedUntilMs - clock.now();
    if (leftMs <= 0) return;
    const why = cause?.message ?? `${host} limits the rate of requests`;
    throw new AppError(cause?.code ?? 'rate_limited', `${why}; the next try is possible in ${plainDuration(leftMs)}`, {
      retryAfterMs: leftMs,
    });
  }

  /** Waits until a request may start; only the caller at the head of the queue is here. */
  async function start(host: string, gapMs: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      refuseIfBlocked(host);
      const state = stateOf(host);
      const { lastStartMs, heldUntilMs } = state;
      const freeAtMs = Math.max(heldUntilMs, lastStartMs === undefined ? 0 : lastStartMs + gapMs);
      const waitMs = freeAtMs - clock.now();
      if (waitMs <= 0) {
        await startShared(host, gapMs, signal);
        state.lastStartMs = clock.now();
        return;
      }
      await clock.sleep(waitMs, signal);
    }
  }

  /** Waits for the others behind the same address. Where they cannot be asked the own pace has to do. */
  async function startShared(host: string, gapMs: number, signal: AbortSignal): Promise<void> {
    const waitMs = await sharedPace?.reserve(host, gapMs).catch((error: unknown) => {
      log.warn('the shared pace cannot be kept', { host, ...errorFields(toAppError(error)) });
      return 0;
    });
    if (waitMs === undefined || waitMs <= 0) return;
    if (waitMs > longestWaitMs) {
      const state = stateOf(host);
      if (state.blockedUntilMs <= clock.now()) state.cause = undefined;
      state.blockedUntilMs = Math.max(state.blockedUntilMs, clock.now() + waitMs);
      refuseIfBlocked(host);
    }
    await clock.sleep(waitMs, signal);
  }

  function holdShared(host: string, waitMs: number): void {
    sharedPace?.hold(host, waitMs).catch((error: unknown) => {
      log.warn('the shared pace cannot be kept', { host, ...errorFields(toAppError(error)) });
    });
  }

  return {
    async turn(host, { delayMs, jitter = 0 }, signal) {
      refuseIfBlocked(host);
      const state = stateOf(host);
      const { queue } = state;
      const gapMs = Math.ceil(delayMs + random() * jitter * delayMs);
      const own = untilAborted(queue, signal).then(() => start(host, gapMs, signal));
      // One who gives up leaves the queue only for himself: those behind still wait for those ahead.
      state.queue = Promise.allSettled([queue, own]).then(() => undefined);
      return own;
    },
    hold(host, waitMs) {
      const state = stateOf(host);
      state.heldUntilMs = Math.max(state.heldUntilMs, clock.now() + waitMs);
      holdShared(host, waitMs);
    },
    block(host, waitMs, fields, cause) {
      const state = stateOf(host);
      const nowMs = clock.now();
      if (state.blockedUntilMs <= nowMs) {
        log.warn('host limits requests and is left alone for a while', { host, waitMs, ...fields });
        state.cause = cause;
      }
      state.blockedUntilMs = Math.max(state.blockedUntilMs, nowMs + waitMs);
      holdShared(host, waitMs);
    },
  };
}

/** A clock that was set back must not turn a short wait into a long one. */
function followClock(state: HostState, nowMs: number): void {
  if (state.lastStartMs !== undefined) state.lastStartMs = Math.min(state.lastStartMs, nowMs);
  state.heldUntilMs = Math.min(state.heldUntilMs, nowMs + longestWaitMs);
  state.blockedUntilMs = Math.min(state.blockedUntilMs, nowMs + longestAskedMs);
}

/** For people, rounded up: `45 s`, `29 min`, `3 h`. */
export function plainDuration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}
