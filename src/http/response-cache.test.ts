import { Readable } from 'node:stream';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createResponseCache, type CacheRequest, type Limits, type ResponseCache } from './response-cache.ts';
import type { TextContent } from './endpoint.ts';
import type { HttpAnswer } from './message.ts';

const long = 'acme/app,'.repeat(1_000);

function request(key: string, more: Partial<CacheRequest> = {}): CacheRequest {
  return { key, cached: true, headers: { 'X-All': 'yes' }, ...more };
}

function content(written: string, more: Partial<TextContent> = {}): TextContent {
  return { type: 'text/plain', chunks: [written], ...more };
}

function setUp(limits?: Partial<Limits>) {
  const state = { revision: '1', built: 0 };
  const cache = createResponseCache({ revision: () => state.revision, ...(limits ? { limits } : {}) });
  const build =
    (written: string, more: Partial<TextContent> = {}) =>
    async (): Promise<TextContent> => {
      state.built += 1;
      return content(written, more);
    };
  return { cache, state, build };
}

async function bytes({ body }: HttpAnswer): Promise<Buffer> {
  return body instanceof Readable ? Buffer.concat(await body.toArray()) : Buffer.from(body ?? []);
}

async function textOf(answer: HttpAnswer): Promise<string> {
  return (await bytes(answer)).toString();
}

async function etagOf(cache: ResponseCache, build: () => Promise<TextContent>): Promise<string> {
  return (await cache.respond(request('/tag'), build)).headers['ETag'] ?? '';
}

describe('answers', () => {
  it('are built once for a key, and are then cached', async () => {
    const { cache, state, build } = setUp();
    expect(cache.find(request('/a'))).toBeUndefined();

    const first = await cache.respond(request('/a'), build('hello'));
    const second = await cache.respond(request('/a'), build('hello'));
    const cached = cache.find(request('/a'));

    expect([await textOf(first), await textOf(second), cached && (await textOf(cached))]).toEqual(['hello', 'hello', 'hello']);
    expect(state.built).toBe(1);
    expect(cached?.headers).toMatchObject({ 'X-All': 'yes', 'Content-Type': 'text/plain', 'Content-Length': '5', Vary: 'Accept-Encoding' });
  });

  it('are built anew when the data changed', async () => {
    const { cache, state, build } = setUp();
    await cache.respond(request('/a'), build('old'));

    state.revision = '2';

    expect(cache.find(request('/a'))).toBeUndefined();
    expect(await textOf(await cache.respond(request('/a'), build('new')))).toBe('new');
  });

  it('are not cached when the data changed while they were built', async () => {
    const { cache, state } = setUp();

    await cache.respond(request('/a'), async () => ({
      type: 'text/plain',
      chunks: (function* () {
        state.revision = '2';
        yield 'old';
      })(),
    }));

    expect(cache.find(request('/a'))).toBeUndefined();
  });

  it('are built once for many who ask at the same time', async () => {
    const { cache, state, build } = setUp();

    const all = await Promise.all(Array.from({ length: 8 }, () => cache.respond(request('/a'), build(long))));

    expect(new Set(await Promise.all(all.map(textOf)))).toEqual(new Set([long]));
    expect(state.built).toBe(1);
  });

  it('fail as their building does, and are tried again', async () => {
    const { cache, build } = setUp();
    const failing = cache.respond(request('/a'), async () => Promise.reject(new Error('broken')));
    const waiting = cache.respond(request('/a'), build('good'));

    await expect(failing).rejects.toThrow('broken');
    expect(await textOf(await waiting)).toBe('good');
  });
});

