/** From what PostgreSQL and the network say to what a user can do about it; the password is never told. */
import * as z from 'zod';
import { AppError, type ErrorCode } from '../../core/model/errors.ts';

/** Where the database is, for messages. @throws AppError misconfigured when the address cannot be read */
export function databasePlace(url: string): string {
  try {
    const { hostname, port, pathname, username, password } = new URL(url);
    for (const part of [username, password]) decodeURIComponent(part);
    return `the database ${decodeURIComponent(pathname.slice(1)) || 'postgres'} on ${hostname}${port === '' ? '' : `:${port}`}`;
  } catch {
    // Without the cause: it would hold the password.
    throw new AppError(
      'misconfigured',
      'DATABASE_URL cannot be read: in a user or password write % as %25, # as %23, / as %2F, ? as %3F, : as %3A and @ as %40',
    );
  }
}

type Advice = readonly [code: ErrorCode, advice: string];

const untrusted: Advice = ['misconfigured', 'has a certificate that is not trusted: NODE_EXTRA_CA_CERTS names a file with its authority'];

/** By SQLSTATE, or by the code of the system, or by the one that `driverCodes` gives. */
const adviceByCode: Readonly<Record<string, Advice>> = {
  '28P01': ['misconfigured', 'refuses the password: check DATABASE_URL'],
  '28000': ['misconfigured', 'refuses the user: check DATABASE_URL and pg_hba.conf'],
  '3D000': ['misconfigured', 'is not there: create it, or check DATABASE_URL'],
  '42501': [
    'misconfigured',
    'does not give the right that is needed: GRANT CREATE ON DATABASE and ALL ON SCHEMA registry_stats to the user of DATABASE_URL',
  ],
  '42P01': ['misconfigured', 'lacks a table: run registry-stats migrate'],
  '42703': ['misconfigured', 'has tables of another version: run registry-stats migrate'],
  '53100': ['internal', 'has no space left on its disk'],
  '53300': ['unreachable', 'has too many connections'],
  '57P01': ['unreachable', 'is shutting down'],
  '57P02': ['unreachable', 'has crashed'],
  '57P03': ['unreachable', 'is starting'],
  '25006': ['internal', 'is read-only'],
  '08P01': ['misconfigured', 'refuses a setting of the connection: where a pooler stands before it, connect to PostgreSQL itself'],
  '42704': ['misconfigured', 'does not know a parameter of DATABASE_URL'],
  ENOTFOUND: ['unreachable', 'has a host that is not known: check DATABASE_URL'],
  EAI_AGAIN: ['unreachable', 'has a host that cannot be looked up now: the name server does not answer'],
  EHOSTUNREACH: ['unreachable', 'cannot be reached: there is no way to its host'],
  ENETUNREACH: ['unreachable', 'cannot be reached: there is no way to its network'],
  ECONNREFUSED: ['unreachable', 'does not answer: nothing listens there'],
  ECONNRESET: ['unreachable', 'ended the connection'],
  EPIPE: ['unreachable', 'ended the connection'],
  ETIMEDOUT: ['unreachable', 'does not answer'],
  CONNECT_TIMEOUT: ['unreachable', 'does not answer'],
  CONNECTION_CLOSED: ['unreachable', 'ended the connection'],
  CONNECTION_ENDED: ['unreachable', 'is no longer used'],
  QUERY_TIMEOUT: ['unreachable', 'took too long to answer'],
  '57014': ['unreachable', 'took too long to answer'],
  UNKNOWN_ROW: ['internal', 'holds a row that this version cannot read'],
  NO_TLS: ['misconfigured', 'does not offer TLS: check sslmode in DATABASE_URL'],
  NO_PASSWORD: ['misconfigured', 'requires a password: check DATABASE_URL'],
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  CERT_HAS_EXPIRED: ['misconfigured', 'has a certificate that has expired'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['misconfigured', 'has a certificate for another host'],
};

/** What the driver says without a code (pg 8.23). */
const driverCodes: readonly (readonly [text: RegExp, code: string])[] = [
  [/^timeout expired$/, 'CONNECT_TIMEOUT'],
  [/^Query read timeout$/, 'QUERY_TIMEOUT'],
  [/^Connection terminated|is not queryable$/, 'CONNECTION_CLOSED'],
  [/does not support SSL|establishing an SSL connection/, 'NO_TLS'],
  [/client password must be a/, 'NO_PASSWORD'],
];

/** An SQLSTATE, a code of the system or of `driverCodes`, also of an error that was translated; empty when there is none. */
export function errorCode(error: unknown): string {
  if (error instanceof AppError) return error.cause === undefined ? '' : errorCode(error.cause);
  if (error instanceof z.ZodError) return 'UNKNOWN_ROW';
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return driverCodes.find(([text]) => text.test(error.message))?.[1] ?? '';
}

/** Whether nobody knows if the answer still comes. */
export function isTimeout(error: unknown): boolean {
  return errorCode(error) === 'QUERY_TIMEOUT';
}

/** An AppError stays as it is. */
export function toDatabaseError(error: unknown, place: string): AppError {
  if (error instanceof AppError) return error;
  const code = errorCode(error);
  const [appCode, advice] =
    adviceByCode[code] ??
    (code.startsWith('08')
      ? (['unreachable', 'ended the connection'] as const)
      : (['internal', `has a problem${code === '' ? '' : ` (${code})`}`] as const));
  return new AppError(appCode, `${place} ${advice}`, { cause: error });
}
