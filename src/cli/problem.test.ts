import { describe, expect, it } from 'vitest';
import { describeProblem } from './problem.ts';

describe('a configuration problem', () => {
  it('shows the entry as it was written', () => {
    const problem = { variable: 'GHCR_REPOS', entry: '\\owner1/*', reason: 'it starts with a stray backslash, remove it' };

    expect(describeProblem(problem)).toBe('ignoring invalid entry "\\owner1/*" in GHCR_REPOS: it starts with a stray backslash, remove it');
  });

  it('is a warning where it is about the variable and not about an entry', () => {
    expect(
      describeProblem({ variable: 'RETENTION_DAY', entry: '', reason: 'there is no such setting, did you mean RETENTION_DAYS?' }),
    ).toBe('warning: RETENTION_DAY: there is no such setting, did you mean RETENTION_DAYS?');
  });

  it('shows control characters as escapes, so that no entry can move the cursor', () => {
    expect(describeProblem({ variable: 'GHCR_REPOS', entry: 'a\u001B[2J\n', reason: 'x' })).toBe(
      'ignoring invalid entry "a\\u001b[2J\\n" in GHCR_REPOS: x',
    );
  });
});
