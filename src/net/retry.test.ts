import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { askedWaitMs, backoffMs, isTransientStatus, isRetried, longestAskedMs, quotaWaitMs } from './retry.ts';

const now = Date.parse('2026-03-14T10:00:00.000Z');
const nowSeconds = now / 1000;

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('an answer', () => {
  it.each([408, 425, 429, 500, 502, 503, 504])('with status %i is tried again and never handed out', (status) => {
    expect(isRetried(status)).toBe(true);
    expect(isTransientStatus(status)).toBe(true);
  });

  it.each([501, 505, 520, 599])('with status %i is not handed out, but not tried again either', (status) => {
    expect(isRetried(status)).toBe(false);
    expect(isTransientStatus(status)).toBe(true);
  });

  it.each([200, 204, 301, 400, 401, 403, 404, 410, 422, 499])('with status %i is handed out', (status) => {
    expect(isRetried(status)).toBe(false);
    expect(isTransientStatus(status)).toBe(false);
  });
});

describe('the wait before a retry', () => {
  it.each([
    [1, 500, 1000],
    [2, 1000, 2000],
    [3, 2000, 4000],
    [6, 15_000, 30_000],
    [40, 15_000, 30_000],
  ])('number %i lies between %i and %i ms', (retry, minMs, maxMs) => {
    expect(backoffMs(retry, () => 0)).toBe(minMs);
    expect(backoffMs(retry, () => 0.999_999_999)).toBe(maxMs);
  });
});

describe('what an answer asks for', () => {
  it.each([
    ['nothing', {}, undefined],
    ['seconds', { 'retry-after': '12' }, 12_000],
    ['no time at all', { 'retry-after': '0' }, undefined],
    ['a date', { 'retry-after': 'Sat, 14 Mar 2026 10:00:30 GMT' }, 30_000],
    ['a date in an old form', { 'retry-after': 'Saturday, 14-Mar-26 10:00:30 GMT' }, 30_000],
    ['a date without a zone, which is GMT', { 'retry-after': 'Sat Mar 14 10:00:30 2026' }, 30_000],
    ['a date that has passed', { 'retry-after': 'Sat, 14 Mar 2026 09:00:00 GMT' }, undefined],
    ['unix seconds, as Docker once documented', { 'x-retry-after': String(nowSeconds + 45) }, 45_000],
    ['unix seconds that have passed', { 'x-retry-after': String(nowSeconds - 45) }, undefined],
    ['unix seconds where a span is promised, as Docker Hub sends them', { 'retry-after': String(nowSeconds + 60) }, 60_000],
    ['unix milliseconds', { 'retry-after': String(now + 7_000) }, 7_000],
    ['unix milliseconds under the other name', { 'x-retry-after': String(now + 8_000) }, 8_000],
    ['a span under the other name', { 'x-retry-after': '9' }, 9_000],
    ['a date under the other name', { 'x-retry-after': 'Sat, 14 Mar 2026 10:00:30 GMT' }, 30_000],
    ['unix seconds that have passed where a span is promised', { 'retry-after': String(nowSeconds - 86_400) }, undefined],
    ['unix milliseconds that have passed', { 'retry-after': String(now - 1) }, undefined],
    ['a span of a day, which is an hour at most', { 'retry-after': '86400' }, longestAskedMs],
    ['a year that is far away', { 'retry-after': '99999999999' }, longestAskedMs],
    ['a date that is far away', { 'retry-after': 'Sat, 14 Mar 2065 10:00:30 GMT' }, longestAskedMs],
    ['nanoseconds, which are no time at all', { 'retry-after': String(now) + '000000' }, longestAskedMs],
    ['the reset of a quota that is not told', { 'x-ratelimit-reset': String(nowSeconds + 20) }, 20_000],
    ['the reset of a quota as a span', { 'ratelimit-remaining': '0', 'ratelimit-reset': '25' }, 25_000],
    ['nothing, as some of the quota is left', { 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': String(nowSeconds + 20) }, undefined],
    ['two things, of which the longer counts', { 'retry-after': '5', 'x-retry-after': String(nowSeconds + 45) }, 45_000],
    ['a used-up quota', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(nowSeconds + 20) }, 20_000],
    ['something else', { 'retry-after': 'soon' }, undefined],
    ['a negative number', { 'retry-after': '-5' }, undefined],
    ['a fraction', { 'retry-after': '1.5' }, undefined],
    ['a date that does not exist', { 'retry-after': 'Sat, 99 Foo 2026 10:00:30 GMT' }, undefined],
  ])('may be %s', (_what, headers, expected) => {
    expect(askedWaitMs(new Headers(headers), now)).toBe(expected);
  });

  it('is a date in GMT wherever this program runs', () => {
    vi.stubEnv('TZ', 'America/New_York');

    expect(new Date(now).getHours()).toBe(6);
    expect(askedWaitMs(new Headers({ 'retry-after': 'Sat Mar 14 10:00:30 2026' }), now)).toBe(30_000);
  });

  it('is measured by the clock of the other side where it tells it', () => {
    const date = 'Sat, 14 Mar 2026 12:00:00 GMT';
    const inTwoHours = String(nowSeconds + 7200 + 10);

    expect(askedWaitMs(new Headers({ date, 'retry-after': 'Sat, 14 Mar 2026 12:00:30 GMT' }), now)).toBe(30_000);
    expect(askedWaitMs(new Headers({ date, 'x-retry-after': inTwoHours }), now)).toBe(10_000);
    expect(quotaWaitMs(new Headers({ date, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inTwoHours }), now)).toBe(10_000);
  });
});

describe('a quota', () => {
  const reset = String(nowSeconds + 20);

  it.each([
    ['is used up', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }, 20_000],
    ['is used up, in letters of any case', { 'X-RateLimit-Remaining': '0', 'X-RATELIMIT-RESET': reset }, 20_000],
    ['is used up, by its newer name', { 'ratelimit-remaining': '0;w=21600', 'x-ratelimit-reset': reset }, 20_000],
    ['is not used up', { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': reset }, undefined],
    ['is used up, in two digits', { 'x-ratelimit-remaining': '00', 'x-ratelimit-reset': reset }, 20_000],
    ['is not used up, though it ends with a 0', { 'x-ratelimit-remaining': '100', 'x-ratelimit-reset': reset }, undefined],
    ['is not used up, though it begins with a 0', { 'x-ratelimit-remaining': '05', 'x-ratelimit-reset': reset }, undefined],
    ['has begun anew', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(nowSeconds) }, undefined],
    ['does not say when it begins anew', { 'x-ratelimit-remaining': '0' }, undefined],
    ['says something unreadable', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'tomorrow' }, undefined],
    ['is not told', { 'x-ratelimit-reset': reset }, undefined],
  ])('that %s', (_what, headers, expected) => {
    expect(quotaWaitMs(new Headers(headers), now)).toBe(expected);
  });
});

describe('whatever the headers say', () => {
  const value = fc.oneof(
    fc.stringMatching(/^[\x20-\x7e]{0,30}$/),
    fc.nat().map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  );

  it('the wait is unknown or between 0 and an hour', () => {
    fc.assert(
      fc.property(fc.record({ date: value, 'retry-after': value, 'x-retry-after': value, 'x-ratelimit-reset': value }), (headers) => {
        const waitMs = askedWaitMs(new Headers({ ...headers, 'x-ratelimit-remaining': '0' }), now);
        expect(waitMs === undefined || (waitMs > 0 && waitMs <= longestAskedMs)).toBe(true);
      }),
    );
  });
});