describe('an answer', () => {
  it('is compressed as the client takes it, brotli first, and only when it is worth it', async () => {
    const { cache, build } = setUp();
    const ask = async (acceptEncoding: string | undefined, written = long): Promise<[string | undefined, Buffer]> => {
      const response = await cache.respond(request(`/${written.length}`, { acceptEncoding }), build(written));
      return [response.headers['Content-Encoding'], await bytes(response)];
    };

    const [br, brotli] = await ask('gzip, deflate, br');
    const [gz, gzipped] = await ask('gzip');

    expect([br, brotliDecompressSync(brotli).toString()]).toEqual(['br', long]);
    expect([gz, gunzipSync(gzipped).toString()]).toEqual(['gzip', long]);
    expect(await ask(undefined)).toEqual([undefined, Buffer.from(long)]);
    expect(await ask('br;q=0, gzip;q=0.0, zstd')).toEqual([undefined, Buffer.from(long)]);
    expect((await ask('GZIP;q=0.5, br;q=0'))[0]).toBe('gzip');
    expect(await ask('br', 'short')).toEqual([undefined, Buffer.from('short')]);
  });

  it('has one tag however it is compressed, and is not sent again to those who name it', async () => {
    const { cache, build } = setUp();
    const etag = await etagOf(cache, build(long));
    const packed = await cache.respond(request('/tag', { acceptEncoding: 'br' }), build(long));
    expect(packed.headers['ETag']).toBe(etag);

    for (const ifNoneMatch of [etag, `"x", ${etag}`, '*', etag.slice(2)]) {
      const same = await cache.respond(request('/tag', { acceptEncoding: 'br', ifNoneMatch }), build(long));
      expect([same.status, same.body, same.headers['ETag'], same.headers['X-All']]).toEqual([304, undefined, etag, 'yes']);
      expect([same.headers['Content-Length'], same.headers['Content-Encoding']]).toEqual([undefined, undefined]);
    }
    expect(cache.find(request('/tag', { ifNoneMatch: etag }))?.status).toBe(304);
    expect(cache.find(request('/tag', { ifNoneMatch: '"other"' }))?.status).toBe(200);
  });

  it('has the tag of its text, over restarts too', async () => {
    const one = await etagOf(setUp().cache, setUp().build('same'));
    const two = await etagOf(setUp().cache, setUp().build('same'));
    const other = await etagOf(setUp().cache, setUp().build('other'));

    expect(one).toBe(two);
    expect(other).not.toBe(one);
  });

  it('is made for each request where it tells the moment, and has a tag all the same', async () => {
    const { cache, state, build } = setUp();
    const now = request('/a', { cached: false });

    const first = await cache.respond(now, build('1'));
    const second = await cache.respond({ ...now, ifNoneMatch: first.headers['ETag'] }, build('1'));

    expect([state.built, second.status, cache.find(now)]).toEqual([2, 304, undefined]);
  });

  it('of before is not given to who asks after the data changed, not even while it is built', async () => {
    const { cache, state, build } = setUp();
    const before = cache.respond(request('/a'), build('old'));

    state.revision = '2';
    const after = cache.respond(request('/a'), build('new'));

    expect([await textOf(await before), await textOf(await after)]).toEqual(['old', 'new']);
  });

  it('may be a file that is compressed already', async () => {
    const { cache } = setUp();
    const file = { type: 'text/css', brotli: Buffer.from('small'), plain: () => Buffer.from('large') };
    const ask = async (acceptEncoding?: string): Promise<unknown[]> => {
      const answer = await cache.respond(request('/a.css', { acceptEncoding }), async () => file);
      return [answer.headers['Content-Encoding'], answer.headers['Content-Length'], await textOf(answer)];
    };

    expect([await ask('gzip, br'), await ask('gzip'), await ask()]).toEqual([
      ['br', '5', 'small'],
      [undefined, '5', 'large'],
      [undefined, '5', 'large'],
    ]);
  });

  it('tells a browser under which name to save it', async () => {
    const { cache, build } = setUp();

    const file = await cache.respond(request('/a'), build('x', { fileName: 'pulls.csv' }));

    expect(file.headers['Content-Disposition']).toBe('attachment; filename="pulls.csv"');
  });
});

