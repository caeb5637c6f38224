import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../core/model/errors.ts';
import type { ImageFailure } from '../core/model/outcome.ts';
import { diagnose } from './diagnosis.ts';

function failures(code: ErrorCode, count: number, missing: ImageFailure['missing'] = 'total', message = ''): ImageFailure[] {
  return Array.from({ length: count }, (_, index) => ({ repo: `acme/${index}`, code, message, missing }));
}

describe('the diagnosis', () => {
  it.each([
    ['invalid_response', 'has probably changed its pages'],
    ['not_found', 'probably refuses this address'],
    ['rate_limited', 'limits this address'],
    ['unreachable', 'cannot be reached'],
    ['unauthorized', 'or the images are not public'],
  ] as const)('explains when most images fail with %s', (code, text) => {
    expect(diagnose('Docker Hub', 2, failures(code, 3))?.text).toContain(text);
  });

  it('is silent when half of the images or fewer fail alike', () => {
    expect(diagnose('Docker Hub', 3, failures('invalid_response', 3))).toBeUndefined();
  });

  it('is silent about one or two images, which may simply be wrong', () => {
    expect(diagnose('Docker Hub', 0, failures('not_found', 2))).toBeUndefined();
  });

  it('is silent about details where most images have them', () => {
    expect(diagnose('Docker Hub', 6, failures('invalid_response', 3, 'details'))).toBeUndefined();
  });

  it.each([
    [
      'a bot protection',
      'hub.docker.com: a bot protection refuses this client or address (answered 403): error code: 1010',
      'a bot protection in front of',
    ],
    [
      'a bot protection that is left alone',
      'a bot protection refuses this client or address; the next try is possible in 5 minutes',
      'a bot protection in front of',
    ],
    ['a page to sign in', 'GitHub asks to sign in instead of showing the package page', 'asks visitors from this address to sign in'],
  ])('knows %s by what is said of it', (_, message, text) => {
    expect(diagnose('Docker Hub', 1, failures('unauthorized', 4, 'total', message))?.text).toContain(text);
  });

  it('of details says what all of them say, or what they have in common', () => {
    const login = 'the tags could not be read: Docker Hub refused the login; images are read without it';
    const limited = failures('rate_limited', 4, 'details').map((each) => ({ ...each, message: `${each.repo} is limited` }));

    expect(diagnose('Docker Hub', 4, failures('unauthorized', 4, 'details', login))).toMatchObject({
      missing: 'details',
      text: `the totals of Docker Hub are read, but not all details: ${login}`,
    });
    expect(diagnose('Docker Hub', 4, limited)?.text).toBe(
      'the totals of Docker Hub are read, but not all details: Docker Hub limits this address: track fewer images, poll less often or raise the delay between requests',
    );
  });

  it('explains the failures that it is about, and no others', () => {
    const wave = failures('rate_limited', 3);
    const others = [...failures('not_found', 1), ...failures('rate_limited', 1, 'details')];
    const diagnosis = diagnose('Docker Hub', 1, [...wave, ...others]);

    expect([...wave, ...others].filter((failure) => diagnosis?.explains(failure))).toEqual(wave);
  });
});
