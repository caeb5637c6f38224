/** The only place where an error becomes an answer. */
import { toAppError, errorFields, type ErrorCode } from '../core/model/errors.ts';
import type { Logger } from '../core/ports.ts';
import { momentHeaders, pageHeaders, securityHeaders } from './headers.ts';
import type { HttpAnswer } from './message.ts';

const statuses: Readonly<Record<ErrorCode, number>> = {
  not_found: 404,
  invalid_input: 400,
  unauthorized: 502,
  forbidden: 403,
  rate_limited: 429,
  // Of all that can be away only the database is used here.
  unreachable: 503,
  invalid_response: 502,
  misconfigured: 500,
  conflict: 409,
  overloaded: 503,
  internal: 500,
};

/** What a visitor need not know. */
const hidden: Partial<Record<ErrorCode, string>> = {
  internal: 'internal error; the log of the service says why',
  misconfigured: 'the service is misconfigured; its log says why',
  unreachable: 'the store cannot be reached at the moment; the log of the service says why',
};

/** Why a request is not answered, as its visitor may know it. */
export interface Refusal {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Of what is our own fault only the log learns the details. `path`: of the request, for the log. */
export function toRefusal(thrown: unknown, path: string, log: Logger): Refusal {
  const error = toAppError(thrown);
  const status = statuses[error.code];
  // What says when to ask again was made for visitors, and is no surprise.
  const isExpected = (error.code === 'unreachable' || error.code === 'overloaded') && error.retryAfterMs !== undefined;
  if (status >= 500 && !isExpected) log.error('request failed', { path, ...errorFields(error) });
  else log.debug('request refused', { path, ...errorFields(error) });
  const headers: Record<string, string> =
    error.retryAfterMs === undefined ? {} : { 'Retry-After': String(Math.ceil(error.retryAfterMs / 1000)) };
  return { status, code: error.code, message: (isExpected ? undefined : hidden[error.code]) ?? error.message, headers };
}

export function methodNotAllowed(allowed: readonly string[]): HttpAnswer {
  const message = `only ${allowed.join(' and ')} are allowed`;
  return refusalJson({ status: 405, code: 'invalid_input', message, headers: { Allow: allowed.join(', ') } });
}

/** What was asked for has begun. For a browser that sent a form: the page that shows it. */
export function accepted(page: string | undefined): HttpAnswer {
  if (page !== undefined) return refused({ status: 303, headers: { Location: page } }, 'text/plain', 'see the status page');
  return refused({ status: 202, headers: {} }, 'application/json', JSON.stringify({ status: 'requested' }));
}

/** For programs: `{"error":{"code","message"}}`. */
export function refusalJson(refusal: Refusal): HttpAnswer {
  const { code, message } = refusal;
  return refused(refusal, 'application/json', JSON.stringify({ error: { code, message } }));
}

/** For people. */
export function refusalPage(refusal: Refusal, html: string): HttpAnswer {
  return refused({ ...refusal, headers: { ...pageHeaders, ...momentHeaders, ...refusal.headers } }, 'text/html; charset=utf-8', html);
}

function refused({ status, headers }: Pick<Refusal, 'status' | 'headers'>, type: string, text: string): HttpAnswer {
  const body = new TextEncoder().encode(text);
  return {
    status,
    headers: { ...securityHeaders, ...momentHeaders, 'Content-Type': type, 'Content-Length': String(body.length), ...headers },
    body,
  };
}
