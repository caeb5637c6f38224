/** Asks Docker Hub's API, signed in where a login is configured, and checks the shape of what comes back. */
import type * as z from 'zod';
import { AppError } from '../../core/model/errors.ts';
import type { HttpAnswer, HttpClient } from '../../net/http.ts';
import { parseAnswer } from '../../net/json-answer.ts';
import { reasonOf } from '../../net/reason.ts';
import type { Login } from './login.ts';
import { page, problem, type Page } from './schema.ts';

/** Which page of a list. */
export interface PageQuery {
  readonly size: number;
  /** From 1. */
  readonly number: number;
  readonly ordering: string;
  /** Where a page may be larger than other answers. */
  readonly maxBytes?: number | undefined;
}

export interface HubApiDeps {
  readonly http: HttpClient;
  readonly baseUrl: string;
  /** Absent: anonymous. */
  readonly login?: Login | undefined;
}

export interface HubApi {
  /** Signs in where a login is configured and not refused. Resolves to whether requests are signed in. */
  signIn(signal?: AbortSignal): Promise<boolean>;
  /** Why requests are anonymous although a login is configured. */
  loginProblem(): AppError | undefined;
  /**
   * The answer to a path such as `/v2/namespaces/acme/repositories`, checked and parsed.
   * @throws AppError not_found (only where Docker Hub says so beyond doubt), unauthorized, rate_limited, unreachable, invalid_response;
   *   `what` names the thing in its message
   */
  get<T>(path: string, schema: z.ZodType<T>, what: string, signal?: AbortSignal): Promise<T>;
  /**
   * A page of the list at this path. `past_end`: the list has become shorter than that; `refused`: anonymous paging ends before it.
   * @throws as `get`
   */
  getPage(path: string, query: PageQuery, what: string, signal?: AbortSignal): Promise<Page | 'past_end' | 'refused'>;
}

interface Options {
  readonly signal: AbortSignal | undefined;
  readonly maxBytes?: number | undefined;
}

export function createHubApi({ http, baseUrl, login }: HubApiDeps): HubApi {
  function send(path: string, { signal, maxBytes }: Options, token?: string): Promise<HttpAnswer> {
    const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    return http.request(baseUrl + path, { headers: { Accept: 'application/json', ...authorization }, maxBytes, signal });
  }

  /** A token that is not accepted makes public repositories answer 401 (docker/hub-feedback#642): then it is read without. */
  async function ask(path: string, options: Options): Promise<HttpAnswer> {
    const token = await login?.token(options.signal);
    if (!login || token === undefined) return send(path, options);
    const first = await send(path, options, token);
    if (!isTokenRefusal(first)) return first;
    // The token may have been withdrawn before its time.
    const renewed = first.status === 401 ? await login.renew(token, options.signal) : undefined;
    const second = renewed === undefined ? first : await send(path, options, renewed);
    if (!isTokenRefusal(second)) return second;
    const anonymous = await send(path, options);
    if (anonymous.status !== 200) return second;
    login.reject(reasonOf(second.body) ?? `answered ${second.status}`);
    return anonymous;
  }

  return {
    signIn: async (signal) => (await login?.token(signal)) !== undefined,
    loginProblem: () => login?.problem(),
    async get(path, schema, what, signal) {
      const answer = await ask(path, { signal });
      if (answer.status !== 200) throw failureOf(answer, what, login?.problem());
      return parseAnswer(answer, schema, what);
    },
    async getPage(path, { size, number, ordering, maxBytes }, what, signal) {
      const answer = await ask(`${path}?page_size=${size}&page=${number}&ordering=${ordering}`, { signal, maxBytes });
      // What it says past the end was never seen; that it is JSON tells it from an outage.
      if (number > 1 && answer.status === 404 && problemOf(answer.body)) return 'past_end';
      const isSignedIn = login !== undefined && login.problem() === undefined;
      if (number > 1 && !isSignedIn && isOffsetRefusal(answer)) return 'refused';
      if (answer.status !== 200) throw failureOf(answer, what, login?.problem());
      return parseAnswer(answer, page, what);
    },
  };
}

function isTokenRefusal({ status }: HttpAnswer): boolean {
  return status === 401 || status === 403;
}

/** Since 2026-08-11, for every visitor without login (goharbor/harbor#23819); any other 403 is a failure. */
function isOffsetRefusal({ status, body }: HttpAnswer): boolean {
  return status === 403 && /pagination offset/i.test(reasonOf(body) ?? '');
}

/**
 * Only these words say that a repository is not there, with or without `httperror 404:` in front. Any other 404 is a route that is
 * unknown or has vanished, or an outage (docker/hub-feedback#2362, #2250, #1661).
 */
function isNotThere(body: string): boolean {
  const { message, detail } = problemOf(body) ?? {};
  return [message, detail].some((text) => text !== undefined && /\bobject not found\b/i.test(text));
}

function failureOf({ status, body }: HttpAnswer, what: string, loginProblem: AppError | undefined): AppError {
  if (status === 404 && isNotThere(body)) return new AppError('not_found', `${what} is not on Docker Hub, or private`);
  const reason = reasonOf(body);
  const suffix = reason === undefined ? '' : ` (${reason})`;
  if (status === 404) {
    return new AppError(
      'unreachable',
      `Docker Hub answered 404 for ${what} and does not say that it is not there: probably an outage${suffix}`,
    );
  }
  if (status === 401 || status === 403) {
    const hint = loginProblem ? `; ${loginProblem.message}` : '';
    return new AppError('unauthorized', `Docker Hub refuses ${what}: ${reason ?? `answered ${status}`}${hint}`);
  }
  // Before a route goes it answers so for hours, to be noticed (docker/roadmap#756).
  const hint = status === 410 ? '; the address is being retired, look for a newer version of registry-stats' : '';
  return new AppError('invalid_response', `Docker Hub answered ${status} for ${what}${suffix}${hint}`);
}

function problemOf(body: string): z.infer<typeof problem> | undefined {
  try {
    return problem.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}
