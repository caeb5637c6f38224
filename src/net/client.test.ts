import { describe, expect, it } from 'vitest';
import { createFixedClock, type FixedClockOptions } from '../../test/support/fixed-clock.ts';
import { createRecordingLog } from '../../test/support/recording-log.ts';
import { createHttpClientFactory } from './client.ts';
import type { HttpAnswer, HttpPolicy } from './http.ts';
import { createScriptedFetch, networkError, type Step } from './testing/scripted-fetch.ts';

const start = '2026-03-14T10:00:00.000Z';
const url = 'https://hub.example/v2/acme/app?token=secret';
const policy: HttpPolicy = { origins: ['https://hub.example', 'https://cdn.example'], delayMs: 0, maxBytes: 1000 };

/** Random is 1 (almost): each backoff has its full length. */
function setUp(steps: readonly Step[], options: Partial<HttpPolicy> & FixedClockOptions = {}) {
  const { manual = false, ...changes } = options;
  const clock = createFixedClock(start, { manual });
  const log = createRecordingLog();
  const { fetch, calls } = createScriptedFetch(clock, steps);
  const createHttpClient = createHttpClientFactory({ fetch, clock, random: () => 0.999_999_9, userAgent: 'registry-stats/1', log });
  return { clock, log, calls, createHttpClient, client: createHttpClient({ ...policy, ...changes }) };
}

function answer(status: number, headers: Record<string, string> = {}, body = ''): Response {
  return new Response(body, { status, headers });
}

const ok = (): Response => answer(200, { 'x-kind': 'fresh' }, 'welcome');
const to = (location: string, status = 302): Response => answer(status, { location }, 'moved');
const seconds = (count: number): string => String(Date.parse(start) / 1000 + count);

describe('a request', () => {
  it('gives the status, the headers, the body and where they came from', async () => {
    const { client, calls } = setUp([ok()]);

    const { status, headers, body, url: from } = await client.request(url, { headers: { accept: 'text/html' } });

    expect({ status, kind: headers.get('x-kind'), body, from }).toEqual({ status: 200, kind: 'fresh', body: 'welcome', from: url });
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({ url, method: 'GET', body: '', afterMs: 0 });
    expect(Object.fromEntries(calls[0]?.headers ?? [])).toEqual({ accept: 'text/html', 'user-agent': 'registry-stats/1' });
  });

  it('sends JSON', async () => {
    const { client, calls } = setUp([ok()]);

    await client.request(url, { method: 'POST', json: { identifier: 'acme' } });

    expect(calls[0]).toMatchObject({ method: 'POST', body: '{"identifier":"acme"}' });
    expect(calls[0]?.headers.get('content-type')).toBe('application/json');
  });

  it.each([400, 401, 403, 404, 410])('hands out status %i at once', async (status) => {
    const { client, calls } = setUp([answer(status, {}, 'why')]);

    await expect(client.request(url)).resolves.toMatchObject({ status, body: 'why' });

    expect(calls).toHaveLength(1);
  });

  it('goes to no other origin than those of the policy', async () => {
    const { client, calls } = setUp([ok()]);

    await expect(client.request('https://evil.example/')).rejects.toMatchObject({ code: 'internal' });

    expect(calls).toHaveLength(0);
  });

  it('fails without a retry when the body is too large', async () => {
    const { client, calls } = setUp([answer(200, {}, 'x'.repeat(1001)), ok()]);

    await expect(client.request(url)).rejects.toMatchObject({ code: 'invalid_response' });

    expect(calls).toHaveLength(1);
  });
});

