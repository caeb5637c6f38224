/** From DATABASE_URL to the options of the driver, which itself reads an address in another way than libpq does. */
import { types, type ClientConfig } from 'pg';
import { databasePlace } from './database-error.ts';
import { schemaName } from './locks.ts';

/** One after which a query counts as failed; the server gives it up by itself a little earlier. */
export const queryTimeoutMs = 130_000;
const statementTimeoutMs = 120_000;
const connectTimeoutMs = 10_000;
/** Without a word for so long, it is asked whether the other side is still there: routers forget quiet connections. */
const keepAliveMs = 30_000;

const int8 = 20;

/**
 * `url`: `postgres://user:password@host:5432/database`. Its parameters `sslmode`, `application_name`, `connect_timeout` (seconds) and `options` mean
 * what they mean to libpq, every other one is a setting of the session.
 * @throws AppError misconfigured when the address cannot be read
 */
export function clientOptions(
  url: string,
  { isReadOnly }: { readonly isReadOnly: boolean },
): ClientConfig & { readonly connectionTimeoutMillis: number } {
  databasePlace(url);
  const { hostname, port, pathname, username, password, searchParams } = new URL(url);
  const {
    sslmode,
    ssl = sslmode,
    sslrootcert,
    application_name: applicationName = 'registry-stats',
    connect_timeout: connectSeconds,
    options = '',
    ...settings
  } = Object.fromEntries(searchParams);
  if (sslrootcert !== undefined && sslrootcert !== 'system') settings['sslrootcert'] = sslrootcert;
  const session = {
    search_path: schemaName,
    statement_timeout: String(statementTimeoutMs),
    ...settings,
    ...(isReadOnly ? { default_transaction_read_only: 'on' } : {}),
  };
  const user = decodeURIComponent(username);
  return {
    // The brackets of an IPv6 address belong to the URL.
    host: decodeURIComponent(hostname).replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || 5432),
    database: decodeURIComponent(pathname.slice(1)) || 'postgres',
    ...(user === '' ? {} : { user }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ssl: tlsOptions(sslrootcert === 'system' ? 'verify-full' : ssl),
    application_name: applicationName,
    options: [...(options === '' ? [] : [options]), ...Object.entries(session).map(([name, value]) => `-c ${name}=${escaped(value)}`)].join(
      ' ',
    ),
    connectionTimeoutMillis: Number(connectSeconds) > 0 ? Number(connectSeconds) * 1000 : connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    types: { getTypeParser },
  };
}

/** In the words of libpq; the driver takes `require` for `verify-full`, which no certificate of one's own would pass. */
function tlsOptions(mode = 'disable'): ClientConfig['ssl'] {
  if (mode === 'disable' || mode === 'false') return false;
  if (mode === 'verify-full' || mode === 'true') return {};
  if (mode === 'verify-ca') return { checkServerIdentity: () => undefined };
  return { rejectUnauthorized: false };
}

/** A space separates the options of a session. */
function escaped(value: string): string {
  return value.replace(/[\\\s]/g, String.raw`\$&`);
}

/** What a column's text becomes: as the driver does it, but bigint is a number. */
const getTypeParser: typeof types.getTypeParser = (oid: number) => (oid === int8 ? parseSafeInteger : types.getTypeParser(oid));

/** Totals are safe integers (core refuses others), so that a larger one is not silently rounded. @throws RangeError */
export function parseSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('a bigint of the database is beyond what a number holds exactly');
  return value;
}
