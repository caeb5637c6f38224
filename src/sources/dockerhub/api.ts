/** Asks Docker Hub's API, signed in where a login is configured, and checks the shape of what comes back. */
import type * as z from 'zod';
import { AppError } from '../../core/model/errors.ts';
import type { HttpAnswer, HttpClient } from '../../net/http.ts';
import { parseAnswer } from '../../net/json-answer.ts';
import type { Login } from './login.ts';
import { page, problem, type Page } from './schema.ts';

/** Which page of a list. */
export interface PageQuery {
  readonly size: number;
  /** From 1. */
  readonly number: number;
  readonly ordering: string;
}

export interface HubApiDeps {
  readonly http: HttpClient;
  readonly baseUrl: string;
  /** Absent: anonymous. */
  readonly login?: Login | undefined;
}

export interface HubApi {
  readonly signedIn: boolean;
  /**
   * The answer to a path such as `/v2/namespaces/acme/repositories`, checked and parsed.
   * @throws AppError not_found, unauthorized, rate_limited, unreachable, invalid_response; `what` names the thing in its message
   */
  get<T>(path: string, schema: z.ZodType<T>, what: string, signal?: AbortSignal): Promise<T>;
  /**
   * A page of the list at this path. `past_end`: the list has become shorter than that; `refused`: anonymous paging ends before it.
   * @throws as `get`
   */
  getPage(path: string, query: PageQuery, what: string, signal?: AbortSignal): Promise<Page | 'past_end' | 'refused'>;
}

export function createHubApi({ http, baseUrl, login }: HubApiDeps): HubApi {
  async function ask(path: string, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    const headers = { Accept: 'application/json' };
    if (!login) return http.request(baseUrl + path, { headers, signal });
    const token = await login.token(signal);
    const answer = await http.request(baseUrl + path, { headers: { ...headers, Authorization: `Bearer ${token}` }, signal });
    if (answer.status !== 401) return answer;
    // The token may have been withdrawn before its time: one more try with a new one.
    login.forget(token);
    const renewed = await login.token(signal);
    return http.request(baseUrl + path, { headers: { ...headers, Authorization: `Bearer ${renewed}` }, signal });
  }

  return {
    signedIn: login !== undefined,
    async get(path, schema, what, signal) {
      const answer = await ask(path, signal);
      if (answer.status !== 200) throw failureOf(answer, what);
      return parseAnswer(answer, schema, what);
    },
    async getPage(path, { size, number, ordering }, what, signal) {
      const answer = await ask(`${path}?page_size=${size}&page=${number}&ordering=${ordering}`, signal);
      if (number > 1 && answer.status === 404) return 'past_end';
      if (number > 1 && !login && isOffsetRefusal(answer)) return 'refused';
      if (answer.status !== 200) throw failureOf(answer, what);
      return parseAnswer(answer, page, what);
    },
  };
}

/** Since 2026-08-11, for every visitor without login (goharbor/harbor#23819); any other 403 is a failure. */
function isOffsetRefusal({ status, body }: HttpAnswer): boolean {
  return status === 403 && /pagination offset/i.test(messageOf(body) ?? '');
}

function failureOf({ status, body }: HttpAnswer, what: string): AppError {
  if (status === 404) return new AppError('not_found', `${what} is not on Docker Hub, or private`);
  if (status === 401 || status === 403)
    return new AppError('unauthorized', `Docker Hub refuses ${what}: ${messageOf(body) ?? `answered ${status}`}`);
  return new AppError('invalid_response', `Docker Hub answered ${status} for ${what}`);
}

function messageOf(body: string): string | undefined {
  try {
    return problem.parse(JSON.parse(body)).message.slice(0, 200);
  } catch {
    return undefined;
  }
}
