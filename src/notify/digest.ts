/** When a digest is due, and what it says. */
import { addDays, dayOf, fromEpochDay, type Day } from '../core/model/day.ts';
import { errorFields, toAppError } from '../core/model/errors.ts';
import type { Digest, Notice, NotifyMemory } from '../core/model/notice.ts';
import type { Clock, Logger, NotifyStep, Outbox, SnapshotStore } from '../core/ports.ts';
import { lastDue, localDay, nextDue, type DigestSchedule, type TimeZone } from '../core/numbers/local-time.ts';
import { buildDigest } from '../core/views/digest.ts';
import { listEvents } from '../core/views/events.ts';
import { seriesWithFreezes } from '../core/views/frozen-series.ts';
import type { Group } from '../core/views/groups.ts';
import { buildReport } from '../core/views/report.ts';
import { subjectOf } from './detect.ts';
import { digestNotice } from './message.ts';

export interface DigestDeps {
  readonly store: Pick<SnapshotStore, 'latest' | 'totals' | 'days' | 'events'>;
  readonly groups: readonly Group[];
  readonly titles: ReadonlyMap<string, string>;
}

export interface DigestsDeps extends DigestDeps {
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Logger;
  readonly schedule: DigestSchedule;
  readonly timeZone: TimeZone;
  /** The messages for all channels. */
  readonly toAll: (notice: Notice) => NotifyStep['messages'];
  /** Called when a message was added. */
  readonly wake: () => void;
}

export interface Digests {
  /** Adds the digest that is due, where nobody has; of several that were missed the last one. @throws AppError as the store does */
  addDue(): Promise<void>;
  /** Adds each when it is due, until it is stopped. */
  start(): void;
  stop(): Promise<void>;
}

const troubleMs = 60_000;

export function createDigests(deps: DigestsDeps): Digests {
  const { outbox, clock, log, schedule, timeZone, toAll, wake } = deps;
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();

  async function addDue(): Promise<void> {
    const due = lastDue(schedule, timeZone, clock.now());
    // Without a run before there is nothing to say.
    const isDue = (memory: NotifyMemory | undefined): memory is NotifyMemory => memory !== undefined && (memory.digestAt ?? 0) < due;
    let isMissing = false;
    await outbox.advance((before) => void (isMissing = isDue(before)));
    if (!isMissing) return;
    const content = await readDigest(deps, firstDayOf(schedule, timeZone, due), due);
    const notice = digestNotice(content, due, new Date(clock.now()).toISOString());
    await outbox.advance((before) => (isDue(before) ? { memory: { ...before, digestAt: due }, messages: toAll(notice) } : undefined));
    wake();
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      let waitMs = troubleMs;
      try {
        await addDue();
        waitMs = nextDue(schedule, timeZone, clock.now()) - clock.now();
      } catch (error) {
        log.warn('the digest cannot be made yet', errorFields(toAppError(error)));
      }
      await clock.sleep(waitMs, stopping.signal).catch(() => undefined);
    }
  }

  return {
    addDue,
    start: () => void (running = loop()),
    async stop() {
      stopping.abort(new Error('the service is stopping'));
      await running;
    },
  };
}

/** The first day of a digest that was due at a moment: the day on which the one before was due. */
function firstDayOf(schedule: DigestSchedule, timeZone: TimeZone, due: number): Day {
  const first = fromEpochDay(localDay(lastDue(schedule, timeZone, due - 1), timeZone));
  // Days are those of UTC, and the last one is yesterday: one day at least.
  const yesterday = addDays(dayOf(due), -1);
  return first < yesterday ? first : yesterday;
}

/** The digest of the days from this one to the day before `now`, which is in milliseconds since the epoch. */
async function readDigest({ store, groups, titles }: DigestDeps, from: Day, now: number): Promise<Digest> {
  const [latest, { series, freezes }, days, recorded] = await Promise.all([
    store.latest({}),
    seriesWithFreezes(store, {}),
    store.days(),
    store.events({ range: { from } }),
  ]);
  const report = buildReport({ latest, series, newestDay: days.at(-1) }, { now, from, groups });
  const events = listEvents(series, { recorded, freezes }, { from, to: report.to });
  return buildDigest({ report, series, events, subject: (event) => subjectOf(event, titles) });
}
