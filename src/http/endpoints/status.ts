import type { Day } from '../../core/model/day.ts';
import type { ChannelStatus } from '../../core/model/notice.ts';
import type { RegistryStatus } from '../../core/views/status.ts';
import type { ApiDeps } from '../deps.ts';
import { endpoint } from '../endpoint.ts';
import { momentHeaders } from '../headers.ts';
import { jsonContent } from '../json-content.ts';
import { dataResponses, registry, repo } from '../responses.ts';
import { count, decimal, flag, integer, list, named, object, oneOf, optional, text, type ValueOf } from '../schema.ts';

const failure = { code: text(), message: text() };
const registrySchema = object({
  registry,
  title: text(),
  state: oneOf(['off', 'waiting', 'ok', 'degraded', 'failing', 'frozen', 'inconsistent']),
  images_ok: count(),
  images_failed: count(),
  failures: list(object({ ...failure, repo, missing: oneOf(['total', 'details']) })),
  listings: list(
    object({ owner: text(), listed: count(), expected: optional(count()), complete: flag(), shortfall: optional(object(failure)) }),
  ),
  doubts: list(
    object({
      repo,
      doubt: oneOf(['frozen', 'inconsistent']),
      by: optional(integer({ description: 'The total less what the daily counts add up to' })),
      since: optional(text({ description: 'The first read that showed it' })),
    }),
  ),
  diagnosis: optional(text()),
  last_success: optional(text()),
  seconds_since_success: optional(integer({ description: 'For alerts; absent before the first success' })),
  seconds_overdue: count({ description: 'For alerts: how much longer the last success is ago than two intervals and four hours, else 0' }),
  counts: optional(
    object(
      { unit: text(), lifetime: flag(), note: text() },
      { description: 'What the numbers count, and whether the total is one over all time' },
    ),
  ),
  last_duration_seconds: optional(decimal()),
  progress: optional(object({ done: count(), total: count() })),
});
const statusSchema = object({
  version: text(),
  healthy: flag(),
  reason: text(),
  configured: flag(),
  how_to_configure: optional(text()),
  configuration_problems: list(object({ variable: text(), entry: text(), reason: text() })),
  running_since: optional(text()),
  next_cycle: optional(text()),
  trigger_token: optional(text({ description: 'Where ALLOW_TRIGGER is on: what POST /api/trigger?token= takes' })),
  retention_error: optional(text()),
  future_days: list(text({ description: 'Days after tomorrow that have a snapshot: it is kept, and ignored until the day comes' })),
  notifications: list(
    object({
      channel: text({ example: 'ntfy' }),
      kind: text({ example: 'ntfy' }),
      host: text({ example: 'ntfy.sh' }),
      waiting: count({ description: 'Messages that are still to be delivered' }),
      delivered: count(),
      given_up: count({ description: 'Messages that could not be delivered for three days' }),
      last_success: optional(text()),
      last_error_at: optional(text()),
      last_error: optional(text({ description: 'Of the last attempt that failed, also when a later one succeeded' })),
    }),
  ),
  registries: list(registrySchema),
  runs: list(
    object({
      started: text(),
      duration_seconds: decimal(),
      images_ok: count(),
      images_failed: count(),
      failed_registries: list(text({ description: 'Of which nothing could be read' })),
      save_error: optional(text()),
    }),
  ),
});

type StatusDeps = Pick<
  ApiDeps,
  'store' | 'status' | 'clock' | 'version' | 'counting' | 'howToConfigure' | 'configProblems' | 'channels' | 'trigger'
>;

export const statusEndpoint = endpoint({
  path: '/api/status',
  summary: 'What is tracked, what failed and why, the current run and the next one',
  query: {},
  responses: dataResponses({ 'application/json': named('Status', statusSchema) }),
  headers: momentHeaders,
  cached: false,
  immediate: true,
  async handle(_, deps: StatusDeps) {
    // The status also has to be told while the store does not answer.
    const [futureDays, channels = []] = await Promise.all([deps.store.heldBack().catch(() => []), deps.channels?.()]);
    return jsonContent(statusAnswer(deps, futureDays, channels));
  },
});

function statusAnswer(deps: StatusDeps, futureDays: readonly Day[], channels: readonly ChannelStatus[]): ValueOf<typeof statusSchema> {
  const { status, clock, version, counting, howToConfigure, configProblems, trigger } = deps;
  const { health, runningSince, nextCycle, retentionError, registries, runs = [] } = status();
  return {
    version,
    healthy: health.healthy,
    reason: health.reason,
    configured: howToConfigure === undefined,
    how_to_configure: howToConfigure,
    configuration_problems: configProblems,
    running_since: runningSince,
    next_cycle: nextCycle,
    trigger_token: trigger?.token(),
    retention_error: retentionError,
    future_days: futureDays,
    notifications: channels.map(({ givenUp, lastSuccess, lastErrorAt, lastError, ...each }) => ({
      ...each,
      given_up: givenUp,
      last_success: lastSuccess,
      last_error_at: lastErrorAt,
      last_error: lastError,
    })),
    registries: registries.map((each) => ({ ...registryAnswer(each, clock.now()), counts: counting[each.registry] })),
    runs: runs.map((run) => ({
      started: run.startedAt,
      duration_seconds: run.durationMs / 1000,
      images_ok: run.imagesRead,
      images_failed: run.imagesFailed,
      failed_registries: run.failedRegistries,
      save_error: run.saveError,
    })),
  };
}

/** `now`: milliseconds since the epoch. */
function registryAnswer(status: RegistryStatus, now: number): ValueOf<typeof registrySchema> {
  const { lastSuccess, overdueAt, lastDurationMs } = status;
  return {
    registry: status.registry,
    title: status.title,
    state: status.state,
    images_ok: status.imagesRead,
    images_failed: status.imagesFailed,
    failures: status.failures,
    listings: status.listings,
    doubts: status.doubts,
    diagnosis: status.diagnosis,
    last_success: lastSuccess,
    seconds_since_success: lastSuccess === undefined ? undefined : Math.floor((now - Date.parse(lastSuccess)) / 1000),
    seconds_overdue: overdueAt === undefined ? 0 : Math.max(0, Math.floor((now - Date.parse(overdueAt)) / 1000)),
    last_duration_seconds: lastDurationMs === undefined ? undefined : lastDurationMs / 1000,
    progress: status.progress,
  };
}
