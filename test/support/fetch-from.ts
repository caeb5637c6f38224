import { Readable } from 'node:stream';
import type { Handler } from '../../src/http/message.ts';

/** Asks a handler without a socket. */
export function fetchFrom(handler: Handler): (path: string, init?: RequestInit) => Promise<Response> {
  return async (path, init = {}) => {
    // As a client does it: dots and blanks in the address are resolved before it is sent.
    const { pathname, search, host } = new URL(`http://localhost:9100${path}`);
    const headers = Object.fromEntries([['host', host], ...new Headers(init.headers)]);
    const answer = await handler({ method: init.method ?? 'GET', url: pathname + search, headers });
    const body = answer.body instanceof Readable ? Readable.toWeb(answer.body) : answer.body && Uint8Array.from(answer.body);
    return new Response(body ?? null, { status: answer.status, headers: answer.headers });
  };
}
