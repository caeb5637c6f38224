import { describe, expect, it } from 'vitest';
import { parseDockerignore } from './dockerignore.ts';

describe('a .dockerignore', () => {
  it('leaves out everything but what is named again, and what is below that', () => {
    const ignored = parseDockerignore('# comment\n*\n!src\n!scripts/build.ts\nsrc/**/*.test.ts\nsrc/**/testing\n');

    expect(
      ['README.md', 'scripts', 'scripts/demo.ts', 'src/a.test.ts', 'src/a/b/c.test.ts', 'src/a/testing/x.ts'].filter(ignored),
    ).toHaveLength(6);
    expect(['src', 'src/a.ts', 'src/a/b.ts', 'scripts/build.ts', 'src/a/testing.ts'].filter(ignored)).toEqual([]);
  });

  it('takes a dot for a dot, and one star for one name', () => {
    const ignored = parseDockerignore('a.ts\nb/*/c\n');

    expect(['a.ts', 'b/x/c', 'b/x/c/d'].filter(ignored)).toHaveLength(3);
    expect(['axts', 'b/c', 'b/x/y/c', 'x/a.ts'].filter(ignored)).toEqual([]);
  });
});
