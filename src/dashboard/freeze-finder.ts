/** When registries did not update their counters, found now and then: that takes a look at all history, and says nothing of today. */
import { dayOf } from '../core/model/day.ts';
import type { Freeze } from '../core/numbers/freezes.ts';
import type { Clock, SnapshotStore } from '../core/ports.ts';
import { findAllFreezes } from '../core/views/all-freezes.ts';

/** An import may change days that are over. */
const newerAfterMs = 10 * 60_000;
/** With more images nobody waits for it: pages show what was found before. */
const maxWaitedImages = 1_000;
/** Then the page that asks first is sent before the search begins. */
const afterPageMs = 1_000;

interface Search {
  readonly day: string;
  readonly at: number;
  readonly version: string;
  readonly freezes: Promise<readonly Freeze[]>;
}

export function createFreezeFinder({
  store,
  clock,
}: {
  readonly store: SnapshotStore;
  readonly clock: Clock;
}): (images: number) => Promise<readonly Freeze[]> {
  let search: Search | undefined;
  let found: readonly Freeze[] = [];

  /** The running search, or a new one where the last is too old; what failed is searched for anew. */
  function current(isWaitedFor: boolean): Search {
    const [now, version] = [clock.now(), store.version()];
    const isCurrent = search?.version === version || (search?.day === dayOf(now) && now - search.at < newerAfterMs);
    if (search && isCurrent) return search;
    const begun: Search = { day: dayOf(now), at: now, version, freezes: find(isWaitedFor) };
    begun.freezes.catch(() => {
      if (search === begun) search = undefined;
    });
    search = begun;
    return begun;
  }

  async function find(isWaitedFor: boolean): Promise<readonly Freeze[]> {
    if (!isWaitedFor) await clock.sleep(afterPageMs);
    found = await findAllFreezes(store);
    return found;
  }

  return async (images) => {
    const isWaitedFor = images <= maxWaitedImages;
    const { freezes } = current(isWaitedFor);
    return isWaitedFor ? freezes : found;
  };
}
