import { describe, expect, it } from 'vitest';
import { countLine, skippedLines, sumOf } from './summary.ts';

const helm = { file: 'proofs/helm.test.ts', name: 'renders', reason: 'no helm on this machine' };

describe('the summary of test runs', () => {
  it('adds up what passed and failed, and keeps what was skipped', () => {
    const all = sumOf([
      { passed: 10, failed: 1, skipped: [] },
      { passed: 5, failed: 2, skipped: [helm] },
    ]);

    expect(countLine(all)).toBe('15 passed, 3 failed');
    expect(all.skipped).toEqual([helm]);
    expect(countLine(sumOf([]))).toBe('0 passed, 0 failed');
  });

  it('says each reason once a file, with the test or how many there are', () => {
    const other = { file: 'test/a.test.ts', name: 'is refused', reason: 'not root' };

    expect(skippedLines([helm, other, { ...helm, name: 'refuses' }])).toEqual([
      'skipped: proofs/helm.test.ts, 2 tests: no helm on this machine',
      'skipped: test/a.test.ts, "is refused": not root',
    ]);
  });
});
