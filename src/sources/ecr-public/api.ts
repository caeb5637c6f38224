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
   * @throws AppError not_found (only where the answer says so beyond doubt), unauthorized, rate_limited, unreachable, invalid_response
   */
  call<T>(operation: Operation, parameters: object, schema: z.ZodType<T>, what: string, signal?: AbortSignal): Promise<T>;
}

export function createGalleryApi(http: HttpClient, baseUrl: string): GalleryApi {
  return {
    async call(operation, parameters, schema, what, signal) {
      const headers = { Accept: 'application/json' };
      const answer = await http.request(`${baseUrl}/${operation}`, { method: 'POST', headers, json: parameters, idempotent: true, signal });
      if (answer.status !== 200) throw failureOf(answer, what);
      return parseAnswer(answer, schema, what);
    },
  };
}

/**
 * The types that say that it is not there; that they come with a 400 is inferred from AWS's other services. Any other type that ends
 * so speaks of something else: `RepositoryCatalogDataNotFoundException` of the texts of the gallery's page, without which a repository
 * is there all the same.
 */
const notThere: ReadonlySet<string> = new Set(['RepositoryNotFoundException', 'RegistryNotFoundException']);
const noCatalogText = 'RepositoryCatalogDataNotFoundException';

/** AWS services limit with a 400 as well as with a 429; the names differ from one service to the next (AWS SDK for JavaScript, service-error-classification). */
const throttled =
  /^(?:Throttl(?:ing|ed)(?:Exception)?|TooManyRequestsException|RequestThrottled(?:Exception)?|RequestLimitExceeded|SlowDown|LimitExceededException)$/;

/** Whether an answer is a rate limit that does not come as a 429. */
export function isThrottled({ status, headers, body }: HttpAnswer): boolean {
  return status >= 400 && status < 500 && throttled.test(typeOf(headers, body) ?? '');
}

/** Whether a failure says only that the gallery has no page for a repository. */
export function lacksCatalogText(error: unknown): boolean {
  return error instanceof AppError && error.cause === noCatalogText;
}

function failureOf({ status, headers, body }: HttpAnswer, what: string): AppError {
  const type = typeOf(headers, body);
  if (type !== undefined && notThere.has(type)) return new AppError('not_found', `${what} is not in the gallery of Amazon ECR Public`);
  if (status === 401 || status === 403)
    return new AppError('unauthorized', `the gallery of Amazon ECR Public refuses ${what} (answered ${status})`);
  const reason = type === undefined ? '' : ` (${type})`;
  const message = `the gallery of Amazon ECR Public answered ${status}${reason} for ${what}`;
  if (status === 404) return new AppError('unreachable', `${message}, which does not say that it is not there`);
  return new AppError('invalid_response', message, { cause: type === noCatalogText ? noCatalogText : undefined });
}

/** `RepositoryNotFoundException` of `com.amazonaws.ecrpublic#RepositoryNotFoundException`, or of `RepositoryNotFoundException:http://…` in the header. */
function typeOf(headers: Headers, body: string): string | undefined {
  const written = typeInBody(body) ?? headers.get('x-amzn-errortype') ?? undefined;
  return written
    ?.split('#')
    .at(-1)
    ?.split(':')[0]
    ?.slice(0, 100)
    .replaceAll(/[^\w.-]/g, '');
}

function typeInBody(body: string): string | undefined {
  try {
    return problem.parse(JSON.parse(body)).type;
  } catch {
    return undefined;
  }
}
