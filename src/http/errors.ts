/** The only place where an error becomes an answer. */
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { toAppError, errorFields, type ErrorCode } from '../core/model/errors.ts';
import type { Logger } from '../core/ports.ts';

const statusOf: Readonly<Record<ErrorCode, ContentfulStatusCode>> = {
  not_found: 404,
  invalid_input: 400,
  unauthorized: 502,
  rate_limited: 503,
  // Of all that can be away only the database is asked here.
  unreachable: 503,
  invalid_response: 502,
  misconfigured: 500,
  conflict: 503,
  internal: 500,
};

/** What a visitor need not know. */
const hidden: Partial<Record<ErrorCode, string>> = {
  internal: 'something went wrong here; the log of the service says what',
  misconfigured: 'the service is not set up rightly; its log says why',
  unreachable: 'what is stored cannot be reached at the moment; the log of the service says why',
};

/** `{"error":{"code","message"}}`; of what is our own fault only the log learns the details. */
export function errorAnswer(context: Context, thrown: unknown, log: Logger): Response {
  const error = toAppError(thrown);
  const status = statusOf[error.code];
  if (status >= 500) log.error('request failed', { path: context.req.path, ...errorFields(error) });
  else log.debug('request refused', { path: context.req.path, ...errorFields(error) });
  const message = hidden[error.code] ?? error.message;
  return context.json({ error: { code: error.code, message } }, status);
}
