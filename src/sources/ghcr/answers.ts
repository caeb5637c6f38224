/** What GitHub answered when it was asked for one of its pages, and what is wrong where it is no such page. */
import { AppError, toAppError } from '../../core/model/errors.ts';
import type { HttpAnswer } from '../../net/http.ts';
import { reasonOf, titleOf } from '../../net/reason.ts';

/**
 * How GitHub words its rate limits, with a 403 or a 429 (seen by backage; "Whoa there!" is the heading of the page with a 429). Seen as
 * well: 429 "Too many requests" as plain text.
 */
const rateLimitText = /secondary rate limit|rate limit exceeded|abuse detection|temporarily blocked|too many requests|whoa there!/i;
const signInPath = /\/(?:login|session)$/;
const signInTitle = /^Sign in to GitHub\b/i;

/** Whether a refusal is a rate limit. */
export function isRateLimit({ status, body }: HttpAnswer): boolean {
  return (status === 403 || status === 429) && rateLimitText.test(body);
}

/**
 * What the page says, or undefined for a 404.
 * @param what the page, for messages, e.g. `package page`
 * @throws AppError unauthorized (refused, or a login is wanted), invalid_response
 */
export function readPage<T>(answer: HttpAnswer, what: string, parse: (html: string) => T): T | undefined {
  const { status, body, url } = answer;
  if (status === 404) return undefined;
  if (status === 401 || status === 403) throw new AppError('unauthorized', `GitHub refuses the ${what} (answered ${said(answer)})`);
  if (status !== 200) throw new AppError('invalid_response', `GitHub answered ${said(answer)} for the ${what}`);
  if (signInPath.test(new URL(url).pathname)) throw signIn(what);
  try {
    return parse(body);
  } catch (error) {
    if (signInTitle.test(titleOf(body) ?? '')) throw signIn(what, error);
    throw toAppError(error);
  }
}

/** The status, and what GitHub says of it. */
function said({ status, body }: HttpAnswer): string {
  const reason = reasonOf(body);
  return reason === undefined ? String(status) : `${status}: ${reason}`;
}

function signIn(what: string, cause?: unknown): AppError {
  const message = `GitHub asks to sign in instead of showing the ${what}: it may not be public, or GitHub refuses visitors from this address`;
  return new AppError('unauthorized', message, { cause });
}