describe('a request that fails', () => {
  it.each([408, 425, 500, 502, 503, 504])(
    'with status %i is tried 4 times, ever slower, and then the host is unreachable',
    async (status) => {
      const { client, calls, clock } = setUp([answer(status), answer(status), answer(status), answer(status), ok()]);

      await expect(client.request(url)).rejects.toMatchObject({ code: 'unreachable', message: `hub.example answered ${status}` });

      expect(calls.map(({ afterMs }) => afterMs)).toEqual([0, 1000, 3000, 7000]);
      expect(clock.sleeps).toEqual([1000, 2000, 4000]);
    },
  );

  it('with the network is tried 4 times and then says why', async () => {
    const { client, calls } = setUp(Array.from({ length: 4 }, () => networkError('ECONNREFUSED')));

    await expect(client.request(url)).rejects.toMatchObject({
      code: 'unreachable',
      message: 'hub.example refused the connection (ECONNREFUSED)',
    });

    expect(calls).toHaveLength(4);
  });

  it('in its body is tried again', async () => {
    const cut = new ReadableStream({
      pull(controller) {
        controller.error(networkError('UND_ERR_SOCKET'));
      },
    });
    const { client } = setUp([new Response(cut), ok()]);

    await expect(client.request(url)).resolves.toMatchObject({ body: 'welcome' });
  });

  it('succeeds when a later try does', async () => {
    const { client, calls } = setUp([answer(503), networkError('ECONNRESET'), answer(429), ok()]);

    await expect(client.request(url)).resolves.toMatchObject({ status: 200 });

    expect(calls).toHaveLength(4);
  });

  it('with a 5xx that does not pass is not tried again and not handed out either', async () => {
    const { client, calls } = setUp([answer(501), ok()]);

    await expect(client.request(url)).rejects.toMatchObject({ code: 'unreachable', message: 'hub.example answered 501' });

    expect(calls).toHaveLength(1);
  });

  it.each([answer(500), answer(503), networkError('ECONNRESET')])('is not tried again if it was a POST (%#)', async (step) => {
    const { client, calls } = setUp([step, ok()]);

    await expect(client.request(url, { json: {} })).rejects.toMatchObject({ code: 'unreachable' });

    expect(calls).toHaveLength(1);
  });

  it('is tried again as a POST when it was only too early', async () => {
    const { client, calls } = setUp([answer(429, { 'retry-after': '3' }), ok()]);

    await expect(client.request(url, { json: { a: 1 } })).resolves.toMatchObject({ status: 200 });

    expect(calls.map(({ method, body, afterMs }) => [method, body, afterMs])).toEqual([
      ['POST', '{"a":1}', 0],
      ['POST', '{"a":1}', 3000],
    ]);
  });

  it('keeps the pace in its retries', async () => {
    const { client, calls } = setUp([answer(500), answer(500), ok()], { delayMs: 5000 });

    await client.request(url);

    expect(calls.map(({ afterMs }) => afterMs)).toEqual([0, 5000, 10_000]);
  });

  it('tells the log about each retry, without the address', async () => {
    const { client, log } = setUp([answer(503), networkError('ENOTFOUND'), ok()]);

    await client.request(url);

    const message = 'request is tried again';
    const reason = 'hub.example is not a name that the DNS knows (ENOTFOUND)';
    expect(log.lines).toMatchObject([
      { level: 'debug', message, fields: { host: 'hub.example', attempt: 1, status: 503, waitMs: 1000 } },
      { level: 'debug', message, fields: { host: 'hub.example', attempt: 2, code: 'unreachable', reason, waitMs: 2000 } },
    ]);
    expect(JSON.stringify(log.lines)).not.toContain('secret');
  });
});

