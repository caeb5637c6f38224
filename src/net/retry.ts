/** Which answers are tried again, and after what time. */
import type { Random } from '../core/ports.ts';

/** Beyond the first try. */
export const maxRetries = 3;

/** The longest that a request waits because the other side asked for it; who asks for more is left alone instead. */
export const longestWaitMs = 60_000;

/** However much is asked for, a host is asked again after this time: a slip of the other side must not cost a day. */
export const longestAskedMs = 3_600_000;

const firstBackoffMs = 1000;
export const longestBackoffMs = 30_000;

const retriedStatuses: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

export function isRetried(status: number): boolean {
  return retriedStatuses.has(status);
}

/** An answer that says nothing about what was asked for; it is never handed out. */
export function isTransientStatus(status: number): boolean {
  return status >= 500 || isRetried(status);
}

/** Milliseconds before the given retry (from 1): doubled each time, between half of that and all of it at random. */
export function backoffMs(retry: number, random: Random): number {
  const fullMs = Math.min(firstBackoffMs * 2 ** (retry - 1), longestBackoffMs);
  return Math.ceil(fullMs * (0.5 + random() / 2));
}

/**
 * How long an answer asks to wait, in milliseconds (above 0, at most `longestAskedMs`); undefined where it does not.
 * Of several headers the longest wait counts.
 */
export function askedWaitMs(headers: Headers, nowMs: number): number | undefined {
  const serverMs = serverTimeMs(headers, nowMs);
  const waits = [headers.get('retry-after'), headers.get('x-retry-after')].map((value) => waitMs(value, serverMs));
  return longest([...waits, hasQuotaLeft(headers) ? undefined : resetMs(headers, serverMs)]);
}

/** How long a used-up quota (`X-RateLimit-Remaining: 0`) still lasts, in milliseconds; undefined where some is left. */
export function quotaWaitMs(headers: Headers, nowMs: number): number | undefined {
  if (quotaLeft(headers) === undefined || hasQuotaLeft(headers)) return undefined;
  return longest([resetMs(headers, serverTimeMs(headers, nowMs))]);
}

function quotaLeft(headers: Headers): string | undefined {
  return headers.get('x-ratelimit-remaining') ?? headers.get('ratelimit-remaining') ?? undefined;
}

function hasQuotaLeft(headers: Headers): boolean {
  const left = quotaLeft(headers);
  return left !== undefined && !/^0+\s*(;|$)/.test(left);
}

function resetMs(headers: Headers, serverMs: number): number | undefined {
  return waitMs(headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset'), serverMs);
}

/** The other side's idea of now: its moments are compared with that, so that a wrong clock here does not matter. */
function serverTimeMs(headers: Headers, nowMs: number): number {
  return httpDateMs(headers.get('date')) ?? nowMs;
}

/** A span of seconds never has 10 digits, nor do unix seconds have 13: so a number says by its size what it is. */
const firstUnixSeconds = 1e9;
const firstUnixMs = 1e12;

/**
 * The milliseconds that one header of this family means, whichever form its name promises: Docker Hub sends `Retry-After` as a span
 * (goharbor/harbor#19984, 2024-02), as unix seconds (docker/hub-feedback#2459, 2025-05), and its documentation named `X-Retry-After`
 * with unix seconds (docker/docs#22916).
 */
function waitMs(value: string | null, serverMs: number): number | undefined {
  if (value === null) return undefined;
  if (!/^\s*\d{1,30}\s*$/.test(value)) {
    const dateMs = httpDateMs(value);
    return dateMs === undefined ? undefined : dateMs - serverMs;
  }
  const number = Number(value);
  if (number >= firstUnixMs) return number - serverMs;
  return number >= firstUnixSeconds ? number * 1000 - serverMs : number * 1000;
}

/** The three forms of RFC 9110 §5.6.7, the last of which does not write its zone. */
function httpDateMs(value: string | null): number | undefined {
  if (value === null || !/^[A-Z][a-z]{2,8},? .*\d\d:\d\d:\d\d/.test(value)) return undefined;
  const epochMs = Date.parse(value.endsWith('GMT') ? value : `${value} GMT`);
  return Number.isNaN(epochMs) ? undefined : epochMs;
}

function longest(waits: readonly (number | undefined)[]): number | undefined {
  const longestMs = Math.max(0, ...waits.map((wait) => wait ?? 0));
  return longestMs === 0 ? undefined : Math.min(longestMs, longestAskedMs);
}
