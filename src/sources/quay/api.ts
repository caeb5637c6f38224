/** Asks Quay.io's public API and checks the shape of what comes back. */
import type * as z from 'zod';
import { AppError } from '../../core/model/errors.ts';
import type { HttpAnswer, HttpClient } from '../../net/http.ts';
import { parseAnswer } from '../../net/json-answer.ts';
import { problem } from './schema.ts';

export interface QuayApi {
  /**
   * The answer to a path below `/api/v1/`, checked and parsed; `what` names the thing in messages.
   * @throws AppError not_found, unauthorized, rate_limited, unreachable, invalid_response
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

/** A repository that is private and one that is not there are the same 401 to visitors (quay's source, auth for the API). */
function failureOf({ status, body }: HttpAnswer, what: string): AppError {
  if (status === 401) return new AppError('unauthorized', `${what} is private on Quay.io, or not there: it does not say which`);
  if (status === 404) return new AppError('not_found', `${what} is not on Quay.io`);
  if (status === 403) return new AppError('unauthorized', `Quay.io refuses ${what}${detailOf(body)}`);
  return new AppError('invalid_response', `Quay.io answered ${status} for ${what}${detailOf(body)}`);
}

function detailOf(body: string): string {
  try {
    const { detail, error_message: message } = problem.parse(JSON.parse(body));
    return `: ${(detail ?? message ?? '').slice(0, 200)}`;
  } catch {
    return '';
  }
}
