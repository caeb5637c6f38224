/** The HTTP client of the sources: paced, retried, redirected only where the policy allows it. */
import { AppError, errorFields } from '../core/model/errors.ts';
import type { Clock, LogFields, Logger, Random, SharedPace } from '../core/ports.ts';
import { withOwnAbort } from './deadline.ts';
import { createExchange, type Reply } from './exchange.ts';
import { firstHop, isRedirect, nextHop, type Hop } from './hop.ts';
import type { CreateHttpClient, HttpAnswer, HttpPolicy } from './http.ts';
import { createPacing, plainDuration } from './pacing.ts';
import { askedWaitMs, backoffMs, isRefusal, isRetried, longestWaitMs, maxRetries, quotaWaitMs } from './retry.ts';

export interface HttpClientDeps {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly random: Random;
  readonly userAgent: string;
  readonly log: Logger;
  /** A pace beside the own one, where other processes ask from the same address. */
  readonly sharedPace?: SharedPace | undefined;
  /** For one request and its whole answer, in milliseconds. */
  readonly timeoutMs?: number | undefined;
}

const defaultTimeoutMs = 30_000;
const maxRedirects = 5;

/** Why a try brought no answer that can be handed out. */
interface Failure {
  readonly error: AppError;
  readonly isRateLimit: boolean;
  readonly isWorthRetrying: boolean;
  /** How long the other side asks to wait, in milliseconds. */
  readonly askedMs?: number | undefined;
  readonly fields: LogFields;
}

type Outcome = { readonly answer: HttpAnswer } | { readonly next: Hop } | { readonly failure: Failure };

/** Makes clients that share one pace and one memory of blocked hosts. */
export function createHttpClientFactory(deps: HttpClientDeps): CreateHttpClient {
  const { clock, random, log } = deps;
  const pacing = createPacing(deps);
  const exchange = createExchange({ fetch: deps.fetch, timeoutMs: deps.timeoutMs ?? defaultTimeoutMs });

  /** One try of one hop: an answer, the hop that it redirects to, or a failure. */
  async function tryOnce(policy: HttpPolicy, first: Hop, hop: Hop, signal: AbortSignal): Promise<Outcome> {
    const { host, href } = hop.url;
    await pacing.turn(host, policy, signal);
    let reply: Reply;
    try {
      reply = await exchange(hop, policy.maxBytes, signal);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'unreachable') throw error;
      return { failure: { error, isRateLimit: false, isWorthRetrying: true, fields: errorFields(error) } };
    }
    const { status, headers, body } = reply;
    const quotaMs = quotaWaitMs(headers, clock.now());
    if (quotaMs !== undefined) pause(host, quotaMs, { status });
    const location = headers.get('location');
    if (isRedirect(status) && location !== null) return { next: nextHop(first, hop, { status, location }, policy.origins) };
    const answer: HttpAnswer = { status, headers, body, url: href };
    const isRateLimit = status === 429 || (!isRefusal(status) && policy.isRateLimit?.(answer) === true);
    if (!isRateLimit && !isRefusal(status)) return { answer };
    return { failure: failureOf(host, reply, isRateLimit, clock.now()) };
  }

  /** Waits before the next try, or throws what the request ends with. */
  async function recover(policy: HttpPolicy, hop: Hop, failure: Failure, attempt: number, signal: AbortSignal): Promise<void> {
    const { host } = hop.url;
    const { error, askedMs, isRateLimit, fields } = failure;
    if (askedMs !== undefined) pause(host, askedMs, fields);
    if (askedMs !== undefined && askedMs > longestWaitMs) throw error;
    const mayRetry = failure.isWorthRetrying && (hop.isRepeatable || isRateLimit);
    if (!mayRetry || attempt > maxRetries) {
      if (!isRateLimit || askedMs !== undefined || policy.cooldownMs === undefined) throw error;
      pacing.block(host, policy.cooldownMs, fields);
      throw new AppError('rate_limited', error.message, { retryAfterMs: policy.cooldownMs });
    }
    const waitMs = askedMs ?? backoffMs(attempt, random);
    log.debug('request is tried again', { host, attempt, ...fields, waitMs });
    if (isRateLimit) pacing.hold(host, waitMs);
    else if (askedMs === undefined) await clock.sleep(waitMs, signal);
  }

  /** Short waits are waited, by everyone who asks this host; for long ones the host is left alone. */
  function pause(host: string, waitMs: number, fields: LogFields): void {
    if (waitMs > longestWaitMs) pacing.block(host, waitMs, fields);
    else pacing.hold(host, waitMs);
  }

  async function ask(policy: HttpPolicy, first: Hop, signal: AbortSignal): Promise<HttpAnswer> {
    let hop = first;
    let attempt = 1;
    for (let redirects = 0; ;) {
      const outcome = await tryOnce(policy, first, hop, signal);
      if ('answer' in outcome) return outcome.answer;
      if ('failure' in outcome) {
        await recover(policy, hop, outcome.failure, attempt, signal);
        attempt += 1;
        continue;
      }
      redirects += 1;
      if (redirects > maxRedirects) throw new AppError('invalid_response', `${hop.url.host} redirects more than ${maxRedirects} times`);
      hop = outcome.next;
    }
  }

  return (policy) => ({
    async request(url, request = {}) {
      return withOwnAbort(request.signal, async ({ signal }) =>
        ask(policy, firstHop(url, request, policy.origins, deps.userAgent), signal),
      );
    },
  });
}

function failureOf(host: string, { status, headers }: Reply, isRateLimit: boolean, nowMs: number): Failure {
  const askedMs = askedWaitMs(headers, nowMs);
  const isBlocked = askedMs !== undefined && askedMs > longestWaitMs;
  const what = isRateLimit ? `limits the rate of requests (answered ${status})` : `answered ${status}`;
  const message = isBlocked ? `${host} ${what} and asks to wait ${plainDuration(askedMs)}` : `${host} ${what}`;
  const error = new AppError(isRateLimit || isBlocked ? 'rate_limited' : 'unreachable', message, { retryAfterMs: askedMs });
  return { error, isRateLimit, isWorthRetrying: isRateLimit || isRetried(status), askedMs, fields: { status } };
}
