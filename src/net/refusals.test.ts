/** Hosts that refuse this client, whatever is asked: how often they are asked, how long they are left alone, and what is said. */
import { describe, expect, it } from 'vitest';
import { createFixedClock } from '../../test/support/fixed-clock.ts';
import { createRecordingLog } from '../../test/support/recording-log.ts';
import type { SharedPace } from '../core/ports.ts';
import { AppError } from '../core/model/errors.ts';
import { createHttpClientFactory } from './client.ts';
import type { HttpClient, HttpPolicy, HttpRequest } from './http.ts';

const host = 'hub.example';
const minute = 60_000;

interface Answering {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A server that answers what `answerOf` gives for the n-th request, from 0. */
function setUp(answerOf: (at: number) => Answering, policy: Partial<HttpPolicy> = {}) {
  const clock = createFixedClock('2026-03-14T10:00:00.000Z');
  const log = createRecordingLog();
  const held: [string, number][] = [];
  const sharedPace: SharedPace = { reserve: async () => 0, hold: async (name, waitMs) => void held.push([name, waitMs]) };
  let requests = 0;
  const fetching: typeof fetch = async () => {
    const { status, headers = {}, body = '' } = answerOf(requests++);
    return new Response(body, { status, headers });
  };
  const createHttpClient = createHttpClientFactory({ fetch: fetching, clock, random: () => 0, userAgent: 'test', log, sharedPace });
  const client = createHttpClient({ origins: [`https://${host}`], delayMs: 500, maxBytes: 100_000, ...policy });
  return { client, createHttpClient, clock, log, held, requests: () => requests };
}

/** Asks for so many images, one after the other, and gives what each of them ended with. */
async function askAll(client: HttpClient, count: number, request: HttpRequest = {}): Promise<unknown[]> {
  const ends: unknown[] = [];
  for (let at = 0; at < count; at += 1) {
    ends.push(
      await client.request(`https://${host}/image-${at}`, request).then(
        ({ status }) => status,
        (error: unknown) => error,
      ),
    );
  }
  return ends;
}

describe('a host that limits without saying for how long', () => {
  it('is left alone for minutes after a few images, and each of the others says so', async () => {
    const { client, requests, log } = setUp(() => ({ status: 429 }));

    const ends = await askAll(client, 12);

    expect(requests()).toBe(6);
    for (const end of ends) expect(end).toMatchObject({ code: 'rate_limited' });
    expect(ends[11]).toMatchObject({
      message: 'hub.example limits the rate of requests (answered 429); the next try is possible in 5 min',
      retryAfterMs: 5 * minute,
    });
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('is refused for POSTs that only ask, and for limits that are no 429, in the same way', async () => {
    const { client, requests } = setUp(() => ({ status: 400, body: 'ThrottlingException' }), {
      isRateLimit: ({ body }) => body === 'ThrottlingException',
    });

    await askAll(client, 12, { json: {}, idempotent: true });

    expect(requests()).toBe(6);
  });

  it('that always asks for another second is left alone as well', async () => {
    const { client, requests } = setUp(() => ({ status: 429, headers: { 'retry-after': '1' } }));

    const ends = await askAll(client, 40);

    expect(requests()).toBe(12);
    expect(ends[39]).toMatchObject({ code: 'rate_limited', retryAfterMs: 5 * minute });
  });

  it('is asked once when the pause is over, and then left alone twice as long, an hour at most', async () => {
    const { client, clock, requests } = setUp(() => ({ status: 429 }));
    await askAll(client, 3);
    const pauses: number[] = [];

    for (let round = 0; round < 6; round += 1) {
      await clock.advance(60 * minute);
      const before = requests();
      const [end] = await askAll(client, 2);
      expect(requests() - before).toBe(1);
      pauses.push(end instanceof AppError ? (end.retryAfterMs ?? 0) / minute : 0);
    }

    expect(pauses).toEqual([10, 20, 40, 60, 60, 60]);
  });

  it('is trusted again as soon as it answers', async () => {
    const { client, requests, clock } = setUp((at) => ({ status: at === 6 ? 200 : 429 }));
    await askAll(client, 3);
    await clock.advance(5 * minute);

    expect(await askAll(client, 1)).toEqual([200]);
    await askAll(client, 12);

    expect(requests()).toBe(7 + 6);
  });

  it('is not left alone for single images that are limited among others that are not', async () => {
    const { client } = setUp((at) => ({ status: at % 5 === 4 ? 200 : 429 }));

    expect((await askAll(client, 20)).filter((end) => end === 200)).toHaveLength(10);
  });

  it('is left alone by all clients, and by other processes at this address', async () => {
    const { client, createHttpClient, held } = setUp(() => ({ status: 429 }));
    await askAll(client, 3);

    const other = createHttpClient({ origins: [`https://${host}`], delayMs: 0, maxBytes: 100 });

    expect(await askAll(other, 1)).toMatchObject([{ code: 'rate_limited' }]);
    expect(held.at(-1)).toEqual([host, 5 * minute]);
  });
});

describe('a single request', () => {
  it.each([429, 503, 401])('is answered with %i, not repeated, and holds nobody else up', async (status) => {
    const { client, requests, clock } = setUp((at) => (at === 0 ? { status, headers: { 'retry-after': '3600' } } : { status: 200 }));

    const ends = [...(await askAll(client, 1, { json: {}, isSingle: true })), ...(await askAll(client, 1))];

    expect(ends).toEqual([status, 200]);
    expect(requests()).toBe(2);
    expect(clock.sleeps).toEqual([500]);
  });
});

const cloudflare = { server: 'cloudflare', 'content-type': 'text/html; charset=UTF-8' };
const challenge = '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head><body></body></html>';

describe('a bot protection', () => {
  it.each([
    ['a code', { status: 403, body: 'error code: 1010' }],
    ['a challenge with 403', { status: 403, headers: cloudflare, body: challenge }],
    ['a challenge with 503', { status: 503, headers: cloudflare, body: challenge }],
    ['a challenge with 200', { status: 200, headers: cloudflare, body: challenge }],
    ['a mark in the headers', { status: 200, headers: { 'cf-mitigated': 'challenge' }, body: '{}' }],
    ['a page of Cloudflare with 403', { status: 403, headers: cloudflare, body: '<!DOCTYPE html><html><body>Sorry</body></html>' }],
  ] satisfies [string, Answering][])('is what refuses with %s; the host is left alone after a few images', async (_how, answer) => {
    const { client, requests } = setUp(() => answer);

    const ends = await askAll(client, 12);

    expect(requests()).toBe(3);
    for (const end of ends) {
      expect(end).toMatchObject({
        code: 'unauthorized',
        message: expect.stringContaining('a bot protection refuses this client or address'),
      });
    }
    expect(ends[11]).toMatchObject({ message: expect.stringContaining('the next try is possible in 5 min') });
  });

  it.each([
    [
      'an outage behind Cloudflare',
      { status: 503, headers: cloudflare, body: '<!DOCTYPE html><html><title>503</title></html>' },
      'unreachable',
    ],
    ['a refusal in JSON', { status: 403, headers: { server: 'cloudflare' }, body: '{"detail":"denied"}' }, 403],
    ['a page of another server', { status: 403, body: '<html><body>Forbidden</body></html>' }, 403],
    ["Cloudflare's rate limit", { status: 429, body: 'error code: 1015' }, 'rate_limited'],
  ] satisfies [string, Answering, unknown][])('is not %s', async (_what, answer, expected) => {
    const { client } = setUp(() => answer);

    const [end] = await askAll(client, 1);

    expect(end instanceof AppError ? end.code : end).toBe(expected);
  });

  it('is not a web page that was asked for and speaks of one', async () => {
    const page =
      '<!DOCTYPE html><html><head><title>Package app</title></head><body>Just a moment... /cdn-cgi/challenge-platform/</body></html>';
    const { client } = setUp(() => ({ status: 200, body: page }));

    expect(await askAll(client, 1, { headers: { accept: 'text/html' } })).toEqual([200]);
  });
});

describe('what a refusal says of itself', () => {
  it.each([
    ['detail', '{"detail":"locked out for one hour","error":false}', 'locked out for one hour'],
    ['message', '{"message":"slow down"}', 'slow down'],
    ['a list of errors', '{"errors":[{"code":"TOOMANYREQUESTS","message":"too many"}]}', 'too many'],
    ['a line of text', 'Too many\u001b[2J requests\n', 'Too many [2J requests'],
    ['the title of a page', '<html><head><title>Unicorn! &middot; GitHub</title></head></html>', 'Unicorn! · GitHub'],
    ['a credential', '{"detail":"bad token dckr_pat_abc123"}', 'bad token [hidden]'],
  ])('is told, clean: %s', async (_where, body, reason) => {
    const { client } = setUp(() => ({ status: 429, body, headers: { 'retry-after': '120' } }));

    const [end] = await askAll(client, 1);

    expect(end).toMatchObject({ message: `hub.example limits the rate of requests (answered 429) and asks to wait 2 min: ${reason}` });
  });

  it('is told for a server error as well, and is never longer than a line', async () => {
    const { client } = setUp(() => ({ status: 500, body: JSON.stringify({ message: 'x '.repeat(2000) }) }));

    const [end] = await askAll(client, 1);

    expect(end instanceof AppError ? end.message : '').toHaveLength('hub.example answered 500: '.length + 200);
  });
});
