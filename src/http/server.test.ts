import { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { eventLoopTurn } from '../core/model/event-loop-turn.ts';
import type { Handler, HttpAnswer } from './message.ts';
import { listen, type ApiServer } from './server.ts';

const local = { host: '127.0.0.1', port: 0 };

let server: ApiServer | undefined;

afterEach(() => server?.close(0));

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

function deferred<T>(): Deferred<T> {
  let settle: ((value: T) => void) | undefined;
  const promise = new Promise<T>((resolve) => (settle = resolve));
  return { promise, resolve: (value) => settle?.(value) };
}

const hello: Handler = async () => answer('hello');

function answer(text: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status: 200, headers, body: new TextEncoder().encode(text) };
}

/** Settles what it is given when nobody takes more of it. */
function* piecesWithoutEnd(ended: Deferred<void>): Generator<Buffer> {
  try {
    for (;;) yield Buffer.alloc(65_536);
  } finally {
    ended.resolve();
  }
}

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

/** Of the server, where a request came in. */
function socketOf(request: object): Socket {
  if (!(request instanceof IncomingMessage)) throw new Error('the request is not that of Node');
  return request.socket;
}

function connectTo({ url }: ApiServer): Socket {
  // It may be cut with a reset.
  return connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
}

describe('the server', () => {
  it('answers on a free port and says where', async () => {
    server = await listen(hello, local);

    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await fetch(server.url)).text()).toBe('hello');
  });

  it('hands over the request as it came, and sends the answer as it is', async () => {
    server = await listen(async ({ url, headers }) => {
      if (url !== '/a?b=%20c') return answer('other');
      return headers['if-none-match'] === 'x' ? { status: 304, headers: { ETag: 'x' }, body: undefined } : answer('cached', { ETag: 'x' });
    }, local);

    const cached = await fetch(`${server.url}/a?b=%20c`);
    const same = await fetch(`${server.url}/a?b=%20c`, { headers: { 'If-None-Match': 'x' } });

    expect([cached.status, cached.headers.get('ETag'), await cached.text()]).toEqual([200, 'x', 'cached']);
    expect([same.status, await same.text()]).toEqual([304, '']);
    expect(await (await fetch(`${server.url}/other`)).text()).toBe('other');
  });

  it('sends a stream piece by piece, and ends it when the client is gone', async () => {
    const ended = deferred<void>();
    server = await listen(async () => ({ status: 200, headers: {}, body: Readable.from(piecesWithoutEnd(ended)) }), local);
    const gone = new AbortController();

    const reader = (await fetch(server.url, { signal: gone.signal })).body?.getReader();
    expect((await reader?.read())?.value?.length).toBeGreaterThan(0);
    gone.abort();

    await expect(ended.promise).resolves.toBeUndefined();
  });

  it('waits for an answer that takes longer to make than a client may be silent', async () => {
    server = await listen(async (request) => {
      await eventLoopTurn();
      for (let times = 0; times < 5; times += 1) socketOf(request).emit('timeout');
      return answer('hello');
    }, local);

    expect(await (await fetch(server.url)).text()).toBe('hello');
  });

  it('cuts a client that does not read its answer', async () => {
    const [asked, ended] = [deferred<Socket>(), deferred<void>()];
    server = await listen(async (request) => {
      asked.resolve(socketOf(request));
      return { status: 200, headers: {}, body: Readable.from(piecesWithoutEnd(ended)) };
    }, local);
    const client = connectTo(server).pause();
    client.write(get);
    const socket = await asked.promise;
    await expect.poll(() => socket.writableLength).toBeGreaterThan(0);
    socket.emit('timeout');

    await expect(ended.promise).resolves.toBeUndefined();
    client.destroy();
  });

  it('cuts a client whose answer never comes, in the end', async () => {
    const asked = deferred<Socket>();
    server = await listen((request) => {
      asked.resolve(socketOf(request));
      return deferred<HttpAnswer>().promise;
    }, local);
    const client = connectTo(server);
    client.write(get);
    const socket = await asked.promise;
    for (let times = 0; times < 100; times += 1) socket.emit('timeout');

    expect(socket.destroyed).toBe(true);
    client.destroy();
  });

  it('cuts a client that never asks', async () => {
    server = await listen(hello, { ...local, maxSilenceMs: 20 });
    const closed = deferred<void>();
    connectTo(server)
      .resume()
      .once('close', () => closed.resolve());

    await expect(closed.promise).resolves.toBeUndefined();
  });

  it('refuses a port that is taken, and names it', async () => {
    server = await listen(hello, local);
    const port = Number(new URL(server.url).port);

    await expect(listen(hello, { ...local, port })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`port ${port} is taken by another program`),
    });
  });

  it('refuses an address that is not one of this machine', async () => {
    await expect(listen(hello, { host: '192.0.2.1', port: 0 })).rejects.toMatchObject({ code: 'misconfigured' });
  });

  it('lets a running request end before it closes, and takes no new ones', async () => {
    const arrived = deferred<void>();
    const answered = deferred<HttpAnswer>();
    server = await listen(() => {
      arrived.resolve();
      return answered.promise;
    }, local);
    const { url } = server;
    const running = fetch(url);
    await arrived.promise;

    const closing = server.close(5_000);
    answered.resolve(answer('hello'));

    expect(await (await running).text()).toBe('hello');
    await closing;
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('does not wait for connections that only stay open', async () => {
    server = await listen(hello, local);
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    await new Promise((resolve) => socket.once('connect', resolve));
    await (await fetch(server.url)).text();

    // The test would run out of time before this grace period does.
    await expect(server.close(600_000)).resolves.toBeUndefined();
    socket.destroy();
  });

  it('cuts a request that outlasts the grace period', async () => {
    const arrived = deferred<void>();
    server = await listen(() => {
      arrived.resolve();
      return deferred<HttpAnswer>().promise;
    }, local);
    const running = fetch(server.url).catch((error: unknown) => error);
    await arrived.promise;

    await server.close(10);

    expect(await running).toBeInstanceOf(Error);
  });

  it('takes the long addresses of Grafana, and refuses endless headers without falling over', async () => {
    server = await listen(hello, local);

    const long = await fetch(`${server.url}/?repo=${'acme/app,'.repeat(5_000)}`);
    const endless = await fetch(server.url, { headers: { 'x-long': 'x'.repeat(70_000) } });

    expect([long.status, endless.status]).toEqual([200, 431]);
    expect((await fetch(server.url)).status).toBe(200);
  });
});
