/** The one way to the database: statements, transactions, locks and notifications. What goes wrong is an AppError from here on. */
import { Client, Pool, type ClientConfig, type PoolClient } from 'pg';
import sql, { raw, type Sql } from 'sql-template-tag';
import type { Logger } from '../../core/ports.ts';
import { clientOptions, queryTimeoutMs } from './client-options.ts';
import { databasePlace, isTimeout, toDatabaseError } from './database-error.ts';
import { createListener, type Subscription } from './listener.ts';

export type Row = Readonly<Record<string, unknown>>;

/**
 * Every method throws AppError, with what the driver threw as its cause: unreachable (no connection, a time limit; worth another try),
 * misconfigured (login, rights, certificate, schema), internal (everything else). The text names the place and never the password.
 */
export interface Queries {
  /** Runs a statement. Columns: bigint as a number, date as text only where it is cast, timestamptz as Date, jsonb parsed. */
  query(statement: Sql): Promise<readonly Row[]>;
}

export interface Database extends Queries {
  /** Runs a step in a transaction, which is rolled back when the step throws. An AppError of the step stays as it is. */
  transaction<T>(step: (transaction: Queries) => Promise<T>): Promise<T>;
  /** Runs a step while no other process runs one under the same number; without a time limit. `connection` is the one that holds the lock. */
  withLock<T>(lock: number, step: (connection: Queries) => Promise<T>): Promise<T>;
  /** Listens on a connection of its own, which is made anew when it is lost. @throws AppError when it cannot be made the first time */
  listen(subscription: Subscription): Promise<void>;
  /** Waits for what runs, then closes. */
  close(): Promise<void>;
}

export interface DatabaseDeps {
  /** `postgres://user:password@host:5432/database` */
  readonly url: string;
  readonly log: Logger;
}

const maxConnections = 8;
const noTimeLimit = 0;

/** Connects when something is asked for first. @throws AppError misconfigured when the address cannot be read */
export function openDatabase({ url, log }: DatabaseDeps): Database {
  const place = databasePlace(url);
  const options = clientOptions(url);
  // The pool would measure with the same limit how long a query waits for its turn.
  const pool = new Pool({ ...options, max: maxConnections, connectionTimeoutMillis: 0, Client: clientWith(options) });
  // Also between a checkout and its release a connection may break; without a listener that would end the process.
  const tellBroken = (error: Error): void => log.debug('a connection to the database broke', { error: error.message });
  pool.on('connect', (client) => {
    client.on('error', tellBroken);
    client.on('notice', ({ message }) => log.debug('database says', { notice: message }));
  });
  pool.on('error', tellBroken);
  const listener = createListener({ options, log, place });

  /** Lends a connection to a step. One whose answer did not come in time is not used again, it may still come. */
  async function borrow<T>(step: (client: PoolClient) => Promise<T>, { isReused = true } = {}): Promise<T> {
    const client = await pool.connect();
    try {
      const result = await step(client);
      client.release(!isReused);
      return result;
    } catch (error) {
      client.release(!isReused || isTimeout(error));
      throw error;
    }
  }

  const translateErrors = async <T>(step: () => Promise<T>): Promise<T> => {
    try {
      return await step();
    } catch (error) {
      throw toDatabaseError(error, place);
    }
  };
  const queriesOn = (client: PoolClient, timeoutMs: number): Queries => ({
    query: (statement) => translateErrors(() => run(client, statement, timeoutMs)),
  });

  return {
    query: (statement) => translateErrors(() => borrow((client) => run(client, statement, queryTimeoutMs))),
    transaction: (step) =>
      translateErrors(() =>
        borrow(async (client) => {
          await run(client, raw('BEGIN'));
          try {
            const result = await step(queriesOn(client, queryTimeoutMs));
            await run(client, raw('COMMIT'));
            return result;
          } catch (error) {
            // Where the connection is lost, the server rolls back by itself.
            if (!isTimeout(error)) await run(client, raw('ROLLBACK')).catch(() => undefined);
            throw error;
          }
        }),
      ),
    withLock: (lock, step) =>
      translateErrors(() =>
        borrow(
          async (client) => {
            await run(client, raw('SET statement_timeout = 0'), noTimeLimit);
            await run(client, sql`SELECT pg_advisory_lock(${lock})`, noTimeLimit);
            return step(queriesOn(client, noTimeLimit));
          },
          // The lock ends with its session, whatever happened to it.
          { isReused: false },
        ),
      ),
    listen: (subscription) => translateErrors(() => listener.listen(subscription)),
    async close() {
      await Promise.all([listener.close(), pool.end()]);
    },
  };
}

async function run(client: Client | PoolClient, { text, values }: Sql, timeoutMs = queryTimeoutMs): Promise<readonly Row[]> {
  // Whoever waits for a machine that is gone would else wait until TCP gives up, which takes a quarter of an hour.
  const config = { text, values, query_timeout: timeoutMs };
  const { rows } = await client.query<Row>(config);
  return rows;
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
