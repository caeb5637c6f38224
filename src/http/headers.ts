/** Headers of answers, by what they carry. */

export const securityHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
};

/** A cycle is an hour by default: a minute more is nothing, and a page that is opened again asks nothing. */
export const dataHeaders = { ...securityHeaders, 'Cache-Control': 'public, max-age=60' };

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

export const imageHeaders = { 'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'" };

/** GitHub's image proxy asks again after so many seconds. */
export const embedSeconds = 300;
export const embedHeaders = { ...imageHeaders, 'Cache-Control': `public, max-age=${embedSeconds}` };
