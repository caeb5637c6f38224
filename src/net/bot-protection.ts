/** Recognizes the refusals of a bot protection in front of a registry, which say nothing about what was asked for. */
import { isWebPage } from './reason.ts';

export interface Refusal {
  readonly status: number;
  readonly headers: Headers;
  /** Its beginning will do. */
  readonly body: string;
}

/** Cloudflare's own refusals (docker/hub-feedback#2502, 2025-11): 1006 to 1008 and 1106 address, 1010 client, 1012, 1015 rate, 1020 rule. */
const errorCode = /^\s*error code: 10\d\d\s*$/i;
/** Pages that a browser would have to solve (docker/terraform-provider-docker#144, 2026-08). */
const challengeTitle = /<title[^>]*>\s*(?:Just a moment|Attention Required!|Access denied \||Checking your browser|Please Wait\.\.\.)/i;
const challengeScript = /\/cdn-cgi\/challenge-platform\/|_cf_chl_opt|id="cf-(?:wrapper|error-details|challenge)/;
const maxLooked = 16_384;

/**
 * Whether an answer is such a refusal.
 * @param expectsPage whether a web page is what was asked for: then only a page that is known is one
 */
export function isBotProtection({ status, headers, body }: Refusal, expectsPage: boolean): boolean {
  // Cloudflare marks its challenges since 2023 (developers.cloudflare.com, "Detect a Challenge Page response").
  if (headers.has('cf-mitigated')) return true;
  if (status >= 400 && errorCode.test(body)) return !isRateLimitCode(body);
  const start = body.slice(0, maxLooked);
  if (!isWebPage(start)) return false;
  const isCloudflare = headers.get('server')?.toLowerCase() === 'cloudflare';
  const isChallenge = challengeTitle.test(start) || challengeScript.test(start);
  if (status === 200) return isChallenge && (isCloudflare || !expectsPage);
  // An outage behind Cloudflare is a page of Cloudflare's as well: with a 5xx its text decides.
  return (isCloudflare || !expectsPage) && (isChallenge || (isCloudflare && status === 403));
}

/** 1015 is Cloudflare's rate limit. */
function isRateLimitCode(body: string): boolean {
  return /\b1015\b/.test(body);
}
