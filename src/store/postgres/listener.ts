/** Notifications of the database, on a connection of their own: one in the pool would stop to listen whenever the pool gives it up. */
import { setTimeout as wait } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import { errorFields } from '../../core/model/errors.ts';
import type { Logger } from '../../core/ports.ts';
import { toDatabaseError } from './database-error.ts';

export interface Subscription {
  /** A plain SQL identifier. */
  readonly channel: string;
  readonly onMessage: (payload: string) => void;
  /** Called whenever it listens, also again after a lost connection: what was sent meanwhile is lost. */
  readonly onListening: () => void;
}

export interface Listener {
  /** Rejects with what the driver throws when the first connection cannot be made; later ones are tried until it is closed. */
  listen(subscription: Subscription): Promise<void>;
  close(): Promise<void>;
}

export interface ListenerDeps {
  readonly options: ClientConfig;
  readonly log: Logger;
  /** Where the database is, for messages. */
  readonly place: string;
}

const maxPauseMs = 5_000;

export function createListener({ options, log, place }: ListenerDeps): Listener {
  const closing = new AbortController();
  let current: Client | undefined;

  async function connect(subscription: Subscription): Promise<void> {
    const { channel, onMessage, onListening } = subscription;
    const client = new Client(options);
    client.on('error', (error) => log.debug('the connection that listens broke', { error: error.message }));
    client.on('notification', ({ payload = '' }) => onMessage(payload));
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    if (closing.signal.aborted) return client.end();
    current = client;
    client.once('end', () => {
      current = undefined;
      if (!closing.signal.aborted) void reconnect(subscription);
    });
    onListening();
  }

  async function reconnect(subscription: Subscription): Promise<void> {
    for (let attempt = 1; !closing.signal.aborted; attempt += 1) {
      try {
        await wait(Math.min(maxPauseMs, attempt * 500), undefined, { signal: closing.signal });
        return await connect(subscription);
      } catch (error) {
        if (!closing.signal.aborted) log.debug('changes of the database are not known yet', errorFields(toDatabaseError(error, place)));
      }
    }
  }

  return {
    listen: connect,
    async close() {
      closing.abort();
      await current?.end().catch(() => undefined);
    },
  };
}
