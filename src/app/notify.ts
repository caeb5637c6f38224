/** `notify`: a test of the channels, and what would have been sent. */
import type { Config } from '../config/load.ts';
import { addDays, dayOf } from '../core/model/day.ts';
import { AppError, toAppError } from '../core/model/errors.ts';
import { listEvents } from '../core/views/events.ts';
import { seriesWithFreezes } from '../core/views/frozen-series.ts';
import { createChannels, parseAddresses, pastNotices, testNotice } from '../notify/index.ts';
import { titles, wildcardsOf } from './notifying.ts';
import { historyOf } from './store.ts';
import { createWorld, httpClientsOf, type Overrides } from './world.ts';

/** Throws AppError invalid_input where messages cannot be sent to these addresses; nothing of them is in it. */
export function checkAddresses(addresses: readonly string[], smtpUrl: string): void {
  parseAddresses(addresses, smtpUrl);
}

export interface TestedChannel {
  readonly name: string;
  readonly kind: string;
  readonly host: string;
  /** What the receiver answered when it took the message. */
  readonly answer?: string | undefined;
  /** Why it did not. */
  readonly problem?: string | undefined;
}

/** Sends a message to all channels or to one, each once, whatever the hour. @throws AppError invalid_input when there is no such channel */
export async function testChannels(
  config: Config,
  { name, signal }: { readonly name?: string | undefined; readonly signal: AbortSignal },
  overrides: Overrides = {},
): Promise<readonly TestedChannel[]> {
  const world = createWorld(config, overrides);
  const channels = createChannels(config.notify, config.smtpUrl, { createHttpClient: httpClientsOf(world), clock: world.clock });
  const chosen = name === undefined ? channels : channels.filter((channel) => channel.name === name);
  if (channels.length === 0) throw new AppError('invalid_input', 'NOTIFY is not set: it says where notifications are sent');
  if (chosen.length === 0) {
    throw new AppError(
      'invalid_input',
      `no channel ${JSON.stringify(name)}: there are ${channels.map((channel) => channel.name).join(', ')}`,
    );
  }
  const notice = testNotice(new Date(world.clock.now()).toISOString());
  return Promise.all(
    chosen.map(async (channel) => {
      const { name: own, kind, host } = channel;
      try {
        return { name: own, kind, host, answer: await channel.send(notice, { isTest: true, signal }) };
      } catch (error) {
        signal.throwIfAborted();
        return { name: own, kind, host, problem: toAppError(error).message };
      }
    }),
  );
}

export interface PastMessage {
  /** The day on which it would have been sent. */
  readonly day: string;
  readonly title: string;
  readonly lines: readonly string[];
}

const dryRunDays = 30;

/** What would have been sent in the last 30 days, by the rules of now, if each day had one run. @throws AppError misconfigured when the history cannot be read */
export async function dryRun(config: Config, overrides: Overrides = {}): Promise<readonly PastMessage[]> {
  const world = createWorld(config, overrides);
  const history = await historyOf(config, world);
  try {
    const from = addDays(dayOf(world.clock.now()), -dryRunDays);
    const [{ series, freezes }, recorded] = await Promise.all([seriesWithFreezes(history, {}), history.events({ range: { from } })]);
    const context = { rules: config.notifyRules, titles: titles(), isFromWildcard: wildcardsOf(config) };
    const notices = pastNotices({ series, events: listEvents(series, { recorded, freezes }, { from }) }, context);
    return notices.map(({ time, title, lines }) => ({ day: time.slice(0, 10), title, lines }));
  } finally {
    await history.close();
  }
}
