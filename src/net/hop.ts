/** What is sent to one address, first or after a redirect, and where a redirect may lead. */
import { AppError } from '../core/model/errors.ts';
import type { HttpRequest } from './http.ts';

export interface Hop {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Headers;
  /** Sent as it is. */
  readonly body: string | undefined;
  /** Whether it may be sent again when it is not known what became of it. */
  readonly isRepeatable: boolean;
}

export interface Redirect {
  readonly status: number;
  /** As the `Location` header says it. */
  readonly location: string;
}

const credentialHeaders = ['authorization', 'cookie', 'proxy-authorization'];

export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/** @throws AppError internal when the address is not one of the origins, or cannot be asked at all */
export function firstHop(address: string, request: HttpRequest, origins: readonly string[], userAgent: string): Hop {
  const url = parseUrl(address);
  if (!url) throw new AppError('internal', 'an address cannot be read');
  if (!isAllowed(url, origins)) throw new AppError('internal', `${placeOf(url)} is not an allowed address`);
  const headers = headersOf(request, userAgent, url.host);
  const method = request.method ?? (request.json === undefined ? 'GET' : 'POST');
  const isRepeatable = method === 'GET' || request.idempotent === true;
  if (method === 'GET' || request.json === undefined) return { url, method, headers, body: undefined, isRepeatable };
  headers.set('content-type', 'application/json');
  return { url, method, headers, body: JSON.stringify(request.json), isRepeatable };
}

/**
 * Where a redirect leads to. Credentials go to the origin that was asked first and to no other.
 * @throws AppError invalid_response when that is not one of the origins, or would carry a body to another one
 */
export function nextHop(first: Hop, from: Hop, redirect: Redirect, origins: readonly string[]): Hop {
  const { host } = from.url;
  const url = parseUrl(redirect.location, from.url);
  if (!url) throw new AppError('invalid_response', `${host} redirects to an address that cannot be read`);
  if (!isAllowed(url, origins)) throw new AppError('invalid_response', `${host} redirects to ${placeOf(url)}, which is not allowed`);
  const keepsBody = redirect.status === 307 || redirect.status === 308;
  const isElsewhere = url.origin !== first.url.origin;
  const method = keepsBody ? from.method : 'GET';
  const body = keepsBody ? from.body : undefined;
  if (isElsewhere && body !== undefined) {
    throw new AppError('invalid_response', `${host} redirects what was sent to ${placeOf(url)}, which is not allowed`);
  }
  const headers = new Headers(first.headers);
  if (body === undefined) headers.delete('content-type');
  if (isElsewhere) for (const name of credentialHeaders) headers.delete(name);
  return { url, method, headers, body, isRepeatable: method === 'GET' || from.isRepeatable };
}

function parseUrl(address: string, base?: URL): URL | undefined {
  return URL.canParse(address, base?.href) ? new URL(address, base?.href) : undefined;
}

function isAllowed(url: URL, origins: readonly string[]): boolean {
  const isHttp = url.protocol === 'http:' || url.protocol === 'https:';
  return isHttp && url.username === '' && url.password === '' && origins.includes(url.origin);
}

/** Scheme and host, at most so long: all that a message may tell of an address. */
function placeOf({ protocol, host }: URL): string {
  return (host === '' ? `a ${protocol} address` : `${protocol}//${host}`).slice(0, 200);
}

function headersOf(request: HttpRequest, userAgent: string, host: string): Headers {
  try {
    const headers = new Headers(request.headers);
    headers.set('user-agent', userAgent);
    return headers;
  } catch {
    // What was thrown quotes the header's value, which may be a credential: it is not kept.
    throw new AppError('internal', `a header for ${host} holds characters that cannot be sent`);
  }
}
