/** For tests: an HTTP client that answers from a script and refuses every address that is not in it. */
import { AppError } from '../../core/model/errors.ts';
import type { CreateHttpClient, HttpAnswer, HttpClient, HttpPolicy, HttpRequest } from '../../net/http.ts';

/** A body of a 200, an answer, or what is thrown. */
export type Scripted =
  | string
  | { readonly status?: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  | Error;

export interface ScriptedHttp extends HttpClient {
  readonly requests: readonly { readonly url: string; readonly request: HttpRequest }[];
  /** The asked addresses in order. */
  urls(): string[];
  readonly policies: readonly HttpPolicy[];
  readonly createHttpClient: CreateHttpClient;
}

/** Of several answers to one address each is given once, the last one for ever. */
export function scriptedHttp(script: Readonly<Record<string, Scripted | readonly Scripted[]>>): ScriptedHttp {
  const requests: { url: string; request: HttpRequest }[] = [];
  const policies: HttpPolicy[] = [];
  const http: HttpClient = {
    async request(url, request = {}) {
      request.signal?.throwIfAborted();
      const asked = requests.filter((earlier) => earlier.url === url).length;
      requests.push({ url, request });
      const scripted = script[url];
      if (scripted === undefined) throw new Error(`${url} is not in the script`);
      const answers = isList(scripted) ? scripted : [scripted];
      return answerOf(url, answers[Math.min(asked, answers.length - 1)] ?? '');
    },
  };
  const createHttpClient: CreateHttpClient = (policy) => {
    policies.push(policy);
    return http;
  };
  return { ...http, requests, policies, createHttpClient, urls: () => requests.map(({ url }) => url) };
}

export function failing(code: AppError['code'], message: string): AppError {
  return new AppError(code, message);
}

function isList(scripted: Scripted | readonly Scripted[]): scripted is readonly Scripted[] {
  return Array.isArray(scripted);
}

function answerOf(url: string, scripted: Scripted): HttpAnswer {
  if (scripted instanceof Error) throw scripted;
  const { status = 200, body = '', headers = {} } = typeof scripted === 'string' ? { body: scripted } : scripted;
  return { status, body, url, headers: new Headers(headers) };
}
