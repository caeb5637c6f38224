/** The rows that the API answers with, and the parameters that its data endpoints share. */
import { OpenAPIHono, createRoute, z } from '@hono/zod-openapi';
import { eventKinds } from '../core/model/event.ts';

const timestamp = z.string().openapi({ example: '2026-03-14T00:00:00Z', description: 'Start of a UTC day' });
const repo = z.string().openapi({ example: 'acme/app', description: 'Lower case; a nested GHCR package is written owner/charts%2Fname' });
const registry = z.string().openapi({ example: 'dockerhub' });
const count = z.int().min(0);

const healthAnswer = z.object({ status: z.enum(['ok', 'unhealthy']) }).openapi('Health');

const errorAnswer = z
  .object({ error: z.object({ code: z.string().openapi({ example: 'invalid_input' }), message: z.string() }) })
  .openapi('Error');

const summaryRow = z
  .object({
    registry,
    name: repo,
    pull_count: count.openapi({ description: 'Newest known total, 1 to 7 days old where today could not be read' }),
    tag_count: count.openapi({ description: '0 where it is not known' }),
  })
  .openapi('SummaryRow');

const pulls = z.int().min(0).nullable();
const change = z.int().nullable();
const imageRow = z
  .object({
    registry,
    name: repo,
    pull_count: pulls.openapi({ description: 'Newest known total; null before the first read' }),
    tag_count: pulls.openapi({ description: 'null where it is not known' }),
    pulls_1d: pulls.openapi({ description: 'Pulls of yesterday, the last whole UTC day' }),
    pulls_7d: pulls.openapi({ description: 'Pulls of the 7 days that end with yesterday, as far as they are known' }),
    pulls_30d: pulls.openapi({ description: 'Pulls of the 30 days that end with yesterday, as far as they are known' }),
    change_1d: change.openapi({
      description: 'pulls_1d less the pulls of the day before; null unless the image was known all through both',
    }),
    change_7d: change.openapi({ description: 'The same for 7 days' }),
    change_30d: change.openapi({ description: 'The same for 30 days' }),
    last_updated: z.string().nullable().openapi({ description: 'Last push, as the registry writes it' }),
    first_seen: z.string().nullable().openapi({ description: 'The first day on which it was read', example: '2026-03-14' }),
    history_since: z
      .string()
      .nullable()
      .openapi({ description: 'The first day with a total, read or reconstructed', example: '2026-02-14' }),
    backfilled_days: count.openapi({ description: 'How many days of its history were reconstructed and not read' }),
    imported_days: count.openapi({ description: "How many were taken over from another program's records" }),
    last_read: z.string().nullable().openapi({ description: 'When its newest total was read' }),
    stale: z.boolean().openapi({ description: 'Whether that is longer ago than a day, or two poll intervals where they are longer' }),
    doubt: z
      .enum(['frozen', 'inconsistent'])
      .nullable()
      .openapi({ description: "Whether the newest total contradicts the registry's own days" }),
    total_since: z.string().nullable().openapi({
      description: 'The first day that is in pull_count, where the registry has no lifetime total; null where it has one',
      example: '2026-08-24',
    }),
    unit: z.string().nullable().openapi({ description: 'What the registry counts; /api/status explains it', example: 'pulls' }),
  })
  .openapi('Image');

const event = z
  .object({
    time: z
      .string()
      .openapi({ example: '2026-03-14T10:00:00.000Z', description: 'A moment; the start of a UTC day where only that is known' }),
    registry,
    repo: z.string().openapi({ example: 'acme/app', description: 'Empty when it is about the whole registry' }),
    kind: z.enum(eventKinds),
    text: z.string().openapi({ example: 'acme/app (ghcr): counter decreased from 130 to 80' }),
  })
  .openapi('Event');

