/** What a simulated registry is asked and what it answers, before any of it is a socket. */
import type { IncomingHttpHeaders } from 'node:http';

export type ServerName = 'dockerhub' | 'github' | 'ghcr' | 'quay' | 'ecr';

/** The part of a clock that a registry needs: milliseconds since the epoch. */
export interface Now {
  now(): number;
}

export interface Asked {
  readonly method: string;
  /** As it was sent, without the query. */
  readonly pathname: string;
  /** Decoded parts between the slashes of the path; without the empty one that a trailing slash leaves. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Where this server is, without a trailing slash. */
  readonly origin: string;
}

export interface Reply {
  readonly status: number;
  readonly type: 'html' | 'json' | 'text';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers what it knows; undefined for a URL that the registry does not have. */
export type Registry = (asked: Asked) => Reply | undefined;

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, type: 'json', headers, body: JSON.stringify(value) };
}

export function html(status: number, body: string): Reply {
  return { status, type: 'html', headers: {}, body };
}

export function text(status: number, body: string): Reply {
  return { status, type: 'text', headers: {}, body };
}

export function redirect(location: string, status = 302): Reply {
  const body = `<html><body>You are being <a href="${location}">redirected</a>.</body></html>`;
  return { status, type: 'html', headers: { location }, body };
}

/** The number that a query parameter gives, or the default where it gives none that is at least 1. */
export function positive(value: string | null, otherwise: number): number {
  return value !== null && /^[1-9]\d{0,6}$/.test(value) ? Number(value) : otherwise;
}
