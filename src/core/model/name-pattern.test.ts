import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesName } from './name-pattern.ts';

describe('a pattern of names', () => {
  it.each([
    ['app', 'app', true],
    ['app', 'apps', false],
    ['*', '', true],
    ['*', 'charts/app', true],
    ['app-*', 'app-1', true],
    ['app-*', 'app', false],
    ['*-dev', 'app-dev', true],
    ['a*a', 'a', false],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'acb', false],
    ['*bb*b', 'bb', false],
    ['charts/*', 'charts/app', true],
    ['a.c', 'abc', false],
  ])('%s and %s: %s', (pattern, name, expected) => {
    expect(matchesName(pattern, name)).toBe(expected);
  });

  it('matches what a regular expression matches', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    fc.assert(
      fc.property(text, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }), (pattern, name) => {
        expect(matchesName(pattern, name)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name));
      }),
    );
  });
});
