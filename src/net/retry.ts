/** Which answers are tried again, and after what time. */
import type { Random } from '../core/ports.ts';

/** Beyond the first try. */
export const maxRetries = 3;

/** The longest that a request waits because the other side asked for it; who asks for more is left alone instead. */
export const longestWaitMs = 60_000;

/** However much is asked for: a slip of the other side must not end the collecting for good. */
export const longestAskedMs = 86_400_000;

const firstBackoffMs = 1000;
const longestBackoffMs = 30_000;

const retriedStatuses: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

export function isRetried(status: number): boolean {
  return retriedStatuses.has(status);
}

/** An answer that says nothing about what was asked for; it is never handed out. */
export function isRefusal(status: number): boolean {
  return status >= 500 || isRetried(status);
}

/** Milliseconds before the given retry (from 1): doubled each time, between half of that and all of it at random. */
export function backoffMs(retry: number, random: Random): number {
  const fullMs = Math.min(firstBackoffMs * 2 ** (retry - 1), longestBackoffMs);
  return Math.ceil(fullMs * (0.5 + random() / 2));
}

/**
 * How long an answer asks to wait, in milliseconds (above 0, at most a day); undefined where it does not.
 * Docker Hub sends `Retry-After`; its documentation named `X-Retry-After` with unix seconds until June 2025
 * (docker/docs#22916), so both are read. Of several the longest counts.
 */
export function askedWaitMs(headers: Headers, nowMs: number): number | undefined {
  const serverMs = serverTimeMs(headers, nowMs);
  return longest([
    retryAfterMs(headers.get('retry-after'), serverMs),
    msUntil(headers.get('x-retry-after'), serverMs),
    quotaWaitMs(headers, nowMs),
  ]);
}

/** How long a used-up quota (`X-RateLimit-Remaining: 0`) still lasts, in milliseconds; undefined where some is left. */
export function quotaWaitMs(headers: Headers, nowMs: number): number | undefined {
  const remaining = headers.get('x-ratelimit-remaining') ?? headers.get('ratelimit-remaining');
  if (remaining === null || !/^0+\s*(;|$)/.test(remaining)) return undefined;
  return longest([msUntil(headers.get('x-ratelimit-reset'), serverTimeMs(headers, nowMs))]);
}

/** The other side's idea of now: its moments are compared with that, so that a wrong clock here does not matter. */
function serverTimeMs(headers: Headers, nowMs: number): number {
  return httpDateMs(headers.get('date')) ?? nowMs;
}

function retryAfterMs(value: string | null, serverMs: number): number | undefined {
  const seconds = wholeSeconds(value);
  if (seconds !== undefined) return seconds * 1000;
  const dateMs = httpDateMs(value);
  return dateMs === undefined ? undefined : dateMs - serverMs;
}

function msUntil(unixSeconds: string | null, serverMs: number): number | undefined {
  const seconds = wholeSeconds(unixSeconds);
  return seconds === undefined ? undefined : seconds * 1000 - serverMs;
}

function wholeSeconds(value: string | null): number | undefined {
  return value !== null && /^\d{1,12}$/.test(value) ? Number(value) : undefined;
}

/** The three forms of RFC 9110 §5.6.7, the last of which does not write its zone. */
function httpDateMs(value: string | null): number | undefined {
  if (value === null || !/^[A-Z][a-z]{2,8},? .*\d\d:\d\d:\d\d/.test(value)) return undefined;
  const epochMs = Date.parse(value.endsWith('GMT') ? value : `${value} GMT`);
  return Number.isNaN(epochMs) ? undefined : epochMs;
}

function longest(waits: readonly (number | undefined)[]): number | undefined {
  const longestMs = Math.max(0, ...waits.map((waitMs) => waitMs ?? 0));
  return longestMs === 0 ? undefined : Math.min(longestMs, longestAskedMs);
}
