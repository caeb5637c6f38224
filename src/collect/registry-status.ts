/** From a registry's last cycle to what is shown of it. */
import type { RegistryDescriptor } from '../core/model/registry.ts';
import { noTotals, type Progress, type RegistryTotals } from '../core/model/outcome.ts';
import type { RegistryState, RegistryStatus } from '../core/views/status.ts';
import type { RegistryCycle } from './collector.ts';

/** What is known of a registry; nothing of it is there before its first cycle. */
export interface Account {
  readonly cycle?: RegistryCycle | undefined;
  readonly totals?: RegistryTotals | undefined;
  readonly lastSuccess?: string | undefined;
  /** Of the running cycle. */
  readonly progress?: Progress | undefined;
}

export function statusOf({ id, title }: RegistryDescriptor, isTracked: boolean, account: Account): RegistryStatus {
  const { cycle, totals = noTotals, lastSuccess, progress } = account;
  return {
    registry: id,
    title,
    state: stateOf(isTracked, cycle),
    imagesRead: cycle?.imagesRead ?? 0,
    imagesFailed: cycle?.failures.filter((failure) => failure.missing === 'total').length ?? 0,
    failures: cycle?.failures ?? [],
    listings: cycle?.listings ?? [],
    doubts: cycle?.doubts ?? [],
    totals,
    diagnosis: cycle?.diagnosis,
    lastSuccess,
    lastDurationMs: cycle?.durationMs,
    progress,
  };
}

function stateOf(isTracked: boolean, cycle: RegistryCycle | undefined): RegistryState {
  if (!isTracked) return 'off';
  if (!cycle) return 'waiting';
  if (cycle.imagesRead === 0) return 'failing';
  if (cycle.failures.length > 0 || cycle.listings.some((listing) => !listing.complete)) return 'degraded';
  const doubts = cycle.doubts.map(({ doubt }) => doubt);
  return doubts.includes('frozen') ? 'frozen' : (doubts[0] ?? 'ok');
}

/** The totals with one more cycle in them. */
export function counted(
  { cycles, errors }: RegistryTotals,
  { imagesRead, failures }: Pick<RegistryCycle, 'imagesRead' | 'failures'>,
): RegistryTotals {
  const isOk = imagesRead > 0;
  const sums = { ...errors };
  for (const { code, missing } of failures) if (missing === 'total') sums[code] = (sums[code] ?? 0) + 1;
  return { cycles: { ok: cycles.ok + Number(isOk), failed: cycles.failed + Number(!isOk) }, errors: sums };
}