describe('what is cached', () => {
  it('is bounded: the answers that were not asked for the longest go first', async () => {
    const { cache, build } = setUp({ maxAnswerBytes: 10_000, maxBytes: 4_000 * 3 });
    for (const url of ['/a', '/b', '/c']) await cache.respond(request(url), build('x'.repeat(1_500)));
    cache.find(request('/a'));

    await cache.respond(request('/d'), build('x'.repeat(1_500)));

    expect(['/a', '/b', '/c', '/d'].filter((url) => cache.find(request(url)))).toEqual(['/a', '/c', '/d']);
  });

  it.each([
    [undefined, (body: Buffer) => body.toString()],
    ['gzip', (body: Buffer) => gunzipSync(body).toString()],
    ['br', (body: Buffer) => brotliDecompressSync(body).toString()],
  ])('does not hold what is too large for it, which is streamed (%s)', async (acceptEncoding, unpack) => {
    const { cache, state } = setUp({ maxAnswerBytes: 1_000, maxBytes: 100_000 });
    const pieces = Array.from({ length: 200 }, (_, at) => `piece ${at}, `);
    const build = async (): Promise<TextContent> => content('', { chunks: pieces });

    const response = await cache.respond(request('/big', { acceptEncoding }), build);

    expect(unpack(await bytes(response))).toBe(pieces.join(''));
    expect(response.headers['Content-Length']).toBeUndefined();
    expect(response.headers['ETag']).toBe(`W/"${state.revision}"`);
    expect(cache.find(request('/big', { acceptEncoding }))).toBeUndefined();
  });

  it('of what is streamed is made as it is taken, and no more of it once nobody takes it', async () => {
    const { cache } = setUp({ maxAnswerBytes: 1_000, maxBytes: 100_000 });
    let made = 0;
    function* endless(): Generator<string> {
      for (;;) {
        made += 1;
        yield 'x'.repeat(1_000);
      }
    }

    const response = await cache.respond(request('/endless'), async () => content('', { chunks: endless() }));
    for await (const piece of response.body instanceof Readable ? response.body : []) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }

    expect(made).toBeGreaterThan(0);
    expect(made).toBeLessThan(1_000);
  });
});

/** A gate with one place, and timers that end by hand. */
function setUpWaiting() {
  const timers = new Set<() => void>();
  const timer = (_ms: number, action: () => void): (() => void) => {
    timers.add(action);
    return () => timers.delete(action);
  };
  const state = { revision: '1' };
  const limits = { building: { maxAtOnce: 1, maxWaiting: 0, maxWaitMs: 10 } };
  const cache = createResponseCache({ revision: () => state.revision, limits, timer });
  return { cache, state, expire: () => timers.forEach((action) => action()) };
}

async function buildEvents(failure?: Error): Promise<TextContent> {
  if (failure) throw failure;
  return content('events');
}

/** A promise that ends by hand. */
function createDone() {
  const ends = new Set<() => void>();
  const promise = new Promise<void>((end) => ends.add(end));
  return { promise, resolve: () => ends.forEach((end) => end()) };
}

describe('an answer that waits for what it is made from', () => {
  it('keeps no other from being made', async () => {
    const { cache } = setUpWaiting();
    const { promise, resolve } = createDone();
    const waiting = cache.respond(request('/events', { waitsFor: () => ({ done: promise, reason: () => '' }) }), buildEvents);

    expect(await textOf(await cache.respond(request('/other'), async () => content('other')))).toBe('other');
    resolve();
    expect(await textOf(await waiting)).toBe('events');
  });

  it('is refused after a while, with how far that is', async () => {
    const { cache, expire } = setUpWaiting();
    const done = new Promise<void>(() => undefined);
    const waiting = cache.respond(request('/events', { waitsFor: () => ({ done, reason: () => '4 of 10 images' }) }), buildEvents);
    expire();

    await expect(waiting).rejects.toMatchObject({ code: 'unreachable', message: '4 of 10 images', retryAfterMs: 5_000 });
  });

  it('fails as that fails, and is made by the next request', async () => {
    const { cache } = setUpWaiting();
    const failing = request('/events', { waitsFor: () => ({ done: Promise.reject(new Error('away')), reason: () => '' }) });
    await expect(cache.respond(failing, buildEvents)).rejects.toThrow('away');

    const there = request('/events', { waitsFor: () => ({ done: Promise.resolve(), reason: () => '' }) });
    expect(await textOf(await cache.respond(there, buildEvents))).toBe('events');
  });

  it('is not cached where the data changed while it waited', async () => {
    const { cache, state } = setUpWaiting();
    const { promise, resolve } = createDone();
    const asked = request('/events', { waitsFor: () => ({ done: promise, reason: () => '' }) });
    const waiting = cache.respond(asked, buildEvents);
    state.revision = '2';
    resolve();
    await waiting;

    expect(cache.find(asked)).toBeUndefined();
  });
});
