/** Headers of answers, by what they carry. */

/** Of every answer; others may take their place. */
export const securityHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
};

/** The headers with those sites that may show the answer in a frame; none: nobody may, as it is by default. */
export function framedBy(headers: Readonly<Record<string, string>>, ancestors: readonly string[]): Readonly<Record<string, string>> {
  if (ancestors.length === 0) return headers;
  // It has no word for a list of sites, and where a policy has one browsers go by that.
  const { 'X-Frame-Options': _, 'Content-Security-Policy': policy = "default-src 'none'", ...others } = headers;
  const kept = policy.split('; ').filter((directive) => !directive.startsWith('frame-ancestors'));
  return { ...others, 'Content-Security-Policy': [...kept, `frame-ancestors ${ancestors.join(' ')}`].join('; ') };
}

/** A run is an hour by default: a minute more is nothing, and a page that is opened again makes no request. */
export const dataHeaders = { 'Cache-Control': 'public, max-age=60' };

/** What tells the moment, and errors. */
export const momentHeaders = { 'Cache-Control': 'no-store' };

const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
];
export const pageHeaders = { 'Content-Security-Policy': pagePolicy.join('; '), 'Cache-Control': 'no-cache' };

export const imageHeaders = { ...dataHeaders, 'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'" };

/** Seconds after which GitHub's image proxy requests it again. */
export const embedSeconds = 300;
export const embedHeaders = { ...imageHeaders, 'Cache-Control': `public, max-age=${embedSeconds}` };

/** What changes with a new version at most. */
export const iconHeaders = { 'Cache-Control': 'public, max-age=86400' };

/** What never changes under its name. */
export const assetHeaders = { 'Cache-Control': 'public, max-age=31536000, immutable' };
