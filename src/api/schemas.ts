/** The rows that the API answers with, and the parameters that its data endpoints share. */
import { createRoute, z } from '@hono/zod-openapi';

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

const pullsRow = z.object({ timestamp, repo, pull_count: count }).openapi('PullsRow');

const dailyRow = z.object({ timestamp, repo, daily_pulls: count }).openapi('DailyPullsRow');

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
    registries: z.array(
      z.object({
        registry,
        title: z.string(),
        state: z.enum(['off', 'waiting', 'ok', 'degraded', 'failing']),
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
        diagnosis: z.string().optional(),
        last_success: z.string().optional(),
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
const repoParameter = parameter.openapi({ description: 'Only these images, written like registry', example: 'acme/app' });
const dateParameter = parameter.openapi({ description: 'Exactly the snapshot of this day', example: '2026-03-14' });
const fromParameter = parameter.openapi({
  description: 'First day: a date, an ISO 8601 moment or milliseconds since 1970, floored to its UTC day',
});
const toParameter = parameter.openapi({ description: 'Last day, inclusive, written like from' });

/** A GET route whose good answer has this schema. */
function get<Schema extends z.ZodType, Query extends z.ZodObject>(path: string, summary: string, schema: Schema, query: Query) {
  return createRoute({
    method: 'get',
    path,
    summary,
    request: { query },
    responses: {
      200: { description: 'OK', content: { 'application/json': { schema } } },
      400: { description: 'A parameter is not valid', content: { 'application/json': { schema: errorAnswer } } },
      404: { description: 'There is nothing of that date', content: { 'application/json': { schema: errorAnswer } } },
    },
  });
}

const filter = { registry: registryParameter, repo: repoParameter };

export const routes = {
  health: createRoute({
    method: 'get',
    path: '/api/health',
    summary: 'Whether the last cycle was good',
    responses: {
      200: { description: 'Healthy', content: { 'application/json': { schema: healthAnswer } } },
      503: { description: 'Unhealthy; /api/status says why', content: { 'application/json': { schema: healthAnswer } } },
    },
  }),
  summary: get('/api/summary', 'The newest total of each image', z.array(summaryRow), z.object({ ...filter, date: dateParameter })),
  pulls: get('/api/pulls', 'Running totals by day', z.array(pullsRow), z.object({ ...filter, from: fromParameter, to: toParameter })),
  pullsDaily: get('/api/pulls/daily', 'Pulls by day', z.array(dailyRow), z.object({ ...filter, from: fromParameter, to: toParameter })),
  snapshot: get('/api/snapshot', 'A stored snapshot, the newest or that of a day', snapshotAnswer, z.object({ date: dateParameter })),
  status: get('/api/status', 'What the service does, and what it could not read', statusAnswer, z.object({})),
};
