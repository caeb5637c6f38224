import { describe, expect, it } from 'vitest';
import { memoryWarning } from './memory-limit.ts';

const mebibyte = 1024 ** 2;

describe('a memory limit', () => {
  it.each([1, 64 * mebibyte, 96 * mebibyte - 1])('of %d bytes is too small, and the warning says what to set', (bytes) => {
    expect(memoryWarning(bytes)).toMatch(/^the memory limit of \d+ MiB is too small.* set it to 128 MiB \(docker run --memory 128m,/);
  });

  it.each([96 * mebibyte, 128 * mebibyte, 2 ** 63])('of %d bytes is no reason to warn', (bytes) => {
    expect(memoryWarning(bytes)).toBeUndefined();
  });

  it('that is not known is no reason to warn', () => {
    expect(memoryWarning(0)).toBeUndefined();
  });
});