describe('a rate limit', () => {
  it.each([
    ['in seconds', { 'retry-after': '12' }],
    ['as a date', { 'retry-after': 'Sat, 14 Mar 2026 10:00:12 GMT' }],
    ['in unix seconds', { 'x-retry-after': seconds(12) }],
    ['as a quota', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': seconds(12) }],
    ['by a clock that goes ahead', { date: 'Sat, 14 Mar 2026 11:00:00 GMT', 'x-retry-after': seconds(3612) }],
  ])('is waited for as the answer asks, %s', async (_how, headers) => {
    const { client, calls } = setUp([answer(429, headers), ok()]);

    await expect(client.request(url)).resolves.toMatchObject({ status: 200 });

    expect(calls.map(({ afterMs }) => afterMs)).toEqual([0, 12_000]);
  });

  it('that is asked for in a 503 is waited for as well', async () => {
    const { client, calls } = setUp([answer(503, { 'retry-after': '60' }), ok()]);

    await client.request(url);

    expect(calls.map(({ afterMs }) => afterMs)).toEqual([0, 60_000]);
  });

  it.each([
    ['as long as it asks', { 'retry-after': '10' }, 10_000],
    ['as long as this one waits', {}, 1000],
  ])('holds everyone back who asks that host, %s', async (_howLong, headers, waitMs) => {
    const { client, calls, clock } = setUp([answer(429, headers), ok(), ok()], { manual: true });

    const both = Promise.all([client.request(url), clock.advance(0).then(() => client.request('https://hub.example/other'))]);
    await clock.advance(60_000);
    await both;

    expect(calls.map(({ afterMs }) => afterMs)).toEqual([0, waitMs, waitMs]);
  });

  it('that outlasts the retries says when to try again', async () => {
    const { client, calls } = setUp(Array.from({ length: 4 }, () => answer(429, { 'retry-after': '30' })));

    await expect(client.request(url)).rejects.toMatchObject({
      code: 'rate_limited',
      message: 'hub.example limits the rate of requests (answered 429)',
      retryAfterMs: 30_000,
    });

    expect(calls.map(({ afterMs }) => afterMs)).toEqual([0, 30_000, 60_000, 90_000]);
  });

  it('of more than a minute is not waited for, and the host is left alone until then', async () => {
    const { client, calls, clock, log } = setUp([answer(429, { 'retry-after': '61' }), ok()]);

    await expect(client.request(url)).rejects.toMatchObject({
      code: 'rate_limited',
      message: 'hub.example limits the rate of requests (answered 429) and asks to wait 61 s',
      retryAfterMs: 61_000,
    });
    await clock.advance(31_000);
    await expect(client.request(url)).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 30_000 });
    const callsWhileBlocked = calls.length;
    await clock.advance(30_000);
    await expect(client.request(url)).resolves.toMatchObject({ status: 200 });

    expect(callsWhileBlocked).toBe(1);
    expect(clock.sleeps).toEqual([]);
    expect(log.lines).toEqual([
      {
        level: 'warn',
        message: 'host limits requests and is left alone for a while',
        fields: { host: 'hub.example', waitMs: 61_000, status: 429 },
      },
    ]);
  });

  it('of more than a minute in a 503 is a rate limit too', async () => {
    const { client } = setUp([answer(503, { 'retry-after': '3600' })]);

    await expect(client.request(url)).rejects.toMatchObject({
      code: 'rate_limited',
      message: 'hub.example answered 503 and asks to wait 60 min',
      retryAfterMs: 3_600_000,
    });
  });

  it('blocks the host for all clients, and no other host', async () => {
    const { client, createHttpClient } = setUp([answer(429, { 'retry-after': '3600' }), ok()]);
    await expect(client.request(url)).rejects.toMatchObject({ code: 'rate_limited' });

    await expect(createHttpClient(policy).request(url)).rejects.toMatchObject({ code: 'rate_limited' });
    await expect(client.request('https://cdn.example/x')).resolves.toMatchObject({ status: 200 });
  });

  it('without an explanation is tried again ever slower and then cools down where the policy says so', async () => {
    const { client, calls, clock } = setUp(
      Array.from({ length: 5 }, () => answer(429)),
      { cooldownMs: 1_800_000 },
    );

    await expect(client.request(url)).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 1_800_000 });
    await clock.advance(1_799_000);
    await expect(client.request(url)).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 1000 });

    expect(calls.map(({ afterMs }) => afterMs)).toEqual([0, 1000, 3000, 7000]);
  });

  it('without an explanation and without a cooldown blocks nothing', async () => {
    const { client, log } = setUp([...Array.from({ length: 4 }, () => answer(429)), ok()]);

    await expect(client.request(url)).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: undefined });
    await expect(client.request(url)).resolves.toMatchObject({ status: 200 });

    expect(log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('with an explanation needs no cooldown', async () => {
    const steps = Array.from({ length: 4 }, () => answer(429, { 'retry-after': '2' }));
    const { client, log } = setUp(steps, { cooldownMs: 1_800_000 });

    await expect(client.request(url)).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 2000 });

    expect(log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('is told from a refusal by the policy', async () => {
    const forbidden = (): Response => answer(403, { 'retry-after': '5' }, 'secondary rate limit');
    const { client, calls } = setUp([forbidden(), answer(403, {}, 'private')], { isRateLimit: saysRateLimit });

    await expect(client.request(url)).resolves.toMatchObject({ status: 403, body: 'private' });

    expect(calls.map(({ afterMs }) => afterMs)).toEqual([0, 5000]);
  });

  it('is not what a server error is, whatever the policy says', async () => {
    const { client } = setUp(
      Array.from({ length: 4 }, () => answer(500)),
      { isRateLimit: () => true },
    );

    await expect(client.request(url)).rejects.toMatchObject({ code: 'unreachable', message: 'hub.example answered 500' });
  });

  it('that the policy sees outlasts the retries like a 429', async () => {
    const steps = Array.from({ length: 4 }, () => answer(403));
    const { client } = setUp(steps, { isRateLimit: () => true, cooldownMs: 600_000 });

    await expect(client.request(url)).rejects.toMatchObject({
      code: 'rate_limited',
      message: 'hub.example limits the rate of requests (answered 403)',
      retryAfterMs: 600_000,
    });
  });
});

describe('a quota that is used up', () => {
  it('makes the next request wait, not this one', async () => {
    const { client, calls } = setUp([lastOne(40), ok()]);

    await expect(client.request(url)).resolves.toMatchObject({ body: 'last' });
    await expect(client.request(url)).resolves.toMatchObject({ body: 'welcome' });

    expect(calls.map(({ afterMs }) => afterMs)).toEqual([0, 40_000]);
  });

  it('for more than a minute refuses the next request', async () => {
    const { client, calls } = setUp([lastOne(3600), ok()]);

    await expect(client.request(url)).resolves.toMatchObject({ body: 'last' });
    await expect(client.request(url)).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 3_600_000 });

    expect(calls).toHaveLength(1);
  });
});

