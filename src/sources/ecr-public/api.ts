/** Asks the gallery of Amazon ECR Public and checks the shape of what comes back. The API is not documented: what is unclear fails. */
import type * as z from 'zod';
import { AppError } from '../../core/model/errors.ts';
import type { HttpAnswer, HttpClient } from '../../net/http.ts';
import { parseAnswer } from '../../net/json-answer.ts';
import { problem } from './schema.ts';

export type Operation = 'getRepositoryCatalogData' | 'describeRepositoryCatalogData' | 'describeImageTags';

export interface GalleryApi {
  /**
   * The answer to a call, checked and parsed; `what` names the thing in messages.
   * @throws AppError not_found, unauthorized, rate_limited, unreachable, invalid_response
   */
  call<T>(operation: Operation, parameters: object, schema: z.ZodType<T>, what: string, signal?: AbortSignal): Promise<T>;
}

export function createGalleryApi(http: HttpClient, baseUrl: string): GalleryApi {
  return {
    async call(operation, parameters, schema, what, signal) {
      const headers = { Accept: 'application/json' };
      const answer = await http.request(`${baseUrl}/${operation}`, { method: 'POST', headers, json: parameters, onlyAsks: true, signal });
      if (answer.status !== 200) throw failureOf(answer, what);
      return parseAnswer(answer, schema, what);
    },
  };
}

/** That a missing repository is a 400 with a type like RepositoryNotFoundException is inferred from AWS's other services. */
function failureOf({ status, body }: HttpAnswer, what: string): AppError {
  const type = typeOf(body);
  if (status === 404 || (status === 400 && type?.endsWith('NotFoundException'))) {
    return new AppError('not_found', `${what} is not in the gallery of Amazon ECR Public`);
  }
  if (status === 401 || status === 403)
    return new AppError('unauthorized', `the gallery of Amazon ECR Public refuses ${what} (answered ${status})`);
  const reason = type === undefined ? '' : ` (${type.slice(0, 100)})`;
  return new AppError('invalid_response', `the gallery of Amazon ECR Public answered ${status}${reason} for ${what}`);
}

function typeOf(body: string): string | undefined {
  try {
    return problem.parse(JSON.parse(body)).type.split('#').at(-1);
  } catch {
    return undefined;
  }
}
