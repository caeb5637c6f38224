/** The whole HTTP API: what every request passes through, and the table of routes. */
import { Hono, type Context } from 'hono';
import { dayMs } from '../core/model/day.ts';
import { AppError } from '../core/model/errors.ts';
import { listEvents } from '../core/views/events.ts';
import { withGroups, type GroupedQuery } from '../core/views/groups.ts';
import type { DayRange, SeriesQuery } from '../core/model/query.ts';
import type { Logger, SnapshotStore } from '../core/ports.ts';
import { newestTags, tagHistory } from '../core/views/tags.ts';
import { wholePeriods, type Period } from '../core/numbers/period.ts';
import { pullsByDay, pullsByPeriod, totalsByDay, type RowOptions, type SeriesRow } from '../core/numbers/series.ts';
import type { Site } from '../core/views/site.ts';
import type { CollectorStatus } from '../core/views/status.ts';
import { createAnswers, type Asked, type Content, type ReadyAnswer } from './answers.ts';
import { errorAnswer } from './errors.ts';
import { dataHeaders, securityHeaders } from './headers.ts';
import document from './openapi.json' with { type: 'json' };
import { parseDate, parseFilter, parseFormat, parseRange, parseSplit } from './query.ts';
import { badgeContent, chartContent } from './endpoints/embed.ts';
import { eventsTable } from './endpoints/events.ts';
import { groupsTable, imagesTable, type ImagesDeps } from './endpoints/images.ts';
import { pullsTable } from './endpoints/pulls.ts';
import { askedOfSite, assetAnswer, siteContent } from './endpoints/site.ts';
import { snapshotAnswer } from './endpoints/snapshot.ts';
import { statusAnswer, type StatusDeps } from './endpoints/status.ts';
import { summaryTable } from './endpoints/summary.ts';
import { tagHistoryTable, tagsTable } from './endpoints/tags.ts';
import { csvChunks, jsonChunks, type Table } from '../core/views/table.ts';

export interface ApiDeps extends StatusDeps, ImagesDeps {
  readonly store: SnapshotStore;
  readonly status: () => CollectorStatus;
  /** Ids of the registries that may be asked for. */
  readonly registries: readonly string[];
  /** Prefix behind a reverse proxy: empty, or `/x`. */
  readonly basePath: string;
  /** Pages; absent: there are none. */
  readonly site?: Site | undefined;
  /** What Prometheus scrapes; absent: nothing. */
  readonly metrics?: { scrape(): Promise<{ readonly type: string; readonly text: string }> } | undefined;
  readonly log: Logger;
}

export interface Api {
  /** Answers every request; it never throws. */
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** The answer to a request where it is ready to be sent, without any further work. */
  readonly ready: (asked: Asked) => ReadyAnswer | undefined;
}

