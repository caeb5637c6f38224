/** Whether the service does its work: judged after each cycle, shown by the API and by a marker file for the health probe. */
import { goodReason, staleReason } from '../core/model/health-marker.ts';
import type { Clock } from '../core/ports.ts';
import type { HealthReport } from '../core/model/health-marker.ts';
import type { Cycle } from './collector.ts';
import { jitter } from './scheduler.ts';

/** Where the probe looks. `maxAgeMs` undefined: the good state does not age. */
export interface HealthMarker {
  set(maxAgeMs: number | undefined): Promise<void>;
  clear(reason: string): Promise<void>;
}

export interface HealthDeps {
  readonly marker: HealthMarker;
  readonly clock: Clock;
  /** 0: one cycle only. */
  readonly intervalMs: number;
  readonly titles: ReadonlyMap<string, string>;
}

export interface Health {
  report(): HealthReport;
  /** Judges a finished cycle and updates the marker. */
  judge(cycle: Cycle): Promise<void>;
  /** Turns unhealthy for this reason. */
  fail(reason: string): Promise<void>;
}

/** Cycles start up to this much later than the interval says. */
const intervalSlack = 1 + jitter;
/** Allowed for a cycle that is slower than all before it. */
const leastCycleMs = 10 * 60_000;

export function createHealth({ marker, clock, intervalMs, titles }: HealthDeps): Health {
  let state: HealthReport & { readonly at: number; readonly maxAgeMs?: number | undefined } = {
    healthy: false,
    reason: 'no cycle has finished yet',
    at: clock.now(),
  };
  let longestCycleMs = leastCycleMs;

  async function fail(reason: string): Promise<void> {
    state = { healthy: false, reason, at: clock.now() };
    await marker.clear(reason);
  }

  return {
    fail,
    report() {
      const { healthy, reason, at, maxAgeMs } = state;
      if (healthy && maxAgeMs !== undefined && clock.now() - at > maxAgeMs) return { healthy: false, reason: staleReason };
      return { healthy, reason };
    },
    async judge(cycle) {
      longestCycleMs = Math.max(longestCycleMs, cycle.durationMs);
      const trouble = troubleOf(cycle, titles);
      if (trouble !== undefined) return fail(trouble);
      const maxAgeMs = intervalMs === 0 ? undefined : Math.ceil(intervalMs * intervalSlack + longestCycleMs);
      state = { healthy: true, reason: goodReason, at: clock.now(), maxAgeMs };
      await marker.set(maxAgeMs);
    },
  };
}

/** Why a cycle was not good; one image read per configured registry, and stored, is good enough. */
function troubleOf(cycle: Cycle, titles: ReadonlyMap<string, string>): string | undefined {
  if (cycle.registries.length === 0) return 'nothing is configured to be tracked';
  if (cycle.saveError) return `what was read could not be stored: ${cycle.saveError.message}`;
  const dark = cycle.registries.find((registry) => registry.imagesRead === 0);
  if (!dark) return undefined;
  const failure = dark.failures[0] ?? dark.listings.find((listing) => listing.shortfall)?.shortfall;
  const title = titles.get(dark.registry) ?? dark.registry;
  return `nothing could be read from ${title}${failure ? `: ${failure.message}` : ''}`;
}
