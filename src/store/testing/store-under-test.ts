/** A store as the contract suites are given it. */
import { afterEach, beforeEach } from 'vitest';
import { createFixedClock, type FixedClock } from '../../../test/support/fixed-clock.ts';
import { fromEpochDay, type Day } from '../../core/model/day.ts';
import { asSnapshotDocument, type SnapshotDocument } from '../../core/document/snapshot.ts';
import type { SeriesQuery } from '../../core/model/query.ts';
import type { SnapshotStore } from '../../core/ports.ts';

export interface StoreUnderTest {
  /** Empty. */
  readonly store: SnapshotStore;
  /** Closes it and opens another over the same medium; absent where nothing outlives the store. */
  readonly reopen?: () => Promise<SnapshotStore>;
  /** Removes the medium; the store is closed by then. */
  readonly dispose?: () => Promise<void>;
}

/** One that outlives its process: `open` opens it, again and again. */
export async function reopenable(open: () => Promise<SnapshotStore>): Promise<Required<Pick<StoreUnderTest, 'store' | 'reopen'>>> {
  let store = await open();
  return {
    store,
    async reopen() {
      await store.close();
      store = await open();
      return store;
    },
  };
}

/** Makes one by this clock. */
export type MakeStore = (clock: FixedClock) => Promise<StoreUnderTest>;

/** A moment after everything that the suite stores. */
const contractNow = '2026-11-28T12:00:00.000Z';

/** The store of the test that runs. */
export interface GivenStore {
  readonly store: SnapshotStore;
  readonly clock: FixedClock;
  /** Closes it where another can be opened over the same medium, which then is the store. */
  reopened(): Promise<SnapshotStore>;
  /** The store, and then another over the same medium. */
  asItIsAndReopened(): AsyncGenerator<SnapshotStore>;
}

/** A new store for each test of the suite in which this is called, at this moment; closed and removed after it. */
export function useStore(make: MakeStore, now = contractNow): GivenStore {
  let given: { readonly underTest: StoreUnderTest; readonly clock: FixedClock; store: SnapshotStore } | undefined;

  function present(): NonNullable<typeof given> {
    if (!given) throw new Error('the store is there in a test');
    return given;
  }

  async function reopened(): Promise<SnapshotStore> {
    const { underTest, store } = present();
    return (present().store = (await underTest.reopen?.()) ?? store);
  }

  beforeEach(async () => {
    const clock = createFixedClock(now);
    const underTest = await make(clock);
    given = { underTest, clock, store: underTest.store };
  });

  afterEach(async () => {
    await given?.store.close();
    await given?.underTest.dispose?.();
    given = undefined;
  });

  return {
    get store() {
      return present().store;
    },
    get clock() {
      return present().clock;
    },
    reopened,
    async *asItIsAndReopened() {
      yield present().store;
      yield await reopened();
    },
  };
}

/** The totals as plain data: `registry repo` → day → total, in the order of the answer. */
export async function totalsOf(store: SnapshotStore, query: SeriesQuery = {}): Promise<Record<string, Record<string, number>>> {
  const entries = (await store.totals(query)).map(({ registry, repo, days, totals }): [string, Record<string, number>] => {
    const byDay = Array.from(days, (day, at) => [fromEpochDay(day), totals[at]]);
    return [`${registry} ${repo}`, Object.fromEntries(byDay)];
  });
  return Object.fromEntries(entries);
}

/** The stored snapshot of a day; undefined where there is none. */
export async function documentOf(store: Pick<SnapshotStore, 'snapshot'>, day: Day): Promise<SnapshotDocument | undefined> {
  const pieces = await store.snapshot(day);
  if (!pieces) return undefined;
  let text = '';
  for await (const piece of pieces) text += piece;
  return asSnapshotDocument(JSON.parse(text), day);
}
