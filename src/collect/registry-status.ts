/** From a registry's part of the last run to what is shown of it. */
import type { RegistryDescriptor } from '../core/model/registry.ts';
import { hasSucceeded, type RegistryRun } from '../core/model/run.ts';
import { noTotals, type Progress, type RegistryTotals } from '../core/model/outcome.ts';
import type { RegistryState, RegistryStatus } from '../core/views/status.ts';
import { diagnose } from './diagnosis.ts';

/** What is known of a registry; nothing of it is there before its first run. */
export interface RegistryAccount {
  /** Its part of the last run. */
  readonly last?: RegistryRun | undefined;
  readonly totals?: RegistryTotals | undefined;
  readonly lastSuccess?: string | undefined;
  readonly overdueAt?: string | undefined;
  /** Of the running run. */
  readonly progress?: Progress | undefined;
}

export function statusOf({ id, title }: RegistryDescriptor, isTracked: boolean, account: RegistryAccount): RegistryStatus {
  const { last, totals = noTotals, lastSuccess, overdueAt, progress } = account;
  const diagnosis = last && diagnose(title, last.imagesRead, last.failures);
  const failures = last?.failures ?? [];
  return {
    registry: id,
    title,
    state: stateOf(isTracked, last),
    imagesRead: last?.imagesRead ?? 0,
    imagesFailed: failures.filter((failure) => failure.missing === 'total').length,
    failures,
    unexplained: diagnosis ? failures.filter((failure) => !diagnosis.explains(failure)) : failures,
    deleted: last?.deleted ?? [],
    listings: last?.listings ?? [],
    doubts: last?.doubts ?? [],
    totals,
    diagnosis: diagnosis?.text,
    lastSuccess,
    overdueAt: isTracked ? overdueAt : undefined,
    lastDurationMs: last?.durationMs,
    progress,
  };
}

function stateOf(isTracked: boolean, last: RegistryRun | undefined): RegistryState {
  if (!isTracked) return 'off';
  if (!last) return 'waiting';
  if (!hasSucceeded(last)) return 'failing';
  if (last.failures.length > 0 || last.listings.some((listing) => !listing.complete)) return 'degraded';
  const doubts = last.doubts.map(({ doubt }) => doubt);
  return doubts.includes('frozen') ? 'frozen' : (doubts[0] ?? 'ok');
}
