/** The one way to the database: statements, transactions, locks and notifications. What goes wrong is an AppError from here on. */
import type { PoolClient } from 'pg';
import sql, { raw, type Sql } from 'sql-template-tag';
import * as z from 'zod';
import type { Logger } from '../../core/ports.ts';
import { clientOptions, queryTimeoutMs } from './client-options.ts';
import { databasePlace, isTimeout, toDatabaseError } from './database-error.ts';
import { createListener, type Subscription } from './listener.ts';
import { createPool } from './pool.ts';

export type Row = Readonly<Record<string, unknown>>;

/**
 * Every method throws AppError, with what the driver threw as its cause: unreachable (no connection, a time limit; worth another try),
 * misconfigured (login, rights, certificate, schema), internal (everything else). The text names the place and never the password.
 */
export interface Queries {
  /** Runs a statement. Columns: bigint as a number, date as text only where it is cast, timestamptz as Date, jsonb parsed. */
  query(statement: Sql): Promise<readonly Row[]>;
  /** The same, with rows as the schema has them. @throws AppError also internal, for a row that is not so */
  select<R>(row: z.ZodType<R>, statement: Sql): Promise<readonly R[]>;
}

export interface Database extends Queries {
  /** Runs a step in a transaction, which is rolled back when the step throws. An AppError of the step stays as it is. */
  transaction<T>(step: (transaction: Queries) => Promise<T>): Promise<T>;
  /** Runs a step while no other process runs one under the same number; without a time limit. `connection` is the one that holds the lock. */
  withLock<T>(lock: number, step: (connection: Queries) => Promise<T>): Promise<T>;
  /** Listens on a connection of its own, which is made anew when it is lost. @throws AppError when it cannot be made the first time */
  listen(subscription: Subscription): Promise<void>;
  /** Waits for what runs, but not for ever, then closes. */
  close(): Promise<void>;
}

export interface DatabaseDeps {
  /** `postgres://user:password@host:5432/database` */
  readonly url: string;
  readonly log: Logger;
  /** The server then refuses every change. */
  readonly isReadOnly?: boolean;
  /** How long a statement may still run after `close`. */
  readonly closeTimeoutMs?: number;
}

const noTimeLimit = 0;

/** Connects when something is asked for first. @throws AppError misconfigured when the address cannot be read */
export function openDatabase({ url, log, isReadOnly = false, closeTimeoutMs = 5_000 }: DatabaseDeps): Database {
  const place = databasePlace(url);
  const options = clientOptions(url, { isReadOnly });
  const pool = createPool({ options, log, closeTimeoutMs });
  const listener = createListener({ options, log, place });

  const translateErrors = async <T>(step: () => Promise<T>): Promise<T> => {
    try {
      return await step();
    } catch (error) {
      throw toDatabaseError(error, place);
    }
  };
  const queriesWith = (query: (statement: Sql) => Promise<readonly Row[]>): Queries => ({
    query: (statement) => translateErrors(() => query(statement)),
    select: (row, statement) => translateErrors(async () => z.array(row).parse(await query(statement))),
  });
  const queriesOn = (client: PoolClient, timeoutMs: number): Queries => queriesWith((statement) => run(client, statement, timeoutMs));

  return {
    ...queriesWith((statement) => pool.lend((client) => run(client, statement))),
    transaction: (step) =>
      translateErrors(() =>
        pool.lend(async (client) => {
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
        pool.lend(
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
      await Promise.all([listener.close(), pool.close()]);
    },
  };
}

async function run(client: PoolClient, { text, values }: Sql, timeoutMs = queryTimeoutMs): Promise<readonly Row[]> {
  // Whoever waits for a machine that is gone would else wait until TCP gives up, which takes a quarter of an hour.
  const config = { text, values, query_timeout: timeoutMs };
  const { rows } = await client.query<Row>(config);
  return rows;
}
