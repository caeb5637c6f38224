import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../core/model/errors.ts';
import type { ImageFailure } from '../core/model/outcome.ts';
import { diagnose } from './diagnosis.ts';

function failures(code: ErrorCode, count: number, missing: ImageFailure['missing'] = 'total'): ImageFailure[] {
  return Array.from({ length: count }, (_, index) => ({ repo: `acme/${index}`, code, message: '', missing }));
}

describe('the diagnosis', () => {
  it.each([
    ['invalid_response', 'has probably changed its pages'],
    ['not_found', 'probably refuses this address'],
    ['rate_limited', 'limits this address'],
    ['unreachable', 'cannot be reached'],
  ] as const)('explains when most images fail with %s', (code, text) => {
    expect(diagnose('Docker Hub', 2, failures(code, 3))).toContain(text);
  });

  it('is silent when half of the images or fewer fail alike', () => {
    expect(diagnose('Docker Hub', 3, failures('invalid_response', 3))).toBeUndefined();
  });

  it('is silent about one or two images, which may simply be wrong', () => {
    expect(diagnose('Docker Hub', 0, failures('not_found', 2))).toBeUndefined();
  });

  it('does not count images whose total was read', () => {
    expect(diagnose('Docker Hub', 4, failures('invalid_response', 9, 'details'))).toBeUndefined();
  });
});
