/** Notifications of one process: looks at each run's events, keeps what is to be sent, and sends it. */
import { errorFields, toAppError, type AppError } from '../core/model/errors.ts';
import { serviceName } from '../core/model/event.ts';
import type { ChannelStatus, Delivery, Notice } from '../core/model/notice.ts';
import type { RunRecord } from '../core/model/run.ts';
import type { Clock, Logger, NotifyingStore, Random } from '../core/ports.ts';
import { lastDue, nextDue, quietForMs, type DigestSchedule, type QuietHours } from '../core/numbers/local-time.ts';
import type { ImageEvent } from '../core/views/events.ts';
import type { Channel } from './channel.ts';
import { detect, lookBack, type DetectContext } from './detect.ts';
import { firstDayOf, readDigest, type DigestDeps } from './digest.ts';
import { digestNotice, eventsNotice } from './message.ts';
import { createSender } from './sender.ts';

export interface NotifierDeps extends DetectContext, Omit<DigestDeps, 'store'> {
  readonly channels: readonly Channel[];
  readonly store: NotifyingStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly digest?: DigestSchedule | undefined;
  readonly quietHours?: QuietHours | undefined;
  readonly timeZone: string;
  /** See Outbox.claim. */
  readonly leaseMs: number;
}

/** A run that has ended. */
export interface EndedRun {
  readonly run: Pick<RunRecord, 'startedAt' | 'registries'>;
  events(from: string): Promise<readonly ImageEvent[]>;
}

export interface Notifier {
  /** Keeps what is to be sent of a run. @throws AppError as the store does; the next run makes up for it */
  afterRun(end: EndedRun): Promise<void>;
  /** Sends in the background until it is stopped. */
  start(): void;
  /** Tries what is due, each message once. */
  flush(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
  /** @throws AppError as the store does */
  status(): Promise<readonly ChannelStatus[]>;
}

const troubleMs = 60_000;

export function createNotifier(deps: NotifierDeps): Notifier {
  const { channels, store, clock, log, digest, timeZone } = deps;
  const { outbox } = store;
  const configured = channels.map(({ id }) => id);
  const stopping = new AbortController();
  let digesting: Promise<void> = Promise.resolve();
  const senders = channels.map((channel) =>
    createSender({
      ...deps,
      channel,
      configured,
      outbox,
      quietForMs: (now) => (deps.quietHours ? quietForMs(deps.quietHours, timeZone, now) : 0),
      onGivenUp: (to, delivery, error) => noteGivenUp(deps, to, delivery, error),
    }),
  );
  const toAll = (notice: Notice) => channels.map(({ id }) => ({ channel: id, notice }));
  const wake = (): void => {
    for (const sender of senders) sender.wake();
  };

  async function afterRun({ run, events }: EndedRun): Promise<void> {
    let from = lookBack(undefined, run.startedAt);
    await outbox.advance((before) => void (from = lookBack(before, run.startedAt)));
    const found = await events(from);
    await outbox.advance((before) => {
      const { memory, events: fresh } = detect(before, { ...run, events: found }, deps);
      if (fresh.length === 0) return { memory, messages: [] };
      const notice = eventsNotice(fresh, new Date(clock.now()).toISOString(), (id) => deps.titles.get(id) ?? id);
      return { memory, messages: toAll(notice) };
    });
    wake();
  }

  /** Adds the digest that is due, where nobody has. Of several that were missed the last one. */
  async function addDigest(schedule: DigestSchedule): Promise<void> {
    const due = lastDue(schedule, timeZone, clock.now());
    let isDue = false;
    await outbox.advance((before) => void (isDue = before !== undefined && (before.digestAt ?? 0) < due));
    if (!isDue) return;
    const content = await readDigest(deps, firstDayOf(schedule, timeZone, due), due);
    const notice = digestNotice(content, due, new Date(clock.now()).toISOString());
    await outbox.advance((before) => {
      if (!before || (before.digestAt ?? 0) >= due) return undefined;
      return { memory: { ...before, digestAt: due }, messages: toAll(notice) };
    });
    wake();
  }

  async function keepDigesting(schedule: DigestSchedule): Promise<void> {
    while (!stopping.signal.aborted) {
      let waitMs = troubleMs;
      try {
        await addDigest(schedule);
        waitMs = nextDue(schedule, timeZone, clock.now()) - clock.now();
      } catch (error) {
        log.warn('the digest cannot be made yet', errorFields(toAppError(error)));
      }
      await clock.sleep(waitMs, stopping.signal).catch(() => undefined);
    }
  }

  return {
    afterRun,
    start() {
      for (const sender of senders) sender.start();
      if (digest) digesting = keepDigesting(digest);
    },
    async flush(signal) {
      if (digest) await addDigest(digest);
      await Promise.all(senders.map((sender) => sender.flush(signal)));
    },
    async stop() {
      stopping.abort(new Error('the service is stopping'));
      await Promise.all([digesting, ...senders.map((sender) => sender.stop())]);
    },
    async status() {
      const records = await outbox.report(configured);
      return channels.flatMap(({ id, name, kind, host }) => {
        const record = records.find(({ channel }) => channel === id);
        return record ? [{ ...record, channel: name, kind, host }] : [];
      });
    },
  };
}

/** An event says so. That such an event could not be sent is none, or two channels that are gone would tell each other for ever. */
async function noteGivenUp({ store, clock }: NotifierDeps, { name, host }: Channel, { notice }: Delivery, error: AppError): Promise<void> {
  if (notice.kind === 'events' && notice.events.every(({ kind }) => kind === 'notification_failed')) return;
  const at = new Date(clock.now()).toISOString();
  const detail = `“${notice.title}” could not be sent to ${name} (${host}) for three days: ${error.message}`;
  await store.save([], [{ time: at, seenAt: at, registry: serviceName, repo: undefined, kind: 'notification_failed', detail }]);
}
