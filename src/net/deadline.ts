/** Ends waiting early: when a signal is aborted, or when the time is up. */

/** Settles as the promise does, or rejects with the signal's reason as soon as that is aborted. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject: (reason: unknown) => void) => {
    const abort = (): void => reject(signal.reason);
    const leave = (): void => signal.removeEventListener('abort', abort);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(leave);
  });
}

/**
 * Runs with a controller of its own that is aborted with the given signal, and rejects then even if `run` takes no notice.
 * However much waits inside, the given signal has one listener: Node warns of a leak when the signal of a whole run has more than 10.
 */
export async function withOwnAbort<T>(signal: AbortSignal | undefined, run: (own: AbortController) => Promise<T>): Promise<T> {
  signal?.throwIfAborted();
  const own = new AbortController();
  const abort = (): void => own.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await untilAborted(run(own), own.signal);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** Calls back after so many milliseconds, unless what it returns is called before. */
export type StartTimer = (ms: number, onEnd: () => void) => () => void;

/** The real one, as what a deadline guards is a socket. */
export const systemTimer: StartTimer = (ms, onEnd) => {
  const timer = setTimeout(onEnd, ms);
  return () => clearTimeout(timer);
};

export interface Deadline {
  readonly timeoutMs: number;
  /** What it rejects with when the time is up. */
  readonly onTimeout: () => Error;
  readonly signal: AbortSignal;
  readonly startTimer?: StartTimer | undefined;
}

/** Runs with a signal that is aborted when the time is up too. The timer never stays behind. */
export function withDeadline<T>(
  { timeoutMs, onTimeout, signal, startTimer = systemTimer }: Deadline,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return withOwnAbort(signal, async (own) => {
    const stop = startTimer(timeoutMs, () => own.abort(onTimeout()));
    own.signal.addEventListener('abort', stop, { once: true });
    try {
      return await run(own.signal);
    } finally {
      stop();
    }
  });
}