export function createApi(deps: ApiDeps): Api {
  const { store, status, registries, clock, log } = deps;
  const app = new Hono({ getPath: (request) => routedPath(request.url, deps.basePath) });
  // Some answers tell what is stale or how the last days went: they change with the hour.
  const revision = (): string => `${store.version()}-${Math.floor(clock.now() / (dayMs / 24))}`;
  const answers = createAnswers({ revision, headers: dataHeaders });

  app.use(async (context, next) => {
    const { method } = context.req;
    if (method !== 'GET' && method !== 'HEAD') context.res = methodNotAllowed(context);
    else await next();
    for (const [name, value] of Object.entries({ ...securityHeaders, 'Cache-Control': 'no-store' })) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    }
  });
  app.onError((error, context) => errorAnswer(context, error, log));

  const answer = (path: string, contentOf: (context: Context) => Promise<Content>): void => {
    app.get(path, (context) => answers.answer(askedBy(context), () => contentOf(context)));
  };
  const answerTable = (path: string, tableOf: (context: Context) => Promise<Table>): void => {
    answer(path, async (context) => {
      const format = parseFormat(context.req.queries('format'));
      const table = await tableOf(context);
      return format === 'csv' ? csvContent(path, table) : jsonContent(jsonChunks(table));
    });
  };
  const answerChart = (
    path: string,
    column: string,
    rowsOf: (series: Series, options: RowOptions) => Iterable<SeriesRow>,
    period?: Period,
  ): void => {
    answerTable(path, async (context) => {
      const split = parseSplit(context.req.queries('split'));
      const options = { ...rangeOf(context), split };
      const asked = askedFor(context);
      const series = await store.totals(asked.query, period ? wholePeriods(options, period) : options);
      return pullsTable(rowsOf(asked.named(series), options), column, split);
    });
  };
  const filterOf = (context: Context): SeriesQuery => parseFilter(context.req.queries(), registries);
  const askedFor = (context: Context): GroupedQuery => withGroups(filterOf(context), deps.groups);

  app.get('/api/health', (context) =>
    status().health.healthy ? context.json({ status: 'ok' }, 200) : context.json({ status: 'unhealthy' }, 503),
  );
  app.get('/api/status', (context) => context.json(statusAnswer(deps, status(), clock.now())));
  app.get('/metrics', async (context) => {
    const scrape = await deps.metrics?.scrape();
    if (!scrape) throw new AppError('not_found', 'there are no metrics here');
    return context.body(scrape.text, 200, { 'Content-Type': scrape.type });
  });
  answerTable('/api/summary', (context) => summaryTable(store, askedFor(context), dateOf(context)));
  answerTable('/api/images', (context) => imagesTable(deps, filterOf(context)));
  answerTable('/api/groups', () => groupsTable(deps));
  answerTable('/api/tags', async (context) => {
    const asked = askedFor(context);
    return tagsTable((await newestTags(store, asked.query)).filter(asked.has));
  });
  answerTable('/api/tags/history', async (context) => {
    const asked = askedFor(context);
    return tagHistoryTable(tagHistory(filtered(store.readings(asked.query), asked.has), rangeOf(context)));
  });
  answerChart('/api/pulls', 'pull_count', totalsByDay);
  answerChart('/api/pulls/daily', 'daily_pulls', pullsByDay);
  answerChart('/api/pulls/weekly', 'weekly_pulls', (series, options) => pullsByPeriod(series, 'week', options), 'week');
  answerChart('/api/pulls/monthly', 'monthly_pulls', (series, options) => pullsByPeriod(series, 'month', options), 'month');
  answerTable('/api/events', async (context) => {
    const asked = askedFor(context);
    const [series, recorded] = await Promise.all([store.totals(asked.query), store.events()]);
    return eventsTable(listEvents(series.filter(asked.has), recorded.filter(asked.hasEvent), rangeOf(context)));
  });
  answer('/api/snapshot', async (context) => jsonContent([JSON.stringify(await snapshotAnswer(store, dateOf(context)))]));
  answer('/api/openapi.json', async () => jsonContent([JSON.stringify({ ...document, servers: [{ url: deps.basePath || '/' }] })]));
  answer('/badge/:registry/:file{.+}', (context) => badgeContent(deps, context));
  answer('/chart/:registry/:file{.+}', (context) => chartContent(deps, context));
  app.get('*', (context) => {
    const asset = deps.site?.asset(context.req.path);
    if (asset) return assetAnswer(context, asset);
    return answers.answer(askedOfSite(context, askedBy(context)), () => siteContent(context, deps.site));
  });

  return { fetch: (request) => app.fetch(request), ready: (asked) => answers.ready(asked) };
}

type Series = Parameters<typeof totalsByDay>[0];

function jsonContent(chunks: Iterable<string>): Content {
  return { type: 'application/json', chunks };
}

function csvContent(path: string, table: Table): Content {
  const fileName = `${path.slice('/api/'.length).replaceAll('/', '-')}.csv`;
  return { type: 'text/csv; charset=utf-8; header=present', chunks: csvChunks(table), fileName };
}

function askedBy({ req }: Context): Asked {
  const { pathname, search } = new URL(req.url);
  const [acceptEncoding, ifNoneMatch] = [req.header('Accept-Encoding'), req.header('If-None-Match')];
  return { method: req.method, url: pathname + search, acceptEncoding, ifNoneMatch };
}

function rangeOf({ req }: Context): DayRange {
  return parseRange(req.queries('from'), req.queries('to'));
}

function dateOf({ req }: Context): string | undefined {
  return parseDate(req.queries('date'));
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

async function* filtered<T>(items: AsyncIterable<T>, keep: (item: T) => boolean): AsyncGenerator<T> {
  for await (const item of items) if (keep(item)) yield item;
}
