/** Asks Quay.io's public API and checks the shape of what comes back. */
import type * as z from 'zod';
import { AppError } from '../../core/model/errors.ts';
import type { HttpAnswer, HttpClient } from '../../net/http.ts';
import { parseAnswer } from '../../net/json-answer.ts';
import { reasonOf } from '../../net/reason.ts';

export interface QuayApi {
  /**
   * The answer to a path below `/api/v1/`, checked and parsed; `what` names the thing in messages.
   * @throws AppError unauthorized, rate_limited, unreachable, invalid_response; never not_found
   */
  get<T>(path: string, schema: z.ZodType<T>, what: string, signal?: AbortSignal): Promise<T>;
}

export function createQuayApi(http: HttpClient, baseUrl: string): QuayApi {
  return {
    async get(path, schema, what, signal) {
      const answer = await http.request(`${baseUrl}/api/v1/${path}`, { headers: { Accept: 'application/json' }, signal });
      if (answer.status !== 200) throw failureOf(answer, what);
      return parseAnswer(answer, schema, what);
    },
  };
}

/**
 * A repository that is private and one that is not there are the same 401 to visitors (quay's source, auth for the API). So a 404 is
 * never an answer about a repository, but an unknown route or an outage.
 */
function failureOf({ status, body }: HttpAnswer, what: string): AppError {
  if (status === 401) return new AppError('unauthorized', `${what} is private on Quay.io, or not there: it does not say which`);
  const reason = reasonOf(body);
  const suffix = reason === undefined ? '' : `: ${reason}`;
  if (status === 403) return new AppError('unauthorized', `Quay.io refuses ${what}${suffix}`);
  const hint = status === 404 ? ', which does not say that it is not there' : '';
  return new AppError(status === 404 ? 'unreachable' : 'invalid_response', `Quay.io answered ${status} for ${what}${hint}${suffix}`);
}
