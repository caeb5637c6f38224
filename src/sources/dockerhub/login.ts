/** The optional login: a short-lived token, fetched when it is needed, and never asked for again and again where it is refused. */
import { AppError, toAppError } from '../../core/model/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { isBotProtection } from '../../net/bot-protection.ts';
import type { HttpAnswer, HttpClient } from '../../net/http.ts';
import { parseAnswer } from '../../net/json-answer.ts';
import { reasonOf } from '../../net/reason.ts';
import { askedWaitMs } from '../../net/retry.ts';
import { accessToken } from './schema.ts';

export interface LoginDeps {
  readonly http: HttpClient;
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly username: string;
  readonly token: string;
}

export interface Login {
  /** A bearer token, or undefined where requests go on without one: see `problem`. Rejects only with the signal's reason. */
  token(signal?: AbortSignal): Promise<string | undefined>;
  /** Another token in the place of one that was not accepted; undefined where that did not help a short time ago. Rejects as `token`. */
  renew(refused: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Notes that tokens are given but not accepted. */
  reject(reason: string): void;
  /** Why requests are made without the login, while they are. */
  problem(): AppError | undefined;
}

const minuteMs = 60_000;
/** It lives ten minutes (Docker Hub API reference, "Create access token", read 2026-11). */
const renewAfterMs = 8 * minuteMs;
/** Each login that is refused counts: after some of them the account is locked for an hour (docker/hub-feedback#1661). */
const refusedForMs = 30 * minuteMs;
const lockedForMs = 60 * minuteMs;
/** A login that failed for reasons of its own, such as an outage. */
const failedForMs = 5 * minuteMs;

const settings = 'check DOCKERHUB_USERNAME and DOCKERHUB_TOKEN';

export function createLogin({ http, baseUrl, clock, username, token: secret }: LoginDeps): Login {
  let current: { readonly token: string; readonly until: number } | undefined;
  let stopped: { readonly error: AppError; readonly until: number } | undefined;
  let pending: Promise<void> | undefined;
  let renewedAt = -Infinity;

  function stop(error: AppError, forMs: number): void {
    const message = `${error.message.replaceAll(secret, '[hidden]')}; images are read without it`;
    stopped = { error: new AppError(error.code, message, { cause: error.cause, retryAfterMs: forMs }), until: clock.now() + forMs };
    current = undefined;
  }

  function problem(): AppError | undefined {
    if (stopped && clock.now() >= stopped.until) stopped = undefined;
    return stopped?.error;
  }

  /** One request, whose outcome is remembered. Rejects only with the signal's reason. */
  async function signIn(signal: AbortSignal | undefined): Promise<void> {
    try {
      const json = { identifier: username, secret };
      const answer = await http.request(`${baseUrl}/v2/auth/token`, { method: 'POST', json, isSingle: true, signal });
      const refusal = refusalOf(answer, clock.now());
      if (refusal) return stop(refusal, refusal.retryAfterMs ?? failedForMs);
      const { access_token: bearer } = parseAnswer(answer, accessToken, "Docker Hub's login");
      current = { token: bearer, until: clock.now() + renewAfterMs };
    } catch (error) {
      signal?.throwIfAborted();
      stop(toAppError(error), failedForMs);
    }
  }

  async function token(signal?: AbortSignal): Promise<string | undefined> {
    for (;;) {
      signal?.throwIfAborted();
      if (problem()) return undefined;
      if (current && clock.now() < current.until) return current.token;
      // All who ask at the same time wait for one login.
      pending ??= signIn(signal).finally(() => {
        pending = undefined;
      });
      // Where somebody else's signal ended it, the next one of those who wait begins anew.
      await pending.catch(() => undefined);
    }
  }

  return {
    token,
    problem,
    async renew(refused, signal) {
      if (current?.token === refused) {
        if (clock.now() - renewedAt < lockedForMs) return undefined;
        renewedAt = clock.now();
        current = undefined;
      }
      return token(signal);
    },
    reject(reason) {
      stop(new AppError('unauthorized', `Docker Hub accepts the login, but not what it gave for it (${reason}): ${settings}`), lockedForMs);
    },
  };
}

/** Why an answer to the login is none, with the time for which that is remembered; undefined for a success. */
function refusalOf(answer: HttpAnswer, nowMs: number): AppError | undefined {
  const { status, headers, body } = answer;
  if (status === 200) return undefined;
  const reason = reasonOf(body);
  const suffix = reason === undefined ? '' : ` (${reason})`;
  if (status === 429) {
    const retryAfterMs = Math.max(askedWaitMs(headers, nowMs) ?? lockedForMs, failedForMs);
    return new AppError('rate_limited', `Docker Hub limits logins (answered 429)${suffix}`, { retryAfterMs });
  }
  if (isBotProtection(answer, false)) {
    const message = `Docker Hub's bot protection refuses the login from this client or address (answered ${status})`;
    return new AppError('unauthorized', message, { retryAfterMs: refusedForMs });
  }
  if (status === 401 || status === 403)
    return new AppError('unauthorized', `Docker Hub refused the login: ${settings}${suffix}`, { retryAfterMs: refusedForMs });
  return new AppError(status >= 500 ? 'unreachable' : 'invalid_response', `Docker Hub answered ${status} to the login${suffix}`);
}
