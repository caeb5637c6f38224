/** From what PostgreSQL and the network say to what a user can do about it; the password is never told. */
import { AppError, type ErrorCode } from '../../core/errors.ts';

/** Where the database is, for messages. */
export function placeOf(url: string): string {
  if (!URL.canParse(url)) return 'the database';
  const { hostname, port, pathname } = new URL(url);
  return `the database ${decodeURIComponent(pathname.slice(1)) || 'postgres'} on ${hostname}${port === '' ? '' : `:${port}`}`;
}

type Known = readonly [code: ErrorCode, advice: string];

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
  ENOTFOUND: ['unreachable', 'has a host that is not known: check DATABASE_URL'],
  ECONNREFUSED: ['unreachable', 'does not answer: nothing listens there'],
  ECONNRESET: ['unreachable', 'ended the connection'],
  EPIPE: ['unreachable', 'ended the connection'],
  ETIMEDOUT: ['unreachable', 'does not answer'],
  CONNECT_TIMEOUT: ['unreachable', 'does not answer'],
  CONNECTION_CLOSED: ['unreachable', 'ended the connection'],
  CONNECTION_ENDED: ['unreachable', 'is no longer used'],
  CONNECTION_DESTROYED: ['unreachable', 'ended the connection'],
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
