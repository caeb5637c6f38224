import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { createRecordingLog, type RecordingLog } from '../../test/support/recording-log.ts';
import { AppError } from '../core/model/errors.ts';
import { endpoint, toRoutes, type Content } from './endpoint.ts';
import { pageHeaders } from './headers.ts';
import { jsonContent } from './json-content.ts';
import type { Handler, HttpRequest } from './message.ts';
import { createPipeline } from './pipeline.ts';

interface Parts {
  readonly access?: (request: HttpRequest) => void;
  readonly handle?: () => Promise<Content>;
}

function setUp({ access, handle = async () => ({ type: 'text/plain', chunks: ['hello'] }) }: Parts): {
  readonly handler: Handler;
  readonly handled: () => number;
  readonly log: RecordingLog;
} {
  let count = 0;
  const hello = endpoint({
    path: '/hello',
    summary: 'Says hello',
    query: {},
    headers: { 'Cache-Control': 'max-age=1', 'X-Frame-Options': 'SAMEORIGIN' },
    handle: () => {
      count += 1;
      return handle();
    },
  });
  const log = createRecordingLog();
  const routes = toRoutes([hello], undefined);
  return { handler: createPipeline({ routes, access, registries: [], basePath: '', revision: () => '1', log }), handled: () => count, log };
}

function onlyKnown({ headers }: HttpRequest): void {
  if (headers.authorization !== 'yes') throw new AppError('invalid_input', 'not for you');
}

async function* failing(): AsyncGenerator<string> {
  for (let at = 0; at < 100; at += 1) yield 'x'.repeat(65_536);
  throw new AppError('unreachable', 'the database is away');
}

describe('the pipeline', () => {
  it('refuses who may not ask before anything is looked up, also what is cached', async () => {
    const { handler, handled } = setUp({ access: onlyKnown });

    expect((await handler({ url: '/hello', headers: {} })).status).toBe(400);
    expect(handled()).toBe(0);
    expect((await handler({ url: '/hello', headers: { authorization: 'yes' } })).status).toBe(200);
    expect((await handler({ url: '/hello', headers: {} })).status).toBe(400);
  });

  it('lets only the named sites show an answer in a frame, an error too', async () => {
    const log = createRecordingLog();
    const routes = toRoutes(
      [endpoint({ path: '/page', summary: 'A page', query: {}, headers: pageHeaders, handle: async () => jsonContent({}) })],
      undefined,
    );
    const ask = async (
      url: string,
      frameAncestors?: readonly string[],
    ): Promise<readonly [number, string | undefined, string | undefined]> => {
      const handler = createPipeline({ routes, registries: [], basePath: '', frameAncestors, revision: () => '1', log });
      const { status, headers } = await handler({ url, headers: {} });
      const ancestors = /frame-ancestors [^;]+/g.exec(headers['Content-Security-Policy'] ?? '')?.[0];
      return [status, headers['X-Frame-Options'], ancestors];
    };
    const named = ["'self'", 'https://home.example:8123'];

    expect(await ask('/page')).toEqual([200, 'DENY', "frame-ancestors 'none'"]);
    expect(await ask('/page', named)).toEqual([200, undefined, "frame-ancestors 'self' https://home.example:8123"]);
    expect(await ask('/nothing')).toEqual([404, 'DENY', "frame-ancestors 'none'"]);
    expect(await ask('/nothing', named)).toEqual([404, undefined, "frame-ancestors 'self' https://home.example:8123"]);
  });

  it('gives every answer its headers: those of all, of the endpoint, and of the content', async () => {
    const { handler } = setUp({});

    const { headers } = await handler({ url: '/hello', headers: {} });

    expect(headers).toMatchObject({
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'SAMEORIGIN',
      'Cache-Control': 'max-age=1',
      'Content-Type': 'text/plain',
    });
  });

  it('says when another try makes sense, where that is known', async () => {
    const { handler } = setUp({
      handle: async () => Promise.reject(new AppError('unreachable', 'not yet', { retryAfterMs: 1_500 })),
    });

    const { status, headers } = await handler({ url: '/hello', headers: {} });

    expect([status, headers['Retry-After'], headers['Cache-Control']]).toEqual([503, '2', 'no-store']);
  });

  it('makes nothing more of a long answer to HEAD', async () => {
    let ended = false;
    function* long(): Generator<string> {
      try {
        for (;;) yield 'x'.repeat(1024 * 1024);
      } finally {
        ended = true;
      }
    }
    const { handler } = setUp({ handle: async () => ({ type: 'text/plain', chunks: long() }) });

    const answer = await handler({ method: 'HEAD', url: '/hello', headers: {} });
    await new Promise((resolve) => setImmediate(resolve));

    expect([answer.status, answer.body instanceof Readable, answer.body, ended]).toEqual([200, false, undefined, true]);
  });

  it('logs an answer that cannot be made to its end, and not a reader that leaves', async () => {
    const { handler, log } = setUp({ handle: async () => ({ type: 'text/plain', chunks: failing() }) });
    const read = async (take: (body: Readable) => Promise<unknown>): Promise<unknown> => {
      const { body } = await handler({ url: '/hello', headers: {} });
      return body instanceof Readable ? take(body).catch((error: unknown) => error) : undefined;
    };

    const left = new PassThrough();
    await read(async (body) => {
      const passing = pipeline(body, left);
      left.destroy();
      return passing;
    });
    expect(log.lines.filter(({ level }) => level !== 'debug')).toEqual([]);

    expect(await read((body) => body.toArray())).toMatchObject({ code: 'unreachable' });
    expect(log.lines.filter(({ level }) => level === 'error').map(({ message, fields }) => [message, fields['reason']])).toEqual([
      ['answer broken off', 'the database is away'],
    ]);
  });
});