const groupRow = z
  .object({
    name: z.string().openapi({ example: 'app' }),
    members: z.string().openapi({ example: 'dockerhub:acme/app+ghcr:acme/app' }),
    pull_count: pulls.openapi({ description: 'Sum of the newest known totals, also of images that are read no more' }),
    pulls_1d: pulls,
    pulls_7d: pulls,
    pulls_30d: pulls,
    change_1d: change,
    change_7d: change,
    change_30d: change,
  })
  .openapi('Group');

const tagRow = z
  .object({
    registry,
    repo,
    tag: z.string(),
    last_updated: z.string().nullable().openapi({ description: 'When it was pushed, as the registry writes it' }),
    digest: z.string().nullable(),
    size: z.int().nullable().openapi({ description: 'Compressed, in bytes' }),
    platforms: z.string().nullable().openapi({ example: 'linux/amd64 linux/arm64/v8' }),
    pull_count: pulls.openapi({ description: 'Of the version that it points at; null where the registry does not count versions' }),
    version_id: z.string().nullable(),
  })
  .openapi('Tag');

const tagHistoryRow = z
  .object({
    timestamp,
    registry,
    repo,
    tag: z.string(),
    pull_count: count.openapi({ description: 'Downloads under the tag so far; it goes on when the tag moves to another version' }),
    daily_pulls: count.openapi({ description: 'Since the known day before' }),
    version: z.string().openapi({ description: 'Id or digest of the version that the tag points at' }),
    version_pull_count: count.openapi({ description: 'Downloads of that version alone' }),
  })
  .openapi('TagHistoryRow');

/** A row of a chart, with its value under this name. */
function chartRow(column: string, description: string, name: string) {
  return z
    .object({
      timestamp,
      repo,
      registry: registry.optional().openapi({ description: 'Only with split=registry' }),
      [column]: count.openapi({ description }),
    })
    .openapi(name);
}

const snapshotAnswer = z.looseObject({ timestamp: z.string() }).openapi('Snapshot');

const failure = z.object({ code: z.string(), message: z.string() });

export const statusAnswer = z
  .object({
    version: z.string(),
    healthy: z.boolean(),
    reason: z.string(),
    configured: z.boolean(),
    how_to_configure: z.string().optional(),
    configuration_problems: z.array(z.object({ variable: z.string(), entry: z.string(), reason: z.string() })),
    running_since: z.string().optional(),
    next_cycle: z.string().optional(),
    retention_error: z.string().optional(),
    registries: z.array(
      z.object({
        registry,
        title: z.string(),
        state: z.enum(['off', 'waiting', 'ok', 'degraded', 'failing', 'frozen', 'inconsistent']),
        images_ok: count,
        images_failed: count,
        failures: z.array(failure.extend({ repo, missing: z.enum(['total', 'details']) })),
        listings: z.array(
          z.object({
            owner: z.string(),
            listed: count,
            expected: count.optional(),
            complete: z.boolean(),
            shortfall: failure.optional(),
          }),
        ),
        doubts: z.array(z.object({ repo, doubt: z.enum(['frozen', 'inconsistent']) })),
        diagnosis: z.string().optional(),
        last_success: z.string().optional(),
        seconds_since_success: z.int().optional().openapi({ description: 'For alerts; absent before the first success' }),
        counts: z
          .object({ unit: z.string(), lifetime: z.boolean(), note: z.string() })
          .optional()
          .openapi({ description: 'What the numbers count, and whether the total is one over all time' }),
        last_duration_seconds: z.number().optional(),
        progress: z.object({ done: count, total: count }).optional(),
      }),
    ),
  })
  .openapi('Status');

const parameter = z.union([z.string(), z.array(z.string())]).optional();
const registryParameter = parameter.openapi({
  description: 'Only these registries: one, comma-separated, repeated or {a,b}; absent, empty, *, All and $__all mean every one',
  example: 'dockerhub',
});
const repoParameter = parameter.openapi({ description: 'Only these images or groups, written like registry', example: 'acme/app' });
const dateParameter = parameter.openapi({ description: 'Exactly the snapshot of this day', example: '2026-03-14' });
const fromParameter = parameter.openapi({
  description: 'First day: a date, an ISO 8601 moment or milliseconds since 1970, floored to its UTC day',
});
const toParameter = parameter.openapi({ description: 'Last day, inclusive, written like from' });

