/** What every request passes, stage by stage: method → access → route → headers → cache. There is no other way to an answer. */
import { Readable } from 'node:stream';
import type { Logger } from '../core/ports.ts';
import { errorAnswer, methodNotAllowed } from './errors.ts';
import { securityHeaders } from './headers.ts';
import type { Handler, HttpAnswer, HttpRequest } from './message.ts';
import { createResponseCache } from './response-cache.ts';
import { createRouter, type RouterDeps } from './router.ts';

export interface PipelineDeps extends RouterDeps {
  /** Throws an AppError for a request that may not be answered; absent: everyone may read everything. */
  readonly access?: ((request: HttpRequest) => void) | undefined;
  /** Changes whenever a cached answer may have changed. */
  readonly revision: () => string;
  readonly log: Logger;
}

const methods = ['GET', 'HEAD'];

export function createPipeline({ routes, access, revision, log, ...rest }: PipelineDeps): Handler {
  // Put together once: a cached answer is sent with its headers as it is.
  const router = createRouter({
    ...rest,
    routes: routes.map((route) => ({ ...route, headers: { ...securityHeaders, ...route.headers } })),
  });
  const cache = createResponseCache({ revision });

  async function answer(request: HttpRequest): Promise<HttpAnswer> {
    if (!methods.includes(request.method ?? 'GET')) return methodNotAllowed(methods);
    access?.(request);
    const { route, key, build } = router.match(request);
    const { cached, headers } = route;
    const acceptEncoding = request.headers['accept-encoding']?.toString();
    return cache.respond({ key, cached, headers, acceptEncoding, ifNoneMatch: request.headers['if-none-match'] }, build);
  }

  return async (request) => {
    const answered = await answer(request).catch((error: unknown) => errorAnswer(error, request.url ?? '/', log));
    return request.method === 'HEAD' ? withoutBody(answered) : answered;
  };
}

function withoutBody({ body, ...rest }: HttpAnswer): HttpAnswer {
  if (body instanceof Readable) body.destroy();
  return { ...rest, body: undefined };
}
