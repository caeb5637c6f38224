/** The whole HTTP API: what every request passes through, and the table of routes. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { startOfDay } from '../core/day.ts';
import { AppError } from '../core/errors.ts';
import type { Logger, SeriesQuery, SnapshotStore } from '../core/ports.ts';
import { pullsByDay, totalsByDay, type DayRange } from '../core/series.ts';
import type { CollectorStatus } from '../core/status.ts';
import { errorAnswer } from './errors.ts';
import { parseDate, parseFilter, parseRange } from './query.ts';
import { snapshotAnswer } from './routes/snapshot.ts';
import { statusAnswer, type StatusDeps } from './routes/status.ts';
import { summaryRows } from './routes/summary.ts';
import { routes } from './schemas.ts';

export interface ApiDeps extends StatusDeps {
  readonly store: SnapshotStore;
  readonly status: () => CollectorStatus;
  /** Ids of the registries that may be asked for. */
  readonly registries: readonly string[];
  /** Prefix behind a reverse proxy: empty, or `/x`. */
  readonly basePath: string;
  readonly log: Logger;
}

const securityHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-cache',
};

/** A fetch handler that answers every request; it never throws. */
export function createApi(deps: ApiDeps): { readonly fetch: (request: Request) => Response | Promise<Response> } {
  const { store, status, registries, log } = deps;
  const app = new OpenAPIHono({ getPath: (request) => routedPath(request.url, deps.basePath) });

  app.use(async (context, next) => {
    const { method } = context.req;
    if (method !== 'GET' && method !== 'HEAD') {
      context.res = methodNotAllowed(context);
    } else {
      await next();
    }
    for (const [name, value] of Object.entries(securityHeaders)) context.res.headers.set(name, value);
  });
  app.onError((error, context) => errorAnswer(context, error, log));
  app.notFound((context) => errorAnswer(context, new AppError('not_found', 'there is nothing at this address'), log));

  const filterOf = (context: Context): SeriesQuery => parseFilter(context.req.queries(), registries);

  app.openapi(routes.health, (context) =>
    status().health.healthy ? context.json({ status: 'ok' as const }, 200) : context.json({ status: 'unhealthy' as const }, 503),
  );
  app.openapi(routes.summary, async (context) => context.json(await summaryRows(store, filterOf(context), dateOf(context)), 200));
  app.openapi(routes.pulls, async (context) => {
    const rows = totalsByDay(await store.totals(filterOf(context)), rangeOf(context));
    return context.json(
      rows.map(({ day, repo, value }) => ({ timestamp: startOfDay(day), repo, pull_count: value })),
      200,
    );
  });
  app.openapi(routes.pullsDaily, async (context) => {
    const rows = pullsByDay(await store.totals(filterOf(context)), rangeOf(context));
    return context.json(
      rows.map(({ day, repo, value }) => ({ timestamp: startOfDay(day), repo, daily_pulls: value })),
      200,
    );
  });
  app.openapi(routes.snapshot, async (context) => context.json(await snapshotAnswer(store, dateOf(context)), 200));
  app.openapi(routes.status, (context) => context.json(statusAnswer(deps, status()), 200));

  return { fetch: (request) => app.fetch(request) };
}

function rangeOf(context: Context): DayRange {
  return parseRange(context.req.queries('from'), context.req.queries('to'));
}

function dateOf(context: Context): string | undefined {
  return parseDate(context.req.queries('date'));
}

/** The path without the prefix and without doubled slashes, which Grafana sends when its base URL ends in one. */
function routedPath(url: string, basePath: string): string {
  const path = new URL(url).pathname.replaceAll(/\/{2,}/g, '/');
  return basePath !== '' && path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path;
}

function methodNotAllowed(context: Context): Response {
  context.header('Allow', 'GET, HEAD');
  return context.json({ error: { code: 'invalid_input', message: 'only GET and HEAD are answered here' } }, 405);
}