describe('a redirect', () => {
  it('is followed at the pace of its host', async () => {
    const { client, calls } = setUp([to('/b'), to('https://cdn.example/c'), to('https://hub.example/d'), ok()], { delayMs: 1000 });

    const { url: from, body } = await client.request(url, { headers: { authorization: 'Bearer x' } });

    expect({ from, body }).toEqual({ from: 'https://hub.example/d', body: 'welcome' });
    expect(calls.map((call) => [call.url, call.headers.get('authorization'), call.afterMs])).toEqual([
      [url, 'Bearer x', 0],
      ['https://hub.example/b', 'Bearer x', 1000],
      ['https://cdn.example/c', null, 1000],
      ['https://hub.example/d', 'Bearer x', 2000],
    ]);
  });

  it('is followed 5 times and no more', async () => {
    const { client, calls } = setUp(Array.from({ length: 7 }, () => to('/again', 301)));

    await expect(client.request(url)).rejects.toMatchObject({
      code: 'invalid_response',
      message: 'hub.example redirects more than 5 times',
    });

    expect(calls).toHaveLength(6);
  });

  it('to a foreign host is refused without a request and without a retry', async () => {
    const { client, calls } = setUp([to('https://evil.example/?x=1'), ok()]);

    await expect(client.request(url)).rejects.toMatchObject({
      code: 'invalid_response',
      message: 'hub.example redirects to https://evil.example, which is not allowed',
    });

    expect(calls).toHaveLength(1);
  });

  it('without an address is an answer', async () => {
    const { client } = setUp([answer(302)]);

    await expect(client.request(url)).resolves.toMatchObject({ status: 302 });
  });

  it('gives up the body of its answer', async () => {
    let cancelled = false;
    const body = new ReadableStream({
      cancel() {
        cancelled = true;
      },
    });
    const { client } = setUp([new Response(body, { status: 302, headers: { location: '/b' } }), ok()]);

    await client.request(url);

    expect(cancelled).toBe(true);
  });

  it('whose target fails is tried again from there, 3 times in all', async () => {
    const { client, calls } = setUp([answer(500), to('/b'), answer(500), answer(500), answer(500), ok()]);

    await expect(client.request(url)).rejects.toMatchObject({ code: 'unreachable' });

    expect(calls.map((call) => new URL(call.url).pathname)).toEqual(['/v2/acme/app', '/v2/acme/app', '/b', '/b', '/b']);
  });
});

describe('an aborted request', () => {
  const reason = new Error('the service is stopping');

  it('is not sent', async () => {
    const { client, calls } = setUp([ok()]);

    await expect(client.request(url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);

    expect(calls).toHaveLength(0);
  });

  it('ends at once with the reason, even where fetch takes no notice', async () => {
    const stopping = new AbortController();
    const { client, calls, clock } = setUp([() => new Promise<Response>(() => undefined)], { manual: true });
    const request = client.request(url, { signal: stopping.signal });
    await clock.advance(0);

    stopping.abort(reason);

    await expect(request).rejects.toBe(reason);
    expect(calls).toHaveLength(1);
  });

  it('is not tried again when fetch fails because of it', async () => {
    const stopping = new AbortController();
    const { client, calls, clock } = setUp([untilItsSignal, ok()], { manual: true });
    const request = client.request(url, { signal: stopping.signal });
    await clock.advance(0);

    stopping.abort(reason);

    await expect(request).rejects.toBe(reason);
    await clock.advance(60_000);
    expect(calls).toHaveLength(1);
  });

  it.each([answer(500), answer(429, { 'retry-after': '30' })])('does not wait for its next try (%#)', async (step) => {
    const stopping = new AbortController();
    const { client, calls, clock } = setUp([step, ok()], { manual: true });
    const request = client.request(url, { signal: stopping.signal });
    await clock.advance(500);

    stopping.abort(reason);

    await expect(request).rejects.toBe(reason);
    await clock.advance(60_000);
    expect(calls).toHaveLength(1);
  });
});

function lastOne(resetSeconds: number): Response {
  return answer(200, { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': seconds(resetSeconds) }, 'last');
}

function saysRateLimit({ status, body }: HttpAnswer): boolean {
  return status === 403 && body.includes('rate limit');
}

/** Fails as fetch does when its signal is aborted. */
function untilItsSignal(signal: AbortSignal): Promise<Response> {
  return new Promise((_, reject: (thrown: unknown) => void) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}
