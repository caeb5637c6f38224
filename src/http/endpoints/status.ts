import type { z } from '@hono/zod-openapi';
import type { Counting } from '../../core/model/registry.ts';
import type { CollectorStatus, RegistryStatus } from '../../core/views/status.ts';
import type { statusAnswer as schema } from '../schemas.ts';

export interface StatusDeps {
  readonly version: string;
  /** What the numbers of each registry count. */
  readonly counting: Readonly<Record<string, Counting>>;
  /** How to configure the service, where nothing is. */
  readonly howToConfigure?: string | undefined;
  readonly configProblems: readonly { readonly variable: string; readonly entry: string; readonly reason: string }[];
}

/** `now`: milliseconds since the epoch. */
export function statusAnswer(deps: StatusDeps, status: CollectorStatus, now: number): z.infer<typeof schema> {
  return {
    version: deps.version,
    healthy: status.health.healthy,
    reason: status.health.reason,
    configured: deps.howToConfigure === undefined,
    how_to_configure: deps.howToConfigure,
    configuration_problems: [...deps.configProblems],
    running_since: status.runningSince,
    next_cycle: status.nextCycle,
    retention_error: status.retentionError,
    registries: status.registries.map((registry) => ({ ...registryAnswer(registry, now), counts: deps.counting[registry.registry] })),
  };
}

function registryAnswer(registry: RegistryStatus, now: number): Omit<z.infer<typeof schema>['registries'][number], 'counts'> {
  const {
    registry: id,
    title,
    state,
    imagesRead,
    imagesFailed,
    failures,
    listings,
    doubts,
    diagnosis,
    lastSuccess,
    lastDurationMs,
    progress,
  } = registry;
  return {
    registry: id,
    title,
    state,
    images_ok: imagesRead,
    images_failed: imagesFailed,
    failures: [...failures],
    listings: [...listings],
    doubts: [...doubts],
    diagnosis,
    last_success: lastSuccess,
    seconds_since_success: lastSuccess === undefined ? undefined : Math.floor((now - Date.parse(lastSuccess)) / 1000),
    last_duration_seconds: lastDurationMs === undefined ? undefined : lastDurationMs / 1000,
    progress,
  };
}
