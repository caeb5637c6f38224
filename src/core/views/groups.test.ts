import { describe, expect, it } from 'vitest';
import { AppError } from '../model/errors.ts';
import { parseGroup, withGroups } from './groups.ts';

const registries = ['dockerhub', 'ghcr'];

describe('an entry of IMAGE_GROUPS', () => {
  it('names images of any registry, each once, in any letter case', () => {
    expect(parseGroup(' App = ghcr:Acme/App + dockerhub:acme/app+ghcr:acme/app+ghcr:acme/charts/app ', registries)).toEqual({
      name: 'app',
      members: [
        { registry: 'ghcr', repo: 'acme/app' },
        { registry: 'dockerhub', repo: 'acme/app' },
        { registry: 'ghcr', repo: 'acme/charts%2Fapp' },
      ],
    });
  });

  it.each([
    ['app', 'write name='],
    ['app=ghcr:a/b=c', 'write name='],
    ['a/b=ghcr:a/b', 'its name'],
    ['=ghcr:a/b', 'its name'],
    ['app=', 'does not begin with a registry'],
    ['app=quay:a/b', 'valid are dockerhub, ghcr'],
    ['app=ghcr:a/b+', 'does not begin with a registry'],
    ['app=ghcr:app', 'it has no slash'],
    ['app=ghcr:../x', 'is no image'],
  ])('is refused with the reason: %s', (entry, reason) => {
    expect(() => parseGroup(entry, registries)).toThrow(AppError);
    expect(() => parseGroup(entry, registries)).toThrow(reason);
  });
});

describe('a question about a group', () => {
  const groups = [parseGroup('app=ghcr:acme/app+dockerhub:old/name', registries)];

  it('asks for its images and for nothing of the same name in another registry', () => {
    const asked = withGroups({ repos: new Set(['app', 'acme/tool']) }, groups);

    expect(asked.query.repos).toEqual(new Set(['app', 'acme/tool', 'acme/app', 'old/name']));
    expect(asked.has({ registry: 'ghcr', repo: 'acme/app' })).toBe(true);
    expect(asked.has({ registry: 'dockerhub', repo: 'acme/app' })).toBe(false);
    expect(asked.has({ registry: 'dockerhub', repo: 'acme/tool' })).toBe(true);
  });

  it('stays what it is without a group', () => {
    const query = { registries: new Set(['ghcr']) };
    const asked = withGroups(query, groups);

    expect(asked.query).toBe(query);
    expect(asked.has({ registry: 'ghcr', repo: 'x/y' })).toBe(true);
    expect(asked.has({ registry: 'dockerhub', repo: 'x/y' })).toBe(false);
  });
});
