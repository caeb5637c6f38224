/** Clients that mean ill, on a real socket: nothing of the inside is told, nobody else waits, and nothing ends the server. */
import { connect, type Socket } from 'node:net';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { read } from '../support/api.ts';
import { startPages } from '../support/pages.ts';
import type { ApiServer } from '../../src/http/server.ts';

let server: ApiServer;
let port: number;

const tags = [
  { name: '<script>alert(1)</script>', digest: '"><img src=x onerror=alert(1)>' },
  { name: '=cmd|calc', lastUpdated: '\u001B[2J' },
];

beforeAll(async () => {
  server = await startPages({
    readings: [read('ghcr', 'acme/app', '2026-03-13', 40, { tags }), read('ghcr', 'acme/app', '2026-03-14', 50, { tags })],
  });
  port = Number(new URL(server.url).port);
});

afterAll(() => server.close(1_000));

/** Nothing more comes when nothing has come for so long; of an answer that has not begun nobody knows when it will. */
const quietMs = 500;
const patienceMs = 20_000;

/** What comes back to these bytes until the server ends the connection, or says no more. */
function send(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    let answer = '';
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    let timer = setTimeout(end, patienceMs);
    socket
      .on('data', (data) => {
        answer += data.toString('latin1');
        clearTimeout(timer);
        timer = setTimeout(end, quietMs);
      })
      .on('close', end)
      .on('error', end);
  });
}

async function ask(path: string, init: RequestInit = {}): Promise<{ status: number; text: string; headers: Headers }> {
  const answer = await fetch(server.url + path, init);
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

const invalid = { error: { code: 'invalid_input' } };
const inside = /\bat \S+ \(|node_modules|\/src\/|\.ts:\d+|\/work\/|\/data\/\d|ENOENT/;
const routes = [
  '/',
  '/status',
  '/images/acme/app',
  '/data/chart.json',
  '/api/summary',
  '/api/images',
  '/api/groups',
  '/api/pulls',
  '/api/pulls/daily',
  '/api/tags',
  '/api/tags/history',
  '/api/events',
  '/api/snapshot',
  '/api/status',
  '/api/health',
  '/api/openapi.json',
  '/badge/all/acme/app.svg',
  '/chart/all/acme/app.svg',
  '/assets/x.js',
];

describe('a hostile client', () => {
  it.each(routes)('gets no method but GET and HEAD at %s', async (path) => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const { status, headers } = await ask(path, { method });
      expect([method, status, headers.get('allow')]).toEqual([method, 405, 'GET, HEAD']);
    }
    const head = await ask(path, { method: 'HEAD' });
    expect(head.text).toBe('');
    expect(head.status).toBe((await ask(path)).status);
  });

  it('learns nothing by tricks with paths', async () => {
    const tricks = [
      '/../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/assets/..%2f..%2fpackage.json',
      '/assets/%00',
      '/images/..%5c..%5cx',
      '/images/%c0%ae%c0%ae/x',
      '//evil.example/x',
      '/;/api',
      '/api/summary/../snapshot%00',
      '/images/%E0%A4%A',
      '/badge/all/../x.svg',
      '/badge/all/%3Cscript%3E/x.svg',
    ];
    for (const path of tricks) {
      const answer = await send(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 (200|400|404) /);
      expect(answer).not.toMatch(inside);
      expect(answer).not.toMatch(/root:|"dependencies"|<script>alert/);
    }
  });

  it('gets an error of its own kind for whatever it puts into a query', async () => {
    const names = [
      'registry',
      'repo',
      'from',
      'to',
      'date',
      'split',
      'format',
      'kind',
      'range',
      'sort',
      'q',
      'theme',
      'period',
      'style',
      'color',
      'label',
      'badge',
      'group',
    ];
    const query = fc.array(fc.tuple(fc.constantFrom(...names), fc.string({ unit: 'grapheme', maxLength: 40 })), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...routes), query, async (path, pairs) => {
        const { status, text, headers } = await ask(
          `${path}?${new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString()}`,
        );
        expect(status).toBeLessThan(500);
        expect(text).not.toMatch(inside);
        const error: unknown = status === 400 && path.startsWith('/api/') ? JSON.parse(text) : invalid;
        expect(error).toMatchObject(invalid);
        expect(headers.get('x-content-type-options')).toBe('nosniff');
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['two lengths', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd'],
    ['a length and chunks', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a header without an end', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(100_000)}`],
    ['many headers', `GET / HTTP/1.1\r\nHost: x\r\n${'a: b\r\n'.repeat(3_000)}\r\n`],
    ['a query of 100 kB', `GET /api/summary?repo=${'x'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['a line that is folded', 'GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\nConnection: close\r\n\r\n'],
    ['a host that is none', 'GET / HTTP/1.1\r\nHost: <script>\r\nConnection: close\r\n\r\n'],
  ])('that sends %s is answered with an error or not at all, and others are served', async (_what, bytes) => {
    const answer = await send(bytes);

    expect(answer).not.toMatch(inside);
    expect(answer).not.toContain('<script>');
    expect((await ask('/api/health')).status).toBe(200);
  });

  it('cannot split an answer, nor choose its headers', async () => {
    const { headers, text } = await ask('/badge/all/acme/app.svg?label=%0d%0aSet-Cookie:%20a=b');

    expect(headers.get('set-cookie')).toBeNull();
    expect(text).not.toContain('\r\nSet-Cookie');
    const range = await ask('/api/summary', {
      headers: { Range: 'bytes=0-1', 'If-None-Match': `"${'x'.repeat(5_000)}"`, 'Accept-Encoding': 'x;q=,,br;q=zz' },
    });
    expect(range.status).toBe(200);
  });

  it('that drips its headers through hundreds of sockets keeps nobody else waiting', async () => {
    const sockets: Socket[] = [];
    for (let at = 0; at < 400; at += 1) {
      const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHo'));
      sockets.push(socket.on('error', () => undefined));
    }
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('/api/summary')));

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    for (const socket of sockets) socket.destroy();
  });

  it('sees the names that registries gave it as text, in pages, pictures and tables', async () => {
    const page = (await ask('/images/acme/app')).text;
    const csv = (await ask('/api/tags?format=csv')).text;

    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).not.toMatch(/<script>alert|<img src=x/);
    expect(csv).toContain("'=cmd|calc");
    expect(csv).not.toMatch(/(^|,)=cmd/m);
  });
});