const splitParameter = z.enum(['registry']).optional().openapi({ description: 'One row a registry instead of their sum' });
const formatParameter = z.enum(['json', 'csv']).optional().openapi({ description: 'json where absent' });

const filter = { registry: registryParameter, repo: repoParameter };
const range = { from: fromParameter, to: toParameter };
const format = { format: formatParameter };
const chart = z.object({ ...filter, ...range, split: splitParameter, ...format });

interface RouteOptions {
  readonly description?: string;
  readonly csv?: true;
}

/** A GET route whose good answer has this schema. */
function get(path: string, summary: string, schema: z.ZodType, query: z.ZodObject, { description, csv }: RouteOptions = {}) {
  return createRoute({
    method: 'get',
    path,
    summary,
    ...(description === undefined ? {} : { description }),
    request: { query },
    responses: {
      200: {
        description: 'OK',
        content: { 'application/json': { schema }, ...(csv ? { 'text/csv': { schema: z.string() } } : {}) },
      },
      304: { description: 'Nothing has changed since the answer whose ETag was sent along' },
      400: { description: 'A parameter is not valid', content: { 'application/json': { schema: errorAnswer } } },
      ...('date' in query.shape
        ? { 404: { description: 'There is nothing of that date', content: { 'application/json': { schema: errorAnswer } } } }
        : {}),
    },
  });
}

const shieldsAnswer = z
  .object({
    schemaVersion: z.literal(1),
    label: z.string(),
    message: z.string(),
    color: z.string(),
    labelColor: z.string().optional(),
    style: z.string(),
    isError: z.literal(true).optional(),
    cacheSeconds: count,
  })
  .openapi('ShieldsEndpoint');
const badgeFile = 'owner/name.svg, or owner/name.json for the endpoint badge of shields.io';
const badgeParameters = z.object({
  period: z.enum(['total', 'day', 'week', 'month']).optional(),
  label: z.string().max(64).optional(),
  color: z.string().optional().openapi({ description: 'A name of shields.io, or a colour such as 2496ed' }),
  labelColor: z.string().optional(),
  style: z.enum(['flat', 'flat-square', 'plastic', 'for-the-badge', 'social']).optional(),
});
const chartFile = 'owner/name.svg';
const chartParameters = z.object({
  ...range,
  kind: z.enum(['total', 'daily', 'weekly', 'monthly']).optional(),
  theme: z.enum(['light', 'dark']).optional(),
});

/** A GET route for a picture of an image in one registry or all. */
function embed(
  path: string,
  summary: string,
  query: z.ZodObject,
  file: string,
  content: Readonly<Record<string, { readonly schema: z.ZodType }>>,
) {
  const params = z.object({
    registry: registry.openapi({ description: 'A registry, or all' }),
    file: z.string().openapi({ description: file }),
  });
  return createRoute({
    method: 'get',
    path,
    summary,
    request: { params, query },
    responses: {
      200: { description: 'OK', content },
      400: { description: 'A parameter is not valid', content: { 'application/json': { schema: errorAnswer } } },
      404: { description: 'The image is not tracked: grey, or empty', content },
    },
  });
}

const daily = "Taken per registry and image before anything is summed; an image's first known day and a decrease count 0.";
const whole = 'Every period that the range touches is given whole.';

