/** Sends messages over HTTP, with the program's own client: pace, retries, Retry-After, limits, redirects. */
import { AppError } from '../core/model/errors.ts';
import type { Clock } from '../core/ports.ts';
import type { CreateHttpClient, HttpAnswer } from '../net/http.ts';
import { cleanText } from '../net/clean-text.ts';
import { reasonOf } from '../net/reason.ts';
import { askedWaitMs } from '../net/retry.ts';
import type { ChannelAddress, HttpTarget } from './address.ts';
import type { Channel } from './channel.ts';

export interface HttpChannelDeps {
  readonly createHttpClient: CreateHttpClient;
  readonly clock: Clock;
}

/** Between two messages to one host: the strictest of them, Telegram, allows a message a second and chat. */
const delayMs = 1000;
const maxBytes = 64 * 1024;

export function createHttpChannel(address: ChannelAddress, target: HttpTarget, { createHttpClient, clock }: HttpChannelDeps): Channel {
  const { id, name, kind, host, secrets } = address;
  const { origin, refusals, toMessage } = target;
  const client = createHttpClient({ origins: [origin], delayMs, maxBytes });
  return {
    id,
    name,
    kind,
    host,
    async send(notice, { isTest = false, signal }) {
      const { url, headers, json } = toMessage(notice, clock.now());
      try {
        // That it is the same message again is said by its id.
        const answer = await client.request(url, {
          json,
          headers: { 'idempotency-key': notice.id, ...headers },
          idempotent: true,
          isDelivery: true,
          isSingle: isTest ? true : undefined,
          signal,
        });
        const refusal = refusals.get(answer.status);
        if (answer.status < 200 || answer.status > 299 || refusal !== undefined) throw refusedBy(host, answer, refusal, clock.now());
        return withoutSecrets(describe(answer), secrets);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        // Neither the cause is kept, which may quote the address.
        throw new AppError(error.code, withoutSecrets(error.message, secrets), { retryAfterMs: error.retryAfterMs });
      }
    },
  };
}

function refusedBy(host: string, answer: HttpAnswer, refusal: string | undefined, now: number): AppError {
  const reason = refusal ?? reasonOf(answer.body);
  const message = `${host} answered ${answer.status}${reason === undefined ? '' : `: ${reason}`}`;
  const retryAfterMs = askedWaitMs(answer.headers, now);
  if (answer.status === 429) return new AppError('rate_limited', message, { retryAfterMs });
  if (answer.status >= 500 || answer.status === 408) return new AppError('unreachable', message, { retryAfterMs });
  return new AppError(answer.status === 401 || answer.status === 403 ? 'unauthorized' : 'invalid_response', message, { retryAfterMs });
}

/** `200: ok` */
function describe({ status, body }: HttpAnswer): string {
  const text = reasonOf(body) ?? cleanText(body);
  return text === '' ? String(status) : `${status}: ${text}`;
}

export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.toSorted((a, b) => b.length - a.length).reduce((masked, secret) => masked.replaceAll(secret, '[hidden]'), text);
}
