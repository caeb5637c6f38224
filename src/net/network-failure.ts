/** Says in plain words why no answer came. */
import { AppError } from '../core/model/errors.ts';

const noNetwork = 'cannot be reached from here';
const closed = 'closed the connection before the answer was complete';
const noConnection = 'did not accept a connection in time';
const untrusted = 'has a certificate that is not trusted';

/** What a host did, by the system's code. */
const phrases: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'refused the connection'],
  ['ECONNRESET', closed],
  ['EPIPE', closed],
  ['UND_ERR_SOCKET', closed],
  ['ETIMEDOUT', noConnection],
  ['UND_ERR_CONNECT_TIMEOUT', noConnection],
  ['ENOTFOUND', 'is not a name that the DNS knows'],
  ['EAI_AGAIN', 'could not be looked up in the DNS'],
  ['EHOSTUNREACH', noNetwork],
  ['ENETUNREACH', noNetwork],
  ['EADDRNOTAVAIL', noNetwork],
  ['CERT_HAS_EXPIRED', 'has a certificate that has expired'],
  ['CERT_NOT_YET_VALID', 'has a certificate that is not valid yet; is the clock right?'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'has a certificate for another name'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', untrusted],
  ['SELF_SIGNED_CERT_IN_CHAIN', untrusted],
  ['UNABLE_TO_GET_ISSUER_CERT', untrusted],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', untrusted],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', untrusted],
  ['EPROTO', 'does not speak TLS as expected'],
]);

/** What fetch, or the stream of a body, threw as an AppError unreachable that keeps it as its cause. */
export function networkFailure(host: string, thrown: unknown): AppError {
  const code = systemCode(thrown);
  const detail = code === undefined ? '' : ` (${code})`;
  return new AppError('unreachable', `${host} ${phraseOf(code)}${detail}`, { cause: thrown });
}

function phraseOf(code: string | undefined): string {
  if (code === undefined) return 'could not be reached';
  if (code.startsWith('ERR_SSL_')) return 'does not speak TLS as expected';
  if (code.startsWith('HPE_')) return 'answered with something that is not HTTP';
  if (code.startsWith('Z_')) return 'answered with a damaged body';
  return phrases.get(code) ?? 'could not be reached';
}

/** The first code on the way down the causes; fetch itself only says `fetch failed`. */
function systemCode(thrown: unknown): string | undefined {
  const seen = new Set<unknown>();
  for (let error = thrown; error instanceof Error && !seen.has(error); error = innerError(error)) {
    seen.add(error);
    if ('code' in error && typeof error.code === 'string') return error.code;
  }
  return undefined;
}

function innerError(error: Error): unknown {
  return error instanceof AggregateError ? error.errors[0] : error.cause;
}
