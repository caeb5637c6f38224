/** Clients that request more than can be made or sent at once, on a real socket: work and memory stay bounded, and others are served. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createRecordingLog } from '../support/recording-log.ts';
import { createManualTimer } from '../support/manual-timer.ts';
import { endpoint, toRoutes } from '../../src/http/endpoint.ts';
import { createPipeline } from '../../src/http/pipeline.ts';
import { choice } from '../../src/http/query.ts';
import { listen, type ApiServer } from '../../src/http/server.ts';

const piece = 'x'.repeat(65_536);
const names = Array.from({ length: 40 }, (_, at) => `n${at}`);
const timeouts = { maxWaitMs: 10_000, maxSilentMs: 30_000, yieldAfterMs: 5_000 };

let server: ApiServer | undefined;
let sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await server?.close(0);
});

interface Work {
  /** Answers that are being made now, and the most at once. */
  now: number;
  most: number;
  made: number;
  pieces: number;
}

/** `/slow` is made when it is let go, `/large` is a stream without end, `/whole` has 1 MiB, `/now` is immediate. */
async function start() {
  const work: Work = { now: 0, most: 0, made: 0, pieces: 0 };
  const held: (() => void)[] = [];
  const time = createManualTimer();
  const name = choice('name', names);
  const begin = (): void => {
    work.made += 1;
    work.now += 1;
    work.most = Math.max(work.most, work.now);
  };
  const routes = toRoutes(
    [
      endpoint({
        path: '/slow',
        summary: 'Waits',
        query: { name },
        async handle() {
          begin();
          await new Promise<void>((resolve) => held.push(resolve));
          work.now -= 1;
          return { type: 'text/plain', chunks: ['slow'] };
        },
      }),
      endpoint({
        path: '/large',
        summary: 'Never ends',
        query: { name },
        async handle() {
          work.made += 1;
          return { type: 'text/plain', chunks: endless(work) };
        },
      }),
      endpoint({
        path: '/whole',
        summary: 'Has 1 MiB',
        query: { name },
        async handle() {
          work.made += 1;
          return { type: 'text/plain', chunks: [piece.repeat(16)] };
        },
      }),
      endpoint({
        path: '/now',
        summary: 'Is small',
        query: {},
        cached: false,
        immediate: true,
        handle: async () => ({ type: 'text/plain', chunks: ['now'] }),
      }),
    ],
    undefined,
  );
  const limits = {
    maxAnswerBytes: 1024 * 1024,
    maxBytes: 4 * 1024 * 1024,
    building: { maxAtOnce: 2, maxWaiting: 4, maxWaitMs: 10_000 },
    outgoing: { maxBytes: 5 * 1024 * 1024, ...timeouts },
  };
  const handler = createPipeline({ routes, registries: [], basePath: '', revision: () => '1', limits, log: createRecordingLog(), ...time });
  server = await listen(handler, { host: '127.0.0.1', port: 0 });
  const { url } = server;
  return { url, work, time, letGo: () => held.splice(0).forEach((go) => go()) };
}

function* endless(work: Work): Generator<string> {
  work.now += 1;
  work.most = Math.max(work.most, work.now);
  try {
    for (;;) {
      work.pieces += 1;
      yield piece;
    }
  } finally {
    work.now -= 1;
  }
}

/** Sends requests in one go, and reads nothing but what `read` takes. */
async function open(url: string, ...paths: string[]): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''));
  return socket;
}

/** As long as the test may take: what is waited for has no deadline of its own. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(10);
}

/** Until a number has not changed for a while: what a kernel passes on comes in bursts. */
async function untilSteady(number: () => number): Promise<void> {
  let last = number();
  for (let same = 0; same < 20; same += 1) {
    await sleep(10);
    if (number() !== last) same = 0;
    last = number();
  }
}

describe('a service with more requests than it can work on', () => {
  it('works on two at once, lets four wait, and refuses the others with when to try again', async () => {
    const { url, work, letGo } = await start();
    const all = names.slice(0, 10).map((name) => fetch(`${url}/slow?name=${name}`));
    const refused = await Promise.race(all);

    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await refused.json()).toEqual({
      error: { code: 'overloaded', message: 'too many answers are being made or sent at the moment: try again in some seconds' },
    });
    expect(await (await fetch(`${url}/now`)).text()).toBe('now');
    while (work.made < 6) {
      await until(() => work.now > 0);
      letGo();
    }
    letGo();
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(6);
    expect(statuses.filter((status) => status === 503)).toHaveLength(4);
    expect(work.most).toBe(2);
  });

  it('makes an answer once, whatever parameters are added that it does not have', async () => {
    const { url, work } = await start();

    const answers = await Promise.all(names.map(async (name) => (await fetch(`${url}/whole?x=${name}`)).text()));

    expect(new Set(answers.map(({ length }) => length))).toEqual(new Set([1024 * 1024]));
    expect(work.made).toBe(1);
  });

  it('makes no more for readers that take nothing, cuts them off when another needs the room, and serves that one', async () => {
    const { url, work, time } = await start();
    const silent = [await open(url, '/large?name=n0'), await open(url, '/large?name=n1')];
    for (const socket of silent) socket.pause();
    await until(() => work.now === 2);
    await untilSteady(() => work.pieces);

    const third = fetch(`${url}/large?name=n2`);
    await until(() => work.now === 3);
    // Sockets hold some megabytes, however little is read: what was made is bounded by that.
    expect(work.pieces).toBeLessThan(5_000);
    // It has begun, but nothing tells when it waits for room.
    await until(() => {
      time.advance(1_000);
      return work.now < 3;
    });
    const answered = await third;

    expect(answered.status).toBe(200);
    await until(() => work.now === 1);
    await answered.body?.cancel();
    await until(() => work.now === 0);
  });

  it('makes nothing more of an answer whose reader leaves halfway', async () => {
    const { url, work } = await start();
    const socket = await open(url, '/large?name=n0');
    await once(socket, 'data');

    socket.destroy();

    await until(() => work.now === 0);
    expect((await fetch(`${url}/whole`)).status).toBe(200);
  });

  it('answers the requests of a connection one after another, however many come at once', async () => {
    const { url, work, letGo } = await start();
    const socket = await open(url, ...names.slice(0, 5).map((name) => `/slow?name=${name}`));
    let received = '';
    socket.on('data', (data: Buffer) => (received += data.toString('latin1')));

    for (let answered = 0; answered < 5; answered += 1) {
      await until(() => work.made === answered + 1);
      letGo();
    }

    await until(() => received.split('HTTP/1.1 200').length === 6);
    expect(work.most).toBe(1);
  });

  it('ends a connection that sends more requests than anybody needs before it reads one answer', async () => {
    const { url, work } = await start();
    const socket = await open(url, ...Array.from({ length: 200 }, (_, at) => `/slow?name=${names[at % names.length]}`));
    if (!socket.destroyed) await once(socket, 'close');

    expect(work.made).toBeLessThanOrEqual(2);
    expect(await (await fetch(`${url}/now`)).text()).toBe('now');
  });
});
