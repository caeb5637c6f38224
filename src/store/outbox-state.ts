/** What an outbox holds, and how it changes: for the outboxes of one process, which have it in memory. */
import { AppError } from '../core/model/errors.ts';
import type { ChannelRecord, DeliveryEnd, Notice, NotifyMemory } from '../core/model/notice.ts';
import type { NotifyStep, Outbox } from '../core/ports.ts';

interface Waiting {
  readonly channel: string;
  readonly notice: Notice;
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly addedAt: number;
  readonly dueAt: number;
  readonly triedAt?: number | undefined;
}

interface ChannelState {
  readonly delivered: number;
  readonly givenUp: number;
  readonly lastSuccess?: string | undefined;
  readonly lastErrorAt?: string | undefined;
  readonly lastError?: string | undefined;
  /** Ids of the messages that ended last. */
  readonly ended: readonly string[];
}

export interface OutboxState {
  readonly memory?: NotifyMemory | undefined;
  readonly waiting: readonly Waiting[];
  readonly channels: Readonly<Record<string, ChannelState>>;
}

export const emptyOutbox: OutboxState = { waiting: [], channels: {} };

/** More do not wait for a channel: the oldest is given up. */
export const maxWaiting = 500;
const maxEnded = 200;
/** What waits for a channel that is configured no more is dropped after this time. */
export const orphanMs = 4 * 86_400_000;

const untried: ChannelState = { delivered: 0, givenUp: 0, ended: [] };

export interface OutboxDeps {
  readonly now: () => number;
  /** Reads what was kept before; called once, and again where it failed. */
  readonly load: () => Promise<OutboxState>;
  /** Makes the change durable. @throws AppError conflict when it must not be made at all */
  readonly save: (state: OutboxState) => Promise<void>;
}

/** An outbox whose state is in this process, and saved whole with each change. */
export function createOutbox({ now, load, save }: OutboxDeps): Outbox {
  let state: OutboxState | undefined;
  const leases = new Map<string, number>();
  let queue: Promise<unknown> = Promise.resolve();

  function inTurn<T>(task: (current: OutboxState) => Promise<T>): Promise<T> {
    const result = queue.then(async () => task((state ??= await load())));
    queue = result.catch(() => undefined);
    return result;
  }

  async function change(next: OutboxState): Promise<void> {
    const before = state;
    state = next;
    try {
      await save(next);
    } catch (error) {
      if (error instanceof AppError && error.code === 'conflict') state = before;
      throw error;
    }
  }

  return {
    pollMs: undefined,
    advance: (step) =>
      inTurn(async (current) => {
        const result = step(current.memory);
        if (result) await change(withStep(current, result, now()));
      }),
    claim: (channel, { leaseMs, configured }) =>
      inTurn(async (current) => {
        const kept = current.waiting.filter((each) => configured.includes(each.channel) || now() - each.addedAt < orphanMs);
        if (kept.length < current.waiting.length) await change({ ...current, waiting: kept });
        const freeAt = ({ notice, dueAt }: Waiting): number => Math.max(dueAt, leases.get(leaseKey(channel, notice.id)) ?? 0);
        const own = kept.filter((each) => each.channel === channel);
        const next = own.find((each) => freeAt(each) <= now());
        if (!next) return { waitMs: own.length === 0 ? undefined : Math.max(0, Math.min(...own.map(freeAt)) - now()) };
        leases.set(leaseKey(channel, next.notice.id), now() + leaseMs);
        const { notice, attempts, triedAt = now() } = next;
        return { delivery: { channel, notice, attempts, triedForMs: Math.max(0, now() - triedAt) } };
      }),
    settle: ({ channel, id }, end) =>
      inTurn(async (current) => {
        leases.delete(leaseKey(channel, id));
        if (end.kind !== 'released') await change(withEnd(current, { channel, id, end }, now()));
      }),
    report: (channels) =>
      inTurn(async ({ waiting, channels: known }) => channels.map((channel) => recordOf(channel, waiting, known[channel]))),
  };
}

function leaseKey(channel: string, id: string): string {
  return `${channel} ${id}`;
}

function withStep(state: OutboxState, { memory, messages }: NotifyStep, now: number): OutboxState {
  const isKnown = (channel: string, id: string): boolean =>
    state.waiting.some((each) => each.channel === channel && each.notice.id === id) || state.channels[channel]?.ended.includes(id) === true;
  const added = messages
    .filter(({ channel, notice }) => !isKnown(channel, notice.id))
    .map(({ channel, notice }): Waiting => ({ channel, notice, attempts: 0, addedAt: now, dueAt: now }));
  let next: OutboxState = { ...state, memory, waiting: [...state.waiting, ...added] };
  for (const channel of new Set(added.map((each) => each.channel))) {
    const own = next.waiting.filter((each) => each.channel === channel);
    for (const { notice } of own.slice(0, Math.max(0, own.length - maxWaiting))) {
      next = withEnd(next, { channel, id: notice.id, end: { kind: 'given up', error: tooManyWait } }, now);
    }
  }
  return next;
}

export const tooManyWait = `more than ${maxWaiting} messages wait`;

function withEnd(
  state: OutboxState,
  { channel, id, end }: { readonly channel: string; readonly id: string; readonly end: Exclude<DeliveryEnd, { kind: 'released' }> },
  now: number,
): OutboxState {
  const at = new Date(now).toISOString();
  const own = state.channels[channel] ?? untried;
  if (!state.waiting.some((each) => each.channel === channel && each.notice.id === id)) return state;
  if (end.kind === 'failed') {
    const dueAt = now + end.retryInMs;
    const waiting = state.waiting.map((each) => {
      if (each.channel !== channel) return each;
      if (each.notice.id === id) return { ...each, attempts: each.attempts + 1, triedAt: each.triedAt ?? now, dueAt };
      return end.isChannelDown ? { ...each, triedAt: each.triedAt ?? now, dueAt: Math.max(each.dueAt, dueAt) } : each;
    });
    return { ...state, waiting, channels: { ...state.channels, [channel]: { ...own, lastError: end.error, lastErrorAt: at } } };
  }
  const ended = [...own.ended.slice(-maxEnded + 1), id];
  const changed =
    end.kind === 'delivered'
      ? { ...own, ended, delivered: own.delivered + 1, lastSuccess: at }
      : { ...own, ended, givenUp: own.givenUp + 1, lastError: end.error, lastErrorAt: at };
  const waiting = state.waiting.filter((each) => each.channel !== channel || each.notice.id !== id);
  return { ...state, waiting, channels: { ...state.channels, [channel]: changed } };
}

function recordOf(channel: string, waiting: readonly Waiting[], { ended: _ended, ...known }: ChannelState = untried): ChannelRecord {
  return { ...known, channel, waiting: waiting.filter((each) => each.channel === channel).length };
}
