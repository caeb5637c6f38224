/** What a store keeps beside the totals, to compare it with what they come to. */
import type { DaySum } from '../../core/model/history.ts';
import { addDaySums, daySumKey, daySumsOf } from '../../core/numbers/day-sums.ts';
import type { SnapshotStore } from '../../core/ports.ts';

/** The sums of a store, in one order. */
export async function sumsOf(store: Pick<SnapshotStore, 'daySums'>): Promise<readonly DaySum[]> {
  return inOrder(await store.daySums());
}

/** What its totals add up to. */
export async function addedTotalsOf(store: Pick<SnapshotStore, 'totals'>): Promise<readonly DaySum[]> {
  return inOrder(addDaySums((await store.totals({})).flatMap((image) => [...daySumsOf(image)])));
}

function inOrder(sums: readonly DaySum[]): readonly DaySum[] {
  return sums.toSorted((a, b) => (daySumKey(a) < daySumKey(b) ? -1 : 1));
}
