import type { IncomingHttpHeaders } from 'node:http';

/** Where the service is reached from outside, as `https://stats.example`; a proxy in front of it says so. */
export function publicOrigin(headers: IncomingHttpHeaders): string {
  const forwarded = headers['x-forwarded-proto'];
  const scheme = forwarded === 'https' || forwarded === 'http' ? forwarded : 'http';
  return `${scheme}://${hostOf(headers['x-forwarded-host']) ?? hostOf(headers.host) ?? 'localhost'}`;
}

function hostOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w.:[\]-]+$/.test(header) ? header : undefined;
}
