/** A store on a real medium, for a test whose clock stands still until it has answered. */
import type { SnapshotStore } from '../../core/ports.ts';

export interface IdleStore {
  readonly store: SnapshotStore;
  /** Resolves when no call is open. */
  idle(): Promise<void>;
}

export function createIdleStore(real: SnapshotStore): IdleStore {
  const open = new Set<Promise<unknown>>();
  const noted = <T>(call: Promise<T>): Promise<T> => {
    const forget = async (): Promise<void> => {
      await call.catch(() => undefined);
      open.delete(call);
    };
    open.add(call);
    void forget();
    return call;
  };
  return {
    store: {
      ...real,
      save: (...query) => noted(real.save(...query)),
      totals: (...query) => noted(real.totals(...query)),
      dailyTotals: (...query) => noted(real.dailyTotals(...query)),
      latest: (...query) => noted(real.latest(...query)),
      daySums: (...query) => noted(real.daySums(...query)),
      events: () => noted(real.events()),
      days: () => noted(real.days()),
      snapshot: (day) => noted(real.snapshot(day)),
      heldBack: () => noted(real.heldBack()),
      prune: (...query) => noted(real.prune(...query)),
    },
    async idle() {
      while (open.size > 0) await Promise.allSettled(open);
    },
  };
}
