/** Notifications of one process: looks at each run's events, keeps what is to be sent, and sends it. */
import type { AppError } from '../core/model/errors.ts';
import { serviceName } from '../core/model/event.ts';
import type { ChannelStatus, Delivery, Notice } from '../core/model/notice.ts';
import type { RunRecord } from '../core/model/run.ts';
import type { Clock, Logger, NotifyingStore, Random } from '../core/ports.ts';
import { quietForMs, type DigestSchedule, type QuietHours, type TimeZone } from '../core/numbers/local-time.ts';
import type { ImageEvent } from '../core/views/events.ts';
import type { Channel } from './channel.ts';
import { detect, lookBack, type DetectContext } from './detect.ts';
import { createDigests, type DigestDeps } from './digest.ts';
import { eventsNotice } from './message.ts';
import { createSender } from './sender.ts';

export interface NotifierDeps extends DetectContext, Omit<DigestDeps, 'store'> {
  readonly channels: readonly Channel[];
  readonly store: NotifyingStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly digest?: DigestSchedule | undefined;
  readonly quietHours?: QuietHours | undefined;
  readonly timeZone: TimeZone;
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

export function createNotifier(deps: NotifierDeps): Notifier {
  const { channels, store, clock, timeZone } = deps;
  const { outbox } = store;
  const configured = channels.map(({ id }) => id);
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

  const digests = deps.digest && createDigests({ ...deps, schedule: deps.digest, outbox, toAll, wake });

  async function afterRun(end: EndedRun): Promise<void> {
    const { run } = end;
    let from = lookBack(undefined, run.startedAt);
    await outbox.advance((before) => void (from = lookBack(before, run.startedAt)));
    const found = await end.events(from);
    await outbox.advance((before) => {
      const { memory, events: fresh } = detect(before, { ...run, events: found }, deps);
      if (fresh.length === 0) return { memory, messages: [] };
      const notice = eventsNotice(fresh, new Date(clock.now()).toISOString(), (id) => deps.titles.get(id) ?? id);
      return { memory, messages: toAll(notice) };
    });
    wake();
  }

  return {
    afterRun,
    start() {
      for (const sender of senders) sender.start();
      digests?.start();
    },
    async flush(signal) {
      await digests?.addDue();
      await Promise.all(senders.map((sender) => sender.flush(signal)));
    },
    async stop() {
      await Promise.all([digests?.stop(), ...senders.map((sender) => sender.stop())]);
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
