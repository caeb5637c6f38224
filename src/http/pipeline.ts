/** What every request passes, stage by stage: method → access → route → headers → cache. There is no other way to an answer. */
import { Readable } from 'node:stream';
import { errorFields, toAppError } from '../core/model/errors.ts';
import type { Logger } from '../core/ports.ts';
import { errorAnswer, methodNotAllowed } from './errors.ts';
import { securityHeaders } from './headers.ts';
import type { Handler, HttpAnswer, HttpRequest } from './message.ts';
import { createResponseCache, type ResponseCacheDeps } from './response-cache.ts';
import { createRouter, type RouterDeps } from './router.ts';

export interface PipelineDeps extends RouterDeps, Pick<ResponseCacheDeps, 'limits' | 'timer' | 'now'> {
  /** Throws an AppError for a request that may not be answered; absent: everyone may read everything. */
  readonly access?: ((request: HttpRequest) => void) | undefined;
  /** Changes whenever a cached answer may have changed. */
  readonly revision: () => string;
  readonly log: Logger;
}

const methods = ['GET', 'HEAD'];

export function createPipeline({ routes, access, revision, limits, timer, now, log, ...rest }: PipelineDeps): Handler {
  // Put together once: a cached answer is sent with its headers as it is.
  const router = createRouter({
    ...rest,
    routes: routes.map((route) => ({ ...route, headers: { ...securityHeaders, ...route.headers } })),
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

  return async (request) => {
    const answered = await answer(request).catch((error: unknown) => errorAnswer(error, request.url ?? '/', log));
    if (request.method === 'HEAD') return withoutBody(answered);
    if (answered.body instanceof Readable)
      answered.body.once('error', (error) =>
        log.warn('answer broken off', { path: request.url ?? '/', ...errorFields(toAppError(error)) }),
      );
    return answered;
  };
}

function withoutBody({ body, ...rest }: HttpAnswer): HttpAnswer {
  if (body instanceof Readable) body.destroy();
  return { ...rest, body: undefined };
}
