/** The HTTP client of the sources: paced, retried, redirected only where the policy allows it. */
import { AppError, errorFields } from '../core/model/errors.ts';
import type { Clock, LogFields, Logger, Random, SharedPace } from '../core/ports.ts';
import { isBotProtection } from './bot-protection.ts';
import { createCircuit } from './circuit.ts';
import { withOwnAbort, type StartTimer } from './deadline.ts';
import { createExchange, type Reply } from './exchange.ts';
import { firstHop, isRedirect, nextHop, type Hop } from './hop.ts';
import type { CreateHttpClient, HttpAnswer, HttpPolicy, HttpRequest } from './http.ts';
import { createPacing, plainDuration } from './pacing.ts';
import { reasonOf } from './reason.ts';
import { askedWaitMs, backoffMs, isTransientStatus, isRetried, longestBackoffMs, longestWaitMs, maxRetries, quotaWaitMs } from './retry.ts';

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
  /** What measures `timeoutMs`; the system's timer by default. */
  readonly startTimer?: StartTimer | undefined;
}

const defaultTimeoutMs = 30_000;
const maxRedirects = 5;

/** Why a try brought no answer that can be handed out. */
interface Failure {
  readonly error: AppError;
  readonly isRateLimit: boolean;
  /** Whether it is this client that is refused, whatever was asked. */
  readonly isRefusal: boolean;
  readonly isWorthRetrying: boolean;
  /** How long the other side asks to wait, in milliseconds. */
  readonly askedMs?: number | undefined;
  readonly fields: LogFields;
}

type Outcome = { readonly answer: HttpAnswer } | { readonly next: Hop } | { readonly failure: Failure };

/** What stays the same from one hop and one try to the next. */
interface Exchanging {
  readonly policy: HttpPolicy;
  readonly request: HttpRequest;
  readonly first: Hop;
  readonly signal: AbortSignal;
}

/** Makes clients that share one pace and one memory of hosts that refuse. */
export function createHttpClientFactory(deps: HttpClientDeps): CreateHttpClient {
  const { clock, random, log } = deps;
  const pacing = createPacing(deps);
  const circuit = createCircuit();
  const exchange = createExchange({ fetch: deps.fetch, timeoutMs: deps.timeoutMs ?? defaultTimeoutMs, startTimer: deps.startTimer });

  /** One try of one hop: an answer, the hop that it redirects to, or a failure. */
  async function tryOnce({ policy, request, first, signal }: Exchanging, hop: Hop): Promise<Outcome> {
    const { host, href } = hop.url;
    await pacing.turn(host, policy, signal);
    let reply: Reply;
    try {
      const limits = { maxBytes: request.maxBytes ?? policy.maxBytes, isStartEnough: request.isDelivery === true };
      reply = await exchange(hop, limits, signal);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'unreachable') throw error;
      return { failure: { error, isRateLimit: false, isRefusal: false, isWorthRetrying: true, fields: errorFields(error) } };
    }
    const { status, headers, body } = reply;
    const quotaMs = request.isSingle ? undefined : quotaWaitMs(headers, clock.now());
    if (quotaMs !== undefined) pause(host, quotaMs, { status });
    const location = headers.get('location');
    if (isRedirect(status) && location !== null) {
      const next = nextHop(first, hop, { status, location }, policy.origins);
      if (request.isDelivery && next.body === undefined)
        throw new AppError('invalid_response', `${host} redirects what was sent (answered ${status})`);
      return { next };
    }
    const answer: HttpAnswer = { status, headers, body, url: href };
    if (request.isSingle) return { answer };
    const failure = toFailure(answer, hop, policy, clock.now());
    if (!failure) circuit.noteAnswer(host);
    return failure ? { failure } : { answer };
  }

  /** Waits before the next try, or throws what the request ends with. */
  async function recover({ policy, request, signal }: Exchanging, hop: Hop, failure: Failure, attempt: number): Promise<void> {
    const { host } = hop.url;
    const { error, askedMs, isRateLimit, fields } = failure;
    if (askedMs !== undefined) pause(host, askedMs, fields);
    if (askedMs !== undefined && askedMs > longestWaitMs) throw error;
    const mayRetry = failure.isWorthRetrying && (hop.isRepeatable || isRateLimit) && !request.isSingle;
    // A host that refused the request before as well is not asked four times for each further image.
    const isHopeless = failure.isRefusal && askedMs === undefined && circuit.isSuspect(host);
    if (!mayRetry || isHopeless || attempt > maxRetries) throw failure.isRefusal ? endRefused(policy, host, failure) : error;
    const waitMs = askedMs ?? backoffMs(attempt, random);
    log.debug('request is tried again', { host, attempt, ...fields, waitMs });
    if (isRateLimit) pacing.hold(host, waitMs);
    else if (askedMs === undefined) await clock.sleep(waitMs, signal);
  }

  /** What a request ends with that was refused to the last; the host is left alone when that is no chance. */
  function endRefused({ cooldownMs }: HttpPolicy, host: string, { error, askedMs, isRateLimit, fields }: Failure): AppError {
    const pauseMs = circuit.noteRefusal(host);
    const blockMs = isRateLimit && askedMs === undefined ? (cooldownMs ?? pauseMs) : pauseMs;
    if (blockMs === undefined) {
      pacing.hold(host, askedMs ?? longestBackoffMs);
      return error;
    }
    const retryAfterMs = Math.max(blockMs, askedMs ?? 0);
    pacing.block(host, retryAfterMs, fields, error);
    return new AppError(error.code, error.message, { retryAfterMs });
  }

  /** Short waits are waited, by everyone who asks this host; for long ones the host is left alone. */
  function pause(host: string, waitMs: number, fields: LogFields): void {
    if (waitMs > longestWaitMs) pacing.block(host, waitMs, fields);
    else pacing.hold(host, waitMs);
  }

  async function ask(exchanging: Exchanging): Promise<HttpAnswer> {
    let hop = exchanging.first;
    let attempt = 1;
    for (let redirects = 0; ;) {
      const outcome = await tryOnce(exchanging, hop);
      if ('answer' in outcome) return outcome.answer;
      if ('failure' in outcome) {
        await recover(exchanging, hop, outcome.failure, attempt);
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
      const first = firstHop(url, request, policy.origins, deps.userAgent);
      return withOwnAbort(request.signal, async ({ signal }) => ask({ policy, request, first, signal }));
    },
  });
}

