/** The HTTP API: every endpoint, behind the pipeline. */
import { dayMs } from '../core/model/day.ts';
import type { Logger } from '../core/ports.ts';
import type { ApiDeps } from './deps.ts';
import { toRoutes, type Route } from './endpoint.ts';
import { endpoints } from './endpoints/index.ts';
import type { Handler } from './message.ts';
import { createPipeline, type PipelineDeps } from './pipeline.ts';

export interface ServiceDeps extends ApiDeps {
  /** Endpoints beside those of the API: the pages. */
  readonly pages?: readonly Route[] | undefined;
  readonly errorPage?: PipelineDeps['errorPage'];
  readonly frameAncestors?: PipelineDeps['frameAncestors'];
  readonly log: Logger;
}

export function createApi(deps: ServiceDeps): Handler {
  const { store, clock, registries, basePath, pages = [], errorPage, trigger, frameAncestors, log } = deps;
  // Some answers tell what is stale or how the last days went: they change with the hour.
  const revision = (): string => `${store.version()}-${Math.floor(clock.now() / (dayMs / 24))}`;
  return createPipeline({
    routes: [...toRoutes(endpoints, deps), ...pages],
    registries,
    basePath,
    errorPage,
    trigger,
    frameAncestors,
    revision,
    log,
  });
}
