/** Whether the service does its work: each configured registry gives readings, and they are stored. Shown by the API and by a marker file for the health probe. */
import { goodReason, staleReason } from '../core/model/health-marker.ts';
import { hasSucceeded, intervalJitter, type RegistryRun, type RunRecord } from '../core/model/run.ts';
import type { Clock } from '../core/ports.ts';
import type { HealthReport } from '../core/model/health-marker.ts';

/** Where the probe looks. `maxAgeMs` undefined: the good state does not age. */
export interface HealthMarker {
  set(maxAgeMs: number | undefined): Promise<void>;
  clear(reason: string): Promise<void>;
}

export interface HealthDeps {
  readonly marker: HealthMarker;
  readonly clock: Clock;
  /** 0: one run only. */
  readonly intervalMs: number;
  /** By id, of every registry that something is configured for. */
  readonly titles: ReadonlyMap<string, string>;
}

export interface Health {
  report(): HealthReport;
  /** Judges a run that ended so long ago, and updates the marker. */
  judge(run: RunRecord, agoMs?: number): Promise<void>;
  /** Readings of the registries were stored so long ago; those that are too old to count are left out. */
  stored(agoMsByRegistry: ReadonlyMap<string, number>): Promise<void>;
  /** Turns unhealthy for this reason, until a reading is stored. */
  fail(reason: string): Promise<void>;
  /** Stays unhealthy for this reason as long as it holds, whatever is read or stored; undefined: it no longer does. */
  hold(reason: string | undefined): Promise<void>;
}

/** Runs begin up to this much later than the interval says. */
const intervalSlack = 1 + intervalJitter;
/** Allowed for a run that is slower than all before it. */
const minRunMs = 10 * 60_000;
/** A marker that stays is written again so often. */
const renewMs = 60_000;

export function createHealth({ marker, clock, intervalMs, titles }: HealthDeps): Health {
  let trouble: string | undefined;
  let held: string | undefined;
  const failing = new Map<string, string>();
  /** When a reading of each registry was stored last, in milliseconds since the epoch. */
  const lastGood = new Map<string, number>();
  let longestRunMs = minRunMs;
  const writing = createMarkerWriting({ marker, clock });

  const maxAgeMs = (): number => (intervalMs === 0 ? Number.POSITIVE_INFINITY : Math.ceil(intervalMs * intervalSlack + longestRunMs));

  function good(registry: string, agoMs: number): void {
    failing.delete(registry);
    lastGood.set(registry, Math.max(lastGood.get(registry) ?? 0, clock.now() - agoMs));
  }

  function reasonToFail(): string | undefined {
    if (trouble !== undefined) return trouble;
    if (held !== undefined) return held;
    if (titles.size === 0) return 'no images are configured';
    const [reason] = failing.values();
    if (reason !== undefined) return reason;
    if ([...titles.keys()].some((registry) => !lastGood.has(registry))) return 'no run has finished yet';
    return clock.now() - oldest() > maxAgeMs() ? staleReason : undefined;
  }

  const oldest = (): number => Math.min(...[...titles.keys()].map((registry) => lastGood.get(registry) ?? 0));

  function mark(): Promise<void> {
    const age = maxAgeMs();
    return writing.update(reasonToFail(), age === Number.POSITIVE_INFINITY ? undefined : Math.max(0, age - (clock.now() - oldest())));
  }

  return {
    report: () => ({ healthy: reasonToFail() === undefined, reason: reasonToFail() ?? goodReason }),
    async judge(run, agoMs = 0) {
      longestRunMs = Math.max(longestRunMs, run.durationMs);
      trouble = run.saveError && `what was read could not be stored: ${run.saveError.message}`;
      for (const part of run.registries) {
        const title = titles.get(part.registry);
        if (title === undefined) continue;
        if (hasSucceeded(part)) good(part.registry, agoMs);
        else failing.set(part.registry, failure(title, part));
      }
      writing.forget();
      await mark();
    },
    async stored(agoMsByRegistry) {
      for (const [registry, agoMs] of agoMsByRegistry) {
        if (agoMs > maxAgeMs() || !titles.has(registry)) continue;
        trouble = undefined;
        good(registry, agoMs);
      }
      await mark();
    },
    async fail(reason) {
      trouble = reason;
      await mark();
    },
    async hold(reason) {
      held = reason;
      await mark();
    },
  };
}

interface MarkerWriting {
  /** Writes the marker where that says something new, or has to be renewed. `reason` undefined: healthy for `leftMs`, or without an end. */
  update(reason: string | undefined, leftMs: number | undefined): Promise<void>;
  /** The next update writes. */
  forget(): void;
}

function createMarkerWriting({ marker, clock }: Pick<HealthDeps, 'marker' | 'clock'>): MarkerWriting {
  let written: { readonly reason?: string | undefined; readonly at: number } | undefined;
  return {
    async update(reason, leftMs) {
      const now = clock.now();
      if (written && written.reason === reason && (reason !== undefined || now - written.at < renewMs)) return;
      written = { reason, at: now };
      await (reason === undefined ? marker.set(leftMs) : marker.clear(reason));
    },
    forget: () => void (written = undefined),
  };
}

function failure(title: string, { failures, listings }: RegistryRun): string {
  const why = failures[0] ?? listings.find((listing) => listing.shortfall)?.shortfall;
  return `nothing could be read from ${title}${why ? `: ${why.message}` : ''}`;
}
