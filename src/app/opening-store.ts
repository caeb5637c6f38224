/** A store that answers from the first moment: until it is opened, with why there is nothing yet and when to ask again. */
import { AppError } from '../core/model/errors.ts';
import type { NotifyingStore } from '../core/ports.ts';

export interface OpeningStore {
  /** Until it is opened its methods throw AppError unreachable, with when to ask again. */
  readonly store: NotifyingStore;
  /** Why it is not open yet, for users. */
  readonly wait: (reason: string) => void;
  /** From now on this one answers. */
  readonly opened: (store: NotifyingStore) => void;
}

const retryAfterMs = 5_000;

export function createOpeningStore(firstReason: string): OpeningStore {
  let reason = firstReason;
  let current: NotifyingStore | undefined;

  function opened(): NotifyingStore {
    if (!current) throw new AppError('unreachable', reason, { retryAfterMs });
    return current;
  }

  return {
    store: {
      outbox: {
        pollMs: undefined,
        advance: async (step) => opened().outbox.advance(step),
        claim: async (channel, options) => opened().outbox.claim(channel, options),
        settle: async (delivery, end) => opened().outbox.settle(delivery, end),
        report: async (channels) => opened().outbox.report(channels),
      },
      save: async (readings, events) => opened().save(readings, events),
      totals: async (query, range) => opened().totals(query, range),
      dailyTotals: async (query, range, options) => opened().dailyTotals(query, range, options),
      latest: async (query) => opened().latest(query),
      daySums: async (registries) => opened().daySums(registries),
      readings: (query, range) => opened().readings(query, range),
      imagesAtOnce: () => opened().imagesAtOnce(),
      events: async (query) => opened().events(query),
      countEvents: async (query) => opened().countEvents(query),
      snapshot: async (day) => opened().snapshot(day),
      days: async () => opened().days(),
      heldBack: async () => opened().heldBack(),
      prune: async (before, options) => opened().prune(before, options),
      version: () => current?.version() ?? 'opening',
      close: async () => current?.close(),
    },
    wait: (why) => void (reason = why),
    opened: (store) => void (current = store),
  };
}