/** Every endpoint, as openapi.json describes it and the tests hold the answers to it. */
export const routes = [
  createRoute({
    method: 'get',
    path: '/api/health',
    summary: 'Whether the last cycle was good',
    responses: {
      200: { description: 'Healthy', content: { 'application/json': { schema: healthAnswer } } },
      503: { description: 'Unhealthy; /api/status says why', content: { 'application/json': { schema: healthAnswer } } },
    },
  }),
  get('/api/status', 'What the service does, and what it could not read', statusAnswer, z.object({})),
  get('/api/summary', 'The newest total of each image', z.array(summaryRow), z.object({ ...filter, date: dateParameter, ...format }), {
    csv: true,
    description: 'An image that could not be read keeps its last total for 7 days; with a date it is exactly the snapshot of that day.',
  }),
  get('/api/images', 'The tracked images with details', z.array(imageRow), z.object({ ...filter, ...format }), {
    csv: true,
    description: 'Those that the configuration names are there from the first second, with null for all that is not known yet.',
  }),
  get('/api/groups', 'Images that the configuration puts together under one name', z.array(groupRow), z.object(format), {
    csv: true,
    description: 'The name of a group is also valid as repo, wherever that is a parameter.',
  }),
  get('/api/tags', 'The newest known tags', z.array(tagRow), z.object({ ...filter, ...format }), {
    csv: true,
    description: 'By registry and image, the newest first; tags that were not read for 7 days are not there.',
  }),
  get('/api/tags/history', 'Downloads of tags by day', z.array(tagHistoryRow), z.object({ ...filter, ...range, ...format }), {
    csv: true,
    description: 'Only of registries that count versions: GHCR tells it for the newest five tagged versions.',
  }),
  get('/api/pulls', 'Running totals by day', z.array(chartRow('pull_count', 'Total at the end of the day', 'PullsRow')), chart, {
    csv: true,
    description: 'Registries of one name are summed; one that was not read on a day counts with its last known total.',
  }),
  get('/api/pulls/daily', 'Pulls by day', z.array(chartRow('daily_pulls', 'Since the known day before', 'DailyPullsRow')), chart, {
    csv: true,
    description: `${daily} A missing day has no row; the next one has the whole difference.`,
  }),
  get('/api/pulls/weekly', 'Pulls by ISO week', z.array(chartRow('weekly_pulls', 'Monday to Sunday', 'WeeklyPullsRow')), chart, {
    csv: true,
    description: `The timestamp is that of the Monday. ${whole}`,
  }),
  get('/api/pulls/monthly', 'Pulls by month', z.array(chartRow('monthly_pulls', 'The whole month', 'MonthlyPullsRow')), chart, {
    csv: true,
    description: `The timestamp is that of the 1st. ${whole}`,
  }),
  get('/api/events', 'What happened to the images', z.array(event), z.object({ ...filter, ...range, ...format }), {
    csv: true,
    description: 'Shaped for annotations in Grafana too.',
  }),
  get('/api/snapshot', 'A stored snapshot, the newest or that of a day', snapshotAnswer, z.object({ date: dateParameter })),
  embed('/badge/{registry}/{file}', 'A badge for a README', badgeParameters, badgeFile, {
    'image/svg+xml': { schema: z.string() },
    'application/json': { schema: shieldsAnswer },
  }),
  embed('/chart/{registry}/{file}', 'A chart for a README', chartParameters, chartFile, { 'image/svg+xml': { schema: z.string() } }),
  createRoute({
    method: 'get',
    path: '/metrics',
    summary: 'Metrics for Prometheus',
    responses: { 200: { description: 'OK', content: { 'text/plain': { schema: z.string() } } } },
  }),
  get('/api/openapi.json', 'This description', z.looseObject({ openapi: z.string() }), z.object({})),
];

/** The OpenAPI 3.1 document of all of this. */
export function openApiDocument(): object {
  const app = new OpenAPIHono();
  for (const route of routes) app.openAPIRegistry.registerPath(route);
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'registry-stats',
      version: '1',
      description:
        'How often container images are downloaded: the history that registries do not keep. Days are UTC days. Registries count different things: Docker Hub requests for manifests, GHCR and ECR Public downloads, Quay.io all logged actions of a day and no lifetime total. /api/status says what each counts, unit and total_since in /api/images mark it, and split=registry keeps them apart.',
      license: { name: 'GPL-3.0-only', url: 'https://www.gnu.org/licenses/gpl-3.0.html' },
    },
    servers: [{ url: '/' }],
  });
}
