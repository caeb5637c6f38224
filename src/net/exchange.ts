/** One request to one address, and its answer; nothing is followed or tried again here. */
import { AppError } from '../core/model/errors.ts';
import { discardBody, readBody } from './body.ts';
import { withDeadline } from './deadline.ts';
import { isRedirect, type Hop } from './hop.ts';
import { networkFailure } from './network-failure.ts';
import { isRefusal } from './retry.ts';

export interface ExchangeDeps {
  readonly fetch: typeof globalThis.fetch;
  /** For the whole exchange, the body included. */
  readonly timeoutMs: number;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Empty where nobody reads it: in redirects and in answers that are tried again. */
  readonly body: string;
}

/** @throws AppError unreachable (network, timeout), invalid_response (body too large); the signal's reason when aborted */
export type Exchange = (hop: Hop, maxBytes: number, signal: AbortSignal) => Promise<Reply>;

export function createExchange({ fetch, timeoutMs }: ExchangeDeps): Exchange {
  return async (hop, maxBytes, signal) => {
    const { host } = hop.url;
    const onTimeout = (): AppError => new AppError('unreachable', `${host} did not answer within ${timeoutMs / 1000} s`);
    try {
      return await withDeadline({ timeoutMs, onTimeout, signal }, async (ending) => {
        const { method, headers, body = null } = hop;
        const response = await fetch(hop.url.href, { method, headers, body, redirect: 'manual', signal: ending });
        if (isRedirect(response.status) || isRefusal(response.status)) {
          discardBody(response);
          return { status: response.status, headers: response.headers, body: '' };
        }
        return { status: response.status, headers: response.headers, body: await readBody(response, host, maxBytes) };
      });
    } catch (thrown) {
      if (signal.aborted || thrown instanceof AppError) throw thrown;
      throw networkFailure(host, thrown);
    }
  };
}
