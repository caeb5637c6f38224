/** What every request passes, stage by stage: method → access → route → headers → cache. There is no other way to an answer. */
import { Readable } from 'node:stream';
import { AppError, errorFields, toAppError } from '../core/model/errors.ts';
import type { Logger } from '../core/ports.ts';
import { accepted, methodNotAllowed, refusalJson, refusalPage, toRefusal, type Refusal } from './errors.ts';
import { framedBy, securityHeaders } from './headers.ts';
import type { Handler, HttpAnswer, HttpRequest } from './message.ts';
import { createResponseCache, type ResponseCacheDeps } from './response-cache.ts';
import { createRouter, parseUrl, type RouterDeps } from './router.ts';
import { triggerPath, type Trigger } from './trigger.ts';

export interface PipelineDeps extends RouterDeps, Pick<ResponseCacheDeps, 'limits' | 'timer' | 'now'> {
  /** Throws an AppError for a request that may not be answered; absent: everyone may read everything. */
  readonly access?: ((request: HttpRequest) => void) | undefined;
  /** The page that tells people why they get no other; absent: all get JSON. */
  readonly errorPage?: ((refusal: Refusal) => Promise<string>) | undefined;
  /** Starts a run; absent: nobody may. */
  readonly trigger?: Pick<Trigger, 'start'> | undefined;
  /** The sites that may show answers in a frame, as a policy names them; absent: none. */
  readonly frameAncestors?: readonly string[] | undefined;
  /** Changes whenever a cached answer may have changed. */
  readonly revision: () => string;
  readonly log: Logger;
}

const methods = ['GET', 'HEAD'];

export function createPipeline(deps: PipelineDeps): Handler {
  const { routes, access, errorPage, trigger, frameAncestors = [], revision, limits, timer, now, log, ...rest } = deps;
  // Put together once: a cached answer is sent with its headers as it is.
  const router = createRouter({
    ...rest,
    routes: routes.map((route) => ({ ...route, headers: framedBy({ ...securityHeaders, ...route.headers }, frameAncestors) })),
  });
  const cache = createResponseCache({ revision, limits, timer, now });

  async function answer(request: HttpRequest): Promise<HttpAnswer> {
    const { method = 'GET' } = request;
    const action = actionOf(request);
    if (!(action ? ['POST'] : methods).includes(method)) return methodNotAllowed(action ? ['POST'] : methods);
    access?.(request);
    if (action) {
      if (!trigger) throw new AppError('forbidden', 'runs are not started by hand here: the setting ALLOW_TRIGGER=on allows it');
      await trigger.start(action.get('token') ?? '');
      // Relative, because a proxy may have put a prefix before the path.
      return accepted(takesHtml(request) ? '../status' : undefined);
    }
    const { route, key: address, waitsFor, build } = router.match(request);
    const { cached, immediate, headers } = route;
    const key = `${address} ${route.moment()}`;
    const acceptEncoding = request.headers['accept-encoding']?.toString();
    const ifNoneMatch = request.headers['if-none-match'];
    return cache.respond({ key, cached, immediate, headers, waitsFor, acceptEncoding, ifNoneMatch }, build);
  }

  /** The query of a request that is to change something. */
  function actionOf({ url = '/' }: HttpRequest): URLSearchParams | undefined {
    // Few are: the others are not taken apart twice.
    if (!url.includes(triggerPath)) return undefined;
    const { path, query } = parseUrl(url, rest.basePath);
    return path === triggerPath ? query : undefined;
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
    if (answered.body instanceof Readable) answered.body.once('error', (error) => logBrokenOff(error, request, log));
    return answered;
  };
}

/** What programs read answers them whatever they say that they take. */
const forPrograms = /^\/(api|badge|chart|data|assets|metrics)([/?]|$)/;

/** Whether someone opened the address in a browser. */
function isForPeople({ method, url = '/', headers }: HttpRequest, basePath: string): boolean {
  const path = basePath !== '' && url.startsWith(`${basePath}/`) ? url.slice(basePath.length) : url;
  return takesHtml({ headers }) && (method === 'POST' || !forPrograms.test(path));
}

function takesHtml({ headers }: Pick<HttpRequest, 'headers'>): boolean {
  return headers.accept?.includes('text/html') === true;
}

/** A reader may leave at any time; what cannot be made to its end is our own fault. */
function logBrokenOff(error: NodeJS.ErrnoException, { url: path = '/' }: HttpRequest, log: Logger): void {
  const fields = { path, ...errorFields(toAppError(error)) };
  if (error.code === 'ERR_STREAM_PREMATURE_CLOSE' || error.name === 'AbortError') log.debug('reader left', fields);
  else log.error('answer broken off', fields);
}

function withoutBody({ body, ...rest }: HttpAnswer): HttpAnswer {
  if (body instanceof Readable) body.destroy();
  return { ...rest, body: undefined };
}
