/** One request to one address, and its answer; nothing is followed or tried again here. */
import { AppError } from '../core/model/errors.ts';
import { discardBody, readBody, readStart } from './body.ts';
import { withDeadline, type StartTimer } from './deadline.ts';
import { isRedirect, type Hop } from './hop.ts';
import { networkFailure } from './network-failure.ts';
import { isTransientStatus } from './retry.ts';

export interface ExchangeDeps {
  readonly fetch: typeof globalThis.fetch;
  /** For the whole exchange, the body included. */
  readonly timeoutMs: number;
  readonly startTimer?: StartTimer | undefined;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Empty in redirects, and only its beginning in answers that are never handed out. */
  readonly body: string;
}

/** What is read of a body whose beginning is enough, and for how long. */
const startBytes = 8192;
const startTimeoutMs = 2000;

/** @throws AppError unreachable (network, timeout), invalid_response (body too large); the signal's reason when aborted */
export type Exchange = (hop: Hop, limits: ReadLimits, signal: AbortSignal) => Promise<Reply>;

export interface ReadLimits {
  readonly maxBytes: number;
  /** Whether the beginning of the body will do, also when the rest is too much or does not come. */
  readonly isStartEnough: boolean;
}

export function createExchange({ fetch, timeoutMs, startTimer }: ExchangeDeps): Exchange {
  /** What has been said with the status is not held up by a body that does not come. */
  async function startOfBody(response: Response, signal: AbortSignal): Promise<string> {
    const limit = { timeoutMs: Math.min(startTimeoutMs, timeoutMs / 4), onTimeout: bodyMissing, signal, startTimer };
    return withDeadline(limit, (ending) => readStart(response, startBytes, ending)).catch(() => '');
  }

  return async (hop, { maxBytes, isStartEnough }, signal) => {
    const { host } = hop.url;
    const onTimeout = (): AppError => new AppError('unreachable', `${host} did not answer within ${timeoutMs / 1000} s`);
    try {
      return await withDeadline({ timeoutMs, onTimeout, signal, startTimer }, async (ending) => {
        const { method, headers, body = null } = hop;
        const response = await fetch(hop.url.href, { method, headers, body, redirect: 'manual', signal: ending });
        const { status, headers: given } = response;
        if (isRedirect(status)) {
          discardBody(response);
          return { status, headers: given, body: '' };
        }
        if (isStartEnough || isTransientStatus(status)) return { status, headers: given, body: await startOfBody(response, ending) };
        return { status, headers: given, body: await readBody(response, host, maxBytes) };
      });
    } catch (thrown) {
      if (signal.aborted || thrown instanceof AppError) throw thrown;
      throw networkFailure(host, thrown);
    }
  };
}

function bodyMissing(): AppError {
  return new AppError('unreachable', 'the body of an answer did not come');
}
