import { describe, expect, it } from 'vitest';
import { numberColumn, textColumn } from './array-parameter.ts';

describe('a column as a parameter', () => {
  it('has plain values as they are, others in quotes', () => {
    expect(textColumn(['2026-03-14T10:00:00Z', 'acme/app', 'two words', '{a,b}', 'null', '', '"\\'])).toBe(
      String.raw`{2026-03-14T10:00:00Z,acme/app,"two words","{a,b}","null","","\"\\"}`,
    );
    expect(numberColumn([0, 1.5, -2])).toBe('{0,1.5,-2}');
  });

  it('has NULL for a missing value, and nothing where all are missing', () => {
    expect(textColumn(['a', undefined])).toBe('{a,NULL}');
    expect(numberColumn([undefined, undefined])).toBe('{}');
  });

  it('replaces what PostgreSQL cannot store', () => {
    expect(textColumn(['a\0b', 'x\ud800'])).toBe('{"a\ufffdb","x\ufffd"}');
  });
});
