import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../core/model/errors.ts';
import { networkFailure } from './network-failure.ts';
import { networkError } from './testing/scripted-fetch.ts';

const host = 'hub.docker.com';

describe('a network failure', () => {
  it.each([
    ['ECONNREFUSED', 'hub.docker.com refused the connection (ECONNREFUSED)'],
    ['ENOTFOUND', 'hub.docker.com is not a name that the DNS knows (ENOTFOUND)'],
    ['EAI_AGAIN', 'hub.docker.com could not be looked up in the DNS (EAI_AGAIN)'],
    ['ECONNRESET', 'hub.docker.com closed the connection before the answer was complete (ECONNRESET)'],
    ['UND_ERR_SOCKET', 'hub.docker.com closed the connection before the answer was complete (UND_ERR_SOCKET)'],
    ['UND_ERR_CONNECT_TIMEOUT', 'hub.docker.com did not accept a connection in time (UND_ERR_CONNECT_TIMEOUT)'],
    ['ENETUNREACH', 'hub.docker.com cannot be reached from here (ENETUNREACH)'],
    ['CERT_HAS_EXPIRED', 'hub.docker.com has a certificate that has expired (CERT_HAS_EXPIRED)'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'hub.docker.com has a certificate that is not trusted (SELF_SIGNED_CERT_IN_CHAIN)'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'hub.docker.com does not speak TLS as expected (ERR_SSL_WRONG_VERSION_NUMBER)'],
    ['HPE_INVALID_CONSTANT', 'hub.docker.com answered with something that is not HTTP (HPE_INVALID_CONSTANT)'],
    ['Z_DATA_ERROR', 'hub.docker.com answered with a damaged body (Z_DATA_ERROR)'],
    ['ESOMETHING', 'hub.docker.com could not be reached (ESOMETHING)'],
  ])('says %s in plain words', (code, message) => {
    const thrown = networkError(code);

    const failure = networkFailure(host, thrown);

    expect(failure).toBeInstanceOf(AppError);
    expect(failure.code).toBe('unreachable');
    expect(failure.message).toBe(message);
    expect(failure.cause).toBe(thrown);
  });

  it('finds the code of the first of several addresses', () => {
    const several = new AggregateError([Object.assign(new Error('no'), { code: 'ECONNREFUSED' }), new Error('no')]);

    expect(networkFailure(host, new TypeError('fetch failed', { cause: several })).message).toContain('(ECONNREFUSED)');
  });

  it.each([
    ['nothing known', new TypeError('fetch failed')],
    ['a text', 'boom'],
    ['a code that is no text', { code: 20 }],
  ])('is told without a code for %s', (_what, thrown) => {
    expect(networkFailure(host, thrown).message).toBe('hub.docker.com could not be reached');
  });

  it('is told for causes that run in a circle', () => {
    const error = new Error('round');
    error.cause = new Error('and round', { cause: error });

    expect(networkFailure(host, error).message).toBe('hub.docker.com could not be reached');
  });

  it('is told for whatever was thrown', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        expect(networkFailure(host, new Error('fetch failed', { cause: thrown })).message).toMatch(/^hub\.docker\.com /);
        expect(networkFailure(host, thrown).code).toBe('unreachable');
      }),
    );
  });
});
