/** Brings what waits in the outbox to one channel, one message at a time: again and again for three days, then no more. */
import { errorFields, toAppError, type AppError } from '../core/model/errors.ts';
import type { Delivery, DeliveryEnd } from '../core/model/notice.ts';
import type { Clock, Logger, Outbox, Random } from '../core/ports.ts';
import type { Channel } from './channel.ts';

export interface SenderDeps {
  readonly channel: Channel;
  /** The ids of all configured channels. */
  readonly configured: readonly string[];
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** A process that took a message and shows nothing for so long is dead. */
  readonly leaseMs: number;
  /** How long nothing is to be sent from now on, in milliseconds. */
  readonly quietForMs: (now: number) => number;
  /** Notes that a message was given up. */
  readonly onGivenUp: (channel: Channel, delivery: Delivery, error: AppError) => Promise<void>;
}

export interface Sender {
  start(): void;
  /** Something may have been added. */
  wake(): void;
  /** Tries what is due, each message once, whatever the hour. */
  flush(signal: AbortSignal): Promise<void>;
  /** Resolves when nothing is on its way any more. */
  stop(): Promise<void>;
}

const hourMs = 3_600_000;
const givenUpAfterMs = 72 * hourMs;
const firstBackoffMs = 30_000;
const longestBackoffMs = hourMs;
/** However long a receiver asks to wait. */
const longestAskedMs = 6 * hourMs;
const troubleMs = 10_000;
/** What nobody wakes looks by itself so often. */
const idleMs = hourMs;
/** Somebody else may have taken what is due. */
const minWaitMs = 50;
/** Failures of the receiver and not of this one message. */
const downCodes: ReadonlySet<string> = new Set(['unreachable', 'rate_limited', 'unauthorized']);

export function createSender(deps: SenderDeps): Sender {
  const { channel, configured, outbox, clock, log, leaseMs, quietForMs } = deps;
  const stopping = new AbortController();
  let waking = new AbortController();
  let running: Promise<void> = Promise.resolve();
  /** Attempts that ended and could not be noted yet: they are not made again. */
  const ended = new Map<string, DeliveryEnd>();

  async function noteEnded(): Promise<void> {
    for (const [id, end] of ended) {
      await outbox.settle({ channel: channel.id, id }, end);
      ended.delete(id);
    }
  }

  async function attempt(delivery: Delivery, signal: AbortSignal): Promise<void> {
    const { notice } = delivery;
    const end = ended.get(notice.id) ?? (await deliver(deps, delivery, signal));
    ended.set(notice.id, end);
    await noteEnded();
  }

  /** Resolves to how long to wait before the next step, in milliseconds. */
  async function step(): Promise<number> {
    await noteEnded();
    const quietMs = quietForMs(clock.now());
    if (quietMs > 0) return quietMs;
    const claimed = await outbox.claim(channel.id, { leaseMs, configured });
    if ('delivery' in claimed) {
      await attempt(claimed.delivery, stopping.signal);
      return 0;
    }
    return Math.max(minWaitMs, Math.min(claimed.waitMs ?? idleMs, outbox.pollMs ?? idleMs));
  }

  async function loop(): Promise<void> {
    let isLost = false;
    while (!stopping.signal.aborted) {
      waking = new AbortController();
      let waitMs = troubleMs;
      try {
        waitMs = await step();
        isLost = false;
      } catch (error) {
        if (!isLost && !stopping.signal.aborted) log.error('what waits to be sent cannot be looked at', errorFields(toAppError(error)));
        isLost = true;
      }
      if (waitMs > 0) await clock.sleep(waitMs, AbortSignal.any([waking.signal, stopping.signal])).catch(() => undefined);
    }
  }

  return {
    start: () => void (running = loop()),
    wake: () => waking.abort(),
    async flush(signal) {
      for (let claimed = await outbox.claim(channel.id, { leaseMs, configured }); 'delivery' in claimed && !signal.aborted;) {
        await attempt(claimed.delivery, signal);
        claimed = await outbox.claim(channel.id, { leaseMs, configured });
      }
    },
    async stop() {
      stopping.abort(new Error('the service is stopping'));
      await running;
      await noteEnded().catch((error: unknown) => log.warn('the end of a delivery could not be noted', errorFields(toAppError(error))));
    },
  };
}

/** How the attempt ended. */
async function deliver({ channel, random, log, onGivenUp }: SenderDeps, delivery: Delivery, signal: AbortSignal): Promise<DeliveryEnd> {
  const { notice, attempts, triedForMs } = delivery;
  const fields = { channel: channel.name, host: channel.host, id: notice.id, attempt: attempts + 1 };
  try {
    const answer = await channel.send(notice, { signal });
    log.info('notification sent', { ...fields, answer });
    return { kind: 'delivered' };
  } catch (error) {
    if (signal.aborted) return { kind: 'released' };
    const failure = toAppError(error);
    const retryInMs = backOffMs(attempts, failure, random);
    if (triedForMs + retryInMs <= givenUpAfterMs) {
      log.warn('notification not sent; retrying', { ...fields, code: failure.code, reason: failure.message, retryInMs });
      return { kind: 'failed', error: failure.message, retryInMs, isChannelDown: downCodes.has(failure.code) };
    }
    log.error('notification given up', { ...fields, code: failure.code, reason: failure.message });
    await onGivenUp(channel, delivery, failure);
    return { kind: 'given up', error: failure.message };
  }
}

/** Doubled with each attempt up to an hour, a quarter more or less; longer where the receiver asks for it. */
function backOffMs(attempts: number, { retryAfterMs = 0 }: AppError, random: Random): number {
  const backoffMs = Math.min(firstBackoffMs * 2 ** Math.min(attempts, 20), longestBackoffMs) * (0.75 + random() / 2);
  return Math.ceil(Math.max(backoffMs, Math.min(retryAfterMs, longestAskedMs)));
}
