import { describe, expect, it } from 'vitest';
import { parseChoice } from './choice.ts';

const kinds = ['total', 'daily'] as const;

describe('a choice', () => {
  it.each([undefined, null, '', '  '])('is not made by %o', (text) => {
    expect(parseChoice('kind', text, kinds)).toBeUndefined();
  });

  it.each(['daily', ' Daily ', 'DAILY'])('is made by "%s"', (text) => {
    expect(parseChoice('kind', text, kinds)).toBe('daily');
  });

  it('is refused when it is none, with those that are valid', () => {
    expect(() => parseChoice('kind', ' hourly', kinds)).toThrow('"kind" is "hourly": valid are total, daily');
    expect(() => parseChoice('split', 'repo', ['registry'])).toThrow('"split" is "repo": valid is registry');
  });
});
