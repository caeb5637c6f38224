/** Lends connections to the database, a few at a time; a connection that breaks is told to whoever waits for it and never ends the process. */
import { Client, Pool, type ClientConfig, type PoolClient } from 'pg';
import type { Logger } from '../../core/ports.ts';
import { isTimeout } from './database-error.ts';

export interface ConnectionPool {
  /**
   * Lends a connection to a step; whoever finds none free waits. `isReused`: false where its session has to end with the step.
   * Rejects with what the driver and the step throw.
   */
  lend<T>(step: (client: PoolClient) => Promise<T>, options?: { readonly isReused?: boolean }): Promise<T>;
  /** Waits for what runs, but not for ever: then it is cut off. */
  close(): Promise<void>;
}

export interface ConnectionPoolDeps {
  readonly options: ClientConfig;
  readonly log: Logger;
  /** How long a step may still run when the pool is closed. */
  readonly closeTimeoutMs: number;
}

const maxConnections = 8;

export function createPool({ options, log, closeTimeoutMs }: ConnectionPoolDeps): ConnectionPool {
  // The pool would measure with the same limit how long a query waits for its turn.
  const pool = new Pool({ ...options, max: maxConnections, connectionTimeoutMillis: 0, Client: clientWith(options) });
  const lent = new Set<PoolClient>();
  const tellBroken = (error: Error): void => log.debug('a connection to the database broke', { error: error.message });
  // An error without a listener ends the process, and the pool itself listens only while a connection is not lent.
  pool.on('connect', (client) => {
    client.on('error', tellBroken);
    client.on('notice', ({ message }) => log.debug('database says', { notice: message }));
  });
  pool.on('error', tellBroken);

  const running = new Set<Promise<unknown>>();
  let state: 'open' | 'closing' | 'cut off' = 'open';

  async function lendNow<T>(step: (client: PoolClient) => Promise<T>, isReused: boolean): Promise<T> {
    const client = await pool.connect();
    lent.add(client);
    let mayReuse = false;
    try {
      if (state === 'cut off') throw ended();
      const result = await step(client);
      mayReuse = isReused;
      return result;
    } catch (error) {
      // An answer that did not come in time may still come.
      mayReuse = isReused && !isTimeout(error);
      throw error;
    } finally {
      lent.delete(client);
      client.release(!mayReuse);
    }
  }

  return {
    async lend(step, { isReused = true } = {}) {
      if (state !== 'open') throw ended();
      const result = lendNow(step, isReused);
      running.add(result);
      return result.finally(() => running.delete(result));
    },
    async close() {
      state = 'closing';
      const cutOff = setTimeout(() => {
        state = 'cut off';
        for (const client of lent) if (client instanceof Client) void client.end();
      }, closeTimeoutMs);
      // Before the pool ends: it forgets whoever waits for a connection.
      await Promise.allSettled(running);
      clearTimeout(cutOff);
      await pool.end();
    },
  };
}

function ended(): Error {
  return Object.assign(new Error('the pool is closed'), { code: 'CONNECTION_ENDED' });
}

/** The pool makes its clients by itself, and its own limit would count the waiting for a free connection too. */
function clientWith(options: ClientConfig): new () => Client {
  return class extends Client {
    constructor() {
      // Not what the pool gives: it hides the password from a copy.
      super(options);
    }
  };
}
