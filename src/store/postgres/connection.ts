/** The connection to the database, and how what goes wrong with it is told. */
import postgres, { type Notice, type ReservedSql, type Sql } from 'postgres';
import type { Logger } from '../../core/ports.ts';
import { databaseError, placeOf } from './database-error.ts';
import { schemaName } from './locks.ts';
import { createSocketOpener } from './socket.ts';

export interface Connection {
  readonly sql: Sql;
  /** Runs a step. @throws AppError unreachable, misconfigured, internal */
  readonly reached: <T>(step: () => Promise<T>) => Promise<T>;
  /** Runs a step while no other process runs one of the same number. */
  readonly exclusively: <T>(lock: number, step: (connection: ReservedSql) => Promise<T>) => Promise<T>;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  /** `postgres://user:password@host:5432/database` */
  readonly url: string;
  readonly log: Logger;
}

const mostConnections = 8;
const connectSeconds = 10;
const closeSeconds = 5;

/** Connects when something is asked for first. @throws AppError misconfigured when the address cannot be read */
export function connect({ url, log }: ConnectionOptions): Connection {
  const place = placeOf(url);
  const options = {
    max: mostConnections,
    connect_timeout: connectSeconds,
    // A restart of the database must not be waited out for minutes.
    backoff: (attempt: number) => Math.min(5, attempt / 2),
    connection: { application_name: 'registry-stats', search_path: schemaName },
    onnotice: ({ message }: Notice) => log.debug('database says', { notice: message }),
    // The driver's README has it, its types do not.
    socket: createSocketOpener(url),
  };
  const sql = postgres(url, options);
  return {
    sql,
    async reached(step) {
      try {
        return await step();
      } catch (error) {
        throw databaseError(error, place);
      }
    },
    exclusively: (lock, step) => exclusively(sql, lock, step),
    close: () => sql.end({ timeout: closeSeconds }),
  };
}

async function exclusively<T>(sql: Sql, lock: number, step: (connection: ReservedSql) => Promise<T>): Promise<T> {
  const connection = await sql.reserve();
  try {
    await connection`SELECT pg_advisory_lock(${lock})`;
    return await step(connection);
  } finally {
    // The driver has taken back a connection that has closed, to make it anew; released once more it would count as open.
    await connection`SELECT pg_advisory_unlock(${lock})`.then(
      () => connection.release(),
      () => undefined,
    );
  }
}