/** Why an answer is not handed out; undefined for one that is. */
function toFailure(answer: HttpAnswer, hop: Hop, policy: HttpPolicy, nowMs: number): Failure | undefined {
  const { status } = answer;
  const isRateLimit = status === 429 || (!isTransientStatus(status) && policy.isRateLimit?.(answer) === true);
  const expectsPage = hop.headers.get('accept')?.includes('text/html') === true;
  if (!isRateLimit && isBotProtection(answer, expectsPage)) {
    const message = `${hop.url.host}: a bot protection refuses this client or address (answered ${status})${suffixOf(answer)}`;
    const error = new AppError('unauthorized', message);
    return { error, isRateLimit, isRefusal: true, isWorthRetrying: false, fields: { status, reason: 'bot protection' } };
  }
  return isRateLimit || isTransientStatus(status) ? failureOf(hop.url.host, answer, isRateLimit, nowMs) : undefined;
}

function failureOf(host: string, answer: HttpAnswer, isRateLimit: boolean, nowMs: number): Failure {
  const { status, headers } = answer;
  const askedMs = askedWaitMs(headers, nowMs);
  const isBlocked = askedMs !== undefined && askedMs > longestWaitMs;
  const what = isRateLimit ? `limits the rate of requests (answered ${status})` : `answered ${status}`;
  const message = isBlocked ? `${host} ${what} and asks to wait ${plainDuration(askedMs)}` : `${host} ${what}`;
  const error = new AppError(isRateLimit || isBlocked ? 'rate_limited' : 'unreachable', message + suffixOf(answer), {
    retryAfterMs: askedMs,
  });
  const isWorthRetrying = isRateLimit || isRetried(status);
  return { error, isRateLimit, isRefusal: isRateLimit, isWorthRetrying, askedMs, fields: { status } };
}

function suffixOf({ body }: HttpAnswer): string {
  const reason = reasonOf(body);
  return reason === undefined ? '' : `: ${reason}`;
}
