/** The client with the platform's own fetch, against servers on this machine that misbehave. */
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createFixedClock } from '../../test/support/fixed-clock.ts';
import { createManualTimer } from '../../test/support/manual-timer.ts';
import { createRecordingLog } from '../../test/support/recording-log.ts';
import { createHttpClientFactory } from './client.ts';
import type { StartTimer } from './deadline.ts';
import type { HttpClient } from './http.ts';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<{ readonly origin: string; readonly host: string; readonly server: Server }> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const host = `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  return { origin: `http://${host}`, host, server };
}

function createClient(origins: readonly string[], timeoutMs = 600_000, startTimer?: StartTimer): HttpClient {
  const clock = createFixedClock('2026-03-14T10:00:00.000Z');
  const log = createRecordingLog();
  const deps = { fetch: globalThis.fetch, clock, random: () => 0, userAgent: 'registry-stats/1', log, timeoutMs, startTimer };
  return createHttpClientFactory(deps)({ origins, delayMs: 0, maxBytes: 100_000 });
}

/** Writes for ever, as fast as it is read. */
function flood(response: ServerResponse): void {
  const chunk = Buffer.alloc(16_384, 'x');
  const write = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', write);
  write();
}

describe('a server', () => {
  it('is asked with the name of the program and answers through compression', async () => {
    const agents: (string | undefined)[] = [];
    const { origin } = await serve((request, response) => {
      agents.push(request.headers['user-agent']);
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('größe'));
    });

    await expect(createClient([origin]).request(`${origin}/a`)).resolves.toMatchObject({ status: 200, body: 'größe' });

    expect(agents).toEqual(['registry-stats/1']);
  });

  it('that never ends its answer is cut off at the largest size', async () => {
    let requests = 0;
    let closed: Promise<void> | undefined;
    const { origin, host } = await serve((_request, response) => {
      requests += 1;
      closed = new Promise((resolve) => response.on('close', resolve));
      response.writeHead(200);
      flood(response);
    });

    await expect(createClient([origin]).request(origin)).rejects.toMatchObject({
      code: 'invalid_response',
      message: `${host} answered with more than 100000 bytes`,
    });

    await closed;
    expect(requests).toBe(1);
  });

  it('that sends a small body which unpacks to a huge one is cut off as well', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const { origin } = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': bomb.length }).end(bomb);
    });

    await expect(createClient([origin]).request(origin)).rejects.toMatchObject({ code: 'invalid_response' });
    expect(bomb.length).toBeLessThan(100_000);
  });

  it('that closes the connection in the middle is asked again, and is then unreachable', async () => {
    let requests = 0;
    const { origin, host } = await serve((_request, response) => {
      requests += 1;
      response.writeHead(200, { 'content-length': 1000 });
      response.write('half', () => response.destroy());
    });

    await expect(createClient([origin]).request(origin)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(`^${host} closed the connection before the answer was complete`),
    });

    expect(requests).toBe(4);
  });

  it('that accepts no connection is unreachable', async () => {
    const { origin, host, server } = await serve(() => undefined);
    await new Promise((resolve) => server.close(resolve));

    await expect(createClient([origin]).request(origin)).rejects.toMatchObject({
      code: 'unreachable',
      message: `${host} refused the connection (ECONNREFUSED)`,
    });
  });

  it.each([
    ['before its headers', (): void => undefined],
    ['in its body', (response: ServerResponse): void => void response.writeHead(200).write('half')],
    ['byte by byte', dribble],
  ])('that hangs %s is given up in time', async (_where, behave) => {
    const { origin, host } = await serve((_request, response) => behave(response));

    await expect(createClient([origin], 50).request(origin, { method: 'POST' })).rejects.toMatchObject({
      code: 'unreachable',
      message: `${host} did not answer within 0.05 s`,
    });
  });

  it('that hangs is asked 4 times, and no socket stays open', async () => {
    const closings: Promise<void>[] = [];
    const time = createManualTimer();
    const { origin } = await serve((_request, response) => {
      closings.push(new Promise((resolve) => response.on('close', resolve)));
      time.advance(10_000);
    });

    await expect(createClient([origin], 10_000, time.timer).request(origin)).rejects.toMatchObject({ code: 'unreachable' });

    await Promise.all(closings);
    expect(closings).toHaveLength(4);
  });

  it('is left at once when the request is aborted', async () => {
    const stopping = new AbortController();
    const reason = new Error('the service is stopping');
    let closed: Promise<void> | undefined;
    const { origin } = await serve((_request, response) => {
      closed = new Promise((resolve) => response.on('close', resolve));
      response.writeHead(200).write('half', () => stopping.abort(reason));
    });

    await expect(createClient([origin]).request(origin, { signal: stopping.signal })).rejects.toBe(reason);

    await closed;
  });
});

