/** What every request passes, stage by stage: method → access → route → headers → cache. There is no other way to an answer. */
import { Readable } from 'node:stream';
import { errorFields, toAppError } from '../core/model/errors.ts';
import type { Logger } from '../core/ports.ts';
import { methodNotAllowed, refusalJson, refusalPage, toRefusal, type Refusal } from './errors.ts';
import { framedBy, securityHeaders } from './headers.ts';
import type { Handler, HttpAnswer, HttpRequest } from './message.ts';
import { createResponseCache, type ResponseCacheDeps } from './response-cache.ts';
import { createRouter, type RouterDeps } from './router.ts';

export interface PipelineDeps extends RouterDeps, Pick<ResponseCacheDeps, 'limits' | 'timer' | 'now'> {
  /** Throws an AppError for a request that may not be answered; absent: everyone may read everything. */
  readonly access?: ((request: HttpRequest) => void) | undefined;
  /** The page that tells people why they get no other; absent: all get JSON. */
  readonly errorPage?: ((refusal: Refusal) => Promise<string>) | undefined;
  /** The sites that may show answers in a frame, as a policy names them; absent: none. */
  readonly frameAncestors?: readonly string[] | undefined;
  /** Changes whenever a cached answer may have changed. */
  readonly revision: () => string;
  readonly log: Logger;
}

const methods = ['GET', 'HEAD'];

export function createPipeline(deps: PipelineDeps): Handler {
  const { routes, access, errorPage, frameAncestors = [], revision, limits, timer, now, log, ...rest } = deps;
  // Put together once: a cached answer is sent with its headers as it is.
  const router = createRouter({
    ...rest,
    routes: routes.map((route) => ({ ...route, headers: framedBy({ ...securityHeaders, ...route.headers }, frameAncestors) })),
  });
  const cache = createResponseCache({ revision, limits, timer, now });

  async function answer(request: HttpRequest): Promise<HttpAnswer> {
    if (!methods.includes(request.method ?? 'GET')) return methodNotAllowed(methods);
    access?.(request);
    const { route, key, build } = router.match(request);
    const { cached, immediate, headers } = route;
    const acceptEncoding = request.headers['accept-encoding']?.toString();
    return cache.respond({ key, cached, immediate, headers, acceptEncoding, ifNoneMatch: request.headers['if-none-match'] }, build);
  }

  async function refuse(error: unknown, request: HttpRequest): Promise<HttpAnswer> {
    const refusal = toRefusal(error, request.url ?? '/', log);
    const refused =
      errorPage && isForPeople(request, rest.basePath) ? refusalPage(refusal, await errorPage(refusal)) : refusalJson(refusal);
    return { ...refused, headers: framedBy(refused.headers, frameAncestors) };
  }

  return async (request) => {
    const answered = await answer(request).catch((error: unknown) => refuse(error, request));
    if (request.method === 'HEAD') return withoutBody(answered);
    if (answered.body instanceof Readable)
      answered.body.once('error', (error) =>
        log.warn('answer broken off', { path: request.url ?? '/', ...errorFields(toAppError(error)) }),
      );
    return answered;
  };
}

/** What programs read answers them whatever they say that they take. */
const forPrograms = /^\/(api|badge|chart|data|assets|metrics)([/?]|$)/;

/** Whether someone opened the address in a browser. */
function isForPeople({ url = '/', headers }: HttpRequest, basePath: string): boolean {
  const path = basePath !== '' && url.startsWith(`${basePath}/`) ? url.slice(basePath.length) : url;
  return headers.accept?.includes('text/html') === true && !forPrograms.test(path);
}

function withoutBody({ body, ...rest }: HttpAnswer): HttpAnswer {
  if (body instanceof Readable) body.destroy();
  return { ...rest, body: undefined };
}
