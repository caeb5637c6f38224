/** A fetch that gives prepared answers in order and keeps what it was asked. */
import type { Clock } from '../../core/ports.ts';

/** An answer, an error to reject with, or something that is worked out when it is asked for. */
export type Step = Response | Error | ((signal: AbortSignal) => Response | Promise<Response>);

interface Call {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
  /** Milliseconds from the first request to this one. */
  readonly afterMs: number;
}

export interface ScriptedFetch {
  readonly fetch: typeof globalThis.fetch;
  readonly calls: readonly Call[];
}

export function createScriptedFetch(clock: Clock, steps: readonly Step[]): ScriptedFetch {
  const calls: Call[] = [];
  let startMs: number | undefined;
  return {
    calls,
    async fetch(input, init) {
      startMs ??= clock.now();
      const request = new Request(input, init);
      const { url, method, headers, signal } = request;
      calls.push({ url, method, headers, body: await request.text(), afterMs: clock.now() - startMs });
      const step = steps[calls.length - 1];
      if (step === undefined) throw new Error(`request ${calls.length} has no answer in the script`);
      if (step instanceof Error) throw step;
      return step instanceof Response ? step : step(signal);
    },
  };
}

/** What fetch throws when the network fails: all that matters is the code of the cause. */
export function networkError(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(`connect ${code}`), { code }) });
}