describe('a server that redirects', () => {
  it('in a circle is left after 5 redirects', async () => {
    let requests = 0;
    const { origin, host } = await serve((_request, response) => {
      requests += 1;
      response.writeHead(302, { location: '/again' }).end('moved');
    });

    await expect(createClient([origin]).request(origin)).rejects.toMatchObject({
      code: 'invalid_response',
      message: `${host} redirects more than 5 times`,
    });

    expect(requests).toBe(6);
  });

  it('to another server on the list is followed, without credentials', async () => {
    const target = await serve((request, response) => void response.end(`${request.url} ${request.headers.authorization ?? 'nobody'}`));
    const { origin } = await serve((_request, response) => void response.writeHead(307, { location: `${target.origin}/b?c` }).end());
    const client = createClient([origin, target.origin]);

    const answer = await client.request(origin, { headers: { authorization: 'Bearer secret' } });

    expect(answer).toMatchObject({ body: '/b?c nobody', url: `${target.origin}/b?c` });
  });

  it('to a server that is not on the list is not followed', async () => {
    let requests = 0;
    const target = await serve((_request, response) => {
      requests += 1;
      response.end();
    });
    const { origin, host } = await serve((_request, response) => void response.writeHead(302, { location: target.origin }).end());

    await expect(createClient([origin]).request(origin)).rejects.toMatchObject({
      code: 'invalid_response',
      message: `${host} redirects to ${target.origin}, which is not allowed`,
    });

    expect(requests).toBe(0);
  });

  it.each(['http://169.254.169.254/latest/meta-data/', 'file:///etc/passwd', 'http://[::1]/'])(
    'to %s is not followed',
    async (location) => {
      const { origin } = await serve((_request, response) => void response.writeHead(302, { location }).end());

      await expect(createClient([origin]).request(origin)).rejects.toMatchObject({ code: 'invalid_response' });
    },
  );

  it('with an endless body is not read, and its socket is closed', async () => {
    let closed: Promise<void> | undefined;
    const { origin } = await serve((request, response) => {
      if (request.url === '/b') {
        response.end('welcome');
        return;
      }
      closed = new Promise((resolve) => response.on('close', resolve));
      response.writeHead(302, { location: '/b' });
      flood(response);
    });

    await expect(createClient([origin]).request(origin)).resolves.toMatchObject({ body: 'welcome' });

    await closed;
  });
});

function dribble(response: ServerResponse): void {
  response.writeHead(200);
  const timer = setInterval(() => response.write('.'), 5);
  response.on('close', () => clearInterval(timer));
}

describe('a refusal', () => {
  it('whose body does not end is a refusal all the same, and its socket is closed', async () => {
    let closed: Promise<void> | undefined;
    const { origin, host } = await serve((_request, response) => {
      closed = new Promise((resolve) => response.on('close', resolve));
      response.writeHead(429, { 'retry-after': '600' });
      flood(response);
    });

    await expect(createClient([origin]).request(origin)).rejects.toMatchObject({
      code: 'rate_limited',
      message: `${host} limits the rate of requests (answered 429) and asks to wait 10 min`,
    });

    await closed;
  });

  it('whose body does not come is a refusal all the same', async () => {
    const { origin } = await serve((_request, response) => void response.writeHead(429, { 'retry-after': '600' }).write('{'));

    await expect(createClient([origin], 10_000, endShortWaits).request(origin)).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterMs: 600_000,
    });
  });
});

/** The short wait for the body of a refusal is over at once, the long one for a whole answer never. */
function endShortWaits(ms: number, onEnd: () => void): () => void {
  if (ms < 10_000) setImmediate(onEnd);
  return () => undefined;
}
