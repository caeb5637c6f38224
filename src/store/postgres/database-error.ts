/** From what PostgreSQL and the network say to what a user can do about it; the password is never told. */
import { AppError, type ErrorCode } from '../../core/model/errors.ts';

/** Where the database is, for messages. @throws AppError misconfigured when the address cannot be read */
export function placeOf(url: string): string {
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

type Known = readonly [code: ErrorCode, advice: string];

const untrusted: Known = ['misconfigured', 'has a certificate that is not trusted: NODE_EXTRA_CA_CERTS names a file with its authority'];

/** By SQLSTATE, or by the code of postgres.js or the system. */
const known: Readonly<Record<string, Known>> = {
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
  '42704': ['misconfigured', 'does not know a parameter that stands in DATABASE_URL'],
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
  CONNECTION_DESTROYED: ['unreachable', 'ended the connection'],
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  CERT_HAS_EXPIRED: ['misconfigured', 'has a certificate that has expired'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['misconfigured', 'has a certificate for another host'],
};

/** An AppError stays as it is. */
export function databaseError(error: unknown, place: string): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const [appCode, advice] =
    known[code] ??
    (code.startsWith('08')
      ? (['unreachable', 'ended the connection'] as const)
      : (['internal', `has a problem${code === '' ? '' : ` (${code})`}`] as const));
  return new AppError(appCode, `${place} ${advice}`, { cause: error });
}
