/** When registries did not update their counters, found now and then: that takes a look at all history, and says nothing of today. */
import { dayOf } from '../core/model/day.ts';
import type { Freeze } from '../core/numbers/freezes.ts';
import type { Clock, SnapshotStore } from '../core/ports.ts';
import { findAllFreezes } from '../core/views/frozen-series.ts';

/** An import may change days that are over. */
const newerAfterMs = 10 * 60_000;

export function createFreezeFinder({
  store,
  clock,
}: {
  readonly store: SnapshotStore;
  readonly clock: Clock;
}): () => Promise<readonly Freeze[]> {
  let found:
    | { readonly day: string; readonly at: number; readonly version: string; readonly freezes: Promise<readonly Freeze[]> }
    | undefined;
  return async () => {
    const [now, version] = [clock.now(), store.version()];
    const isCurrent = found?.version === version || (found?.day === dayOf(now) && now - found.at < newerAfterMs);
    if (!found || !isCurrent) found = { day: dayOf(now), at: now, version, freezes: findAllFreezes(store) };
    const { freezes } = found;
    try {
      return await freezes;
    } catch (error) {
      found = undefined;
      throw error;
    }
  };
}
