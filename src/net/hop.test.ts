import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../core/model/errors.ts';
import { firstHop, isRedirect, nextHop, type Hop } from './hop.ts';
import type { HttpRequest } from './http.ts';

const origins = ['https://hub.example', 'https://cdn.example:8443'];

function first(request: HttpRequest = {}, url = 'https://hub.example/a?b=c'): Hop {
  return firstHop(url, request, origins, 'agent/1');
}

function follow(location: string, request: HttpRequest = {}, status = 302): Hop {
  const hop = first(request);
  return nextHop(hop, hop, { status, location }, origins);
}

describe('the first request', () => {
  it('carries the headers of the caller and says who is asking', () => {
    const { url, method, headers, body } = first({ headers: { Accept: 'text/html', 'User-Agent': 'Mozilla/5.0' } });

    expect(url.href).toBe('https://hub.example/a?b=c');
    expect(method).toBe('GET');
    expect(Object.fromEntries(headers)).toEqual({ accept: 'text/html', 'user-agent': 'agent/1' });
    expect(body).toBeUndefined();
  });

  it.each([{ json: { tag: 'größe' } }, { method: 'POST' as const, json: { tag: 'größe' } }])('sends JSON as a POST', (request) => {
    const { method, headers, body } = first(request);

    expect(method).toBe('POST');
    expect(headers.get('content-type')).toBe('application/json');
    expect(body).toBe('{"tag":"größe"}');
  });

  it.each([
    ['another host', 'https://evil.example/', 'https://evil.example is not an allowed address'],
    ['another scheme', 'http://hub.example/', 'http://hub.example is not an allowed address'],
    ['another port', 'https://hub.example:444/', 'https://hub.example:444 is not an allowed address'],
    ['a host behind a user name', 'https://hub.example@evil.example/', 'https://evil.example is not an allowed address'],
    ['a user name', 'https://user:secret@hub.example/', 'https://hub.example is not an allowed address'],
    ['no host', 'file:///etc/passwd', 'a file: address is not an allowed address'],
    ['nothing readable', 'hub.example/a', 'an address cannot be read'],
  ])('is not sent to %s', (_what, url, message) => {
    expect(() => first({}, url)).toThrow(expect.objectContaining({ code: 'internal', message }));
  });

  it.each([
    ['a GET', {}, true],
    ['a POST', { json: {} }, false],
    ['a POST that only asks', { json: {}, idempotent: true }, true],
  ] as const)('may be sent again when it is %s: %o', (_what, request, expected) => {
    expect(first(request).isRepeatable).toBe(expected);
    expect(follow('/b', request, 307).isRepeatable).toBe(expected);
    expect(follow('/b', request, 303).isRepeatable).toBe(true);
  });

  it('may be a POST without a body, which has no type', () => {
    const { method, headers, body } = first({ method: 'POST' });

    expect({ method, body, type: headers.get('content-type') }).toEqual({ method: 'POST', body: undefined, type: null });
  });

  it('does not tell a credential that cannot be sent', () => {
    const message = 'a header for hub.example holds characters that cannot be sent';

    expect(() => first({ headers: { authorization: 'Bearer secret\nvalue' } })).toThrow(
      expect.objectContaining({ code: 'internal', message, cause: undefined }),
    );
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('is status %i', (status) => {
    expect(isRedirect(status)).toBe(true);
  });

  it.each([200, 300, 304, 305, 306, 309, 404])('is not status %i', (status) => {
    expect(isRedirect(status)).toBe(false);
  });

  it.each([
    ['/b', 'https://hub.example/b'],
    ['b/c?d', 'https://hub.example/b/c?d'],
    ['//cdn.example:8443/x', 'https://cdn.example:8443/x'],
    ['https://HUB.example:443/x', 'https://hub.example/x'],
  ])('to %s leads to %s', (location, href) => {
    expect(follow(location).url.href).toBe(href);
  });

  it.each([
    ['https://evil.example/x?token=1', 'hub.example redirects to https://evil.example, which is not allowed'],
    ['http://hub.example/x', 'hub.example redirects to http://hub.example, which is not allowed'],
    ['https://cdn.example/x', 'hub.example redirects to https://cdn.example, which is not allowed'],
    ['http://169.254.169.254/latest/meta-data', 'hub.example redirects to http://169.254.169.254, which is not allowed'],
    ['https://hub.example.evil.example/', 'hub.example redirects to https://hub.example.evil.example, which is not allowed'],
    ['https://hub.example@evil.example/', 'hub.example redirects to https://evil.example, which is not allowed'],
    ['https://user:secret@hub.example/', 'hub.example redirects to https://hub.example, which is not allowed'],
    ['https://user@hub.example/', 'hub.example redirects to https://hub.example, which is not allowed'],
    ['https://:secret@hub.example/', 'hub.example redirects to https://hub.example, which is not allowed'],
    ['blob:https://hub.example/x', 'hub.example redirects to a blob: address, which is not allowed'],
    ['ftp://hub.example/x', 'hub.example redirects to ftp://hub.example, which is not allowed'],
    ['file:///etc/passwd', 'hub.example redirects to a file: address, which is not allowed'],
    ['data:text/plain,5', 'hub.example redirects to a data: address, which is not allowed'],
    ['https://', 'hub.example redirects to an address that cannot be read'],
  ])('to %s is refused', (location, message) => {
    expect(() => follow(location)).toThrow(expect.objectContaining({ code: 'invalid_response', message }));
  });

  const headers = { authorization: 'Bearer secret', cookie: 'a=b', 'proxy-authorization': 'Basic x', accept: 'text/html' };

  it('keeps credentials on the origin that was asked first', () => {
    expect(Object.fromEntries(follow('/b', { headers }).headers)).toEqual({ ...headers, 'user-agent': 'agent/1' });
  });

  it('takes credentials to no other origin, and has them again on the way back', () => {
    const start = first({ headers });

    const away = nextHop(start, start, { status: 302, location: 'https://cdn.example:8443/x' }, origins);
    const back = nextHop(start, away, { status: 302, location: 'https://hub.example/y' }, origins);

    expect(Object.fromEntries(away.headers)).toEqual({ accept: 'text/html', 'user-agent': 'agent/1' });
    expect(back.headers.get('authorization')).toBe('Bearer secret');
  });

  it.each([301, 302, 303])('with status %i turns a POST into a GET without a body', (status) => {
    const { method, body, headers: sent } = follow('/b', { json: { a: 1 } }, status);

    expect({ method, body, type: sent.get('content-type') }).toEqual({ method: 'GET', body: undefined, type: null });
  });

  it.each([307, 308])('with status %i sends a POST again, to the same origin only', (status) => {
    const { method, body, headers: sent } = follow('/b', { json: { secret: 1 } }, status);
    const elsewhere = (): Hop => follow('https://cdn.example:8443/', { json: { secret: 1 } }, status);

    expect({ method, body, type: sent.get('content-type') }).toEqual({ method: 'POST', body: '{"secret":1}', type: 'application/json' });
    expect(elsewhere).toThrow('hub.example redirects what was sent to https://cdn.example:8443, which is not allowed');
  });

  it('leads to an allowed origin or is refused, wherever it points', () => {
    const anywhere = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.webUrl(),
      fc.ipV4().map((ip) => `http://${ip}/`),
      fc.constant('//cdn.example:8443'),
    );
    fc.assert(
      fc.property(anywhere, (location) => {
        expect([...origins, 'refused']).toContain(originOrRefusal(location));
      }),
      { numRuns: 50 },
    );
  });
});

function originOrRefusal(location: string): string {
  try {
    return follow(location).url.origin;
  } catch (error) {
    return error instanceof AppError && error.code === 'invalid_response' ? 'refused' : String(error);
  }
}
