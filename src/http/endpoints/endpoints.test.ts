import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { pageEndpoints } from '../../dashboard/endpoints/index.ts';
import { openApiPath } from '../openapi.ts';
import { parametersOf } from '../query.ts';
import { endpoints } from './index.ts';

/** `/api/tags/history` → `tags-history.ts`. */
function fileOf(path: string): string {
  const [, name = ''] = /^\/(?:api\/)?([\w/]+)/.exec(path) ?? [];
  return `${name.replace(/\/$/, '').replaceAll('/', '-')}.ts`;
}

describe('the endpoints', () => {
  it('are the files of this folder, each named as its path', async () => {
    const files = (await readdir(import.meta.dirname)).filter((name) => name !== 'index.ts' && !name.endsWith('.test.ts'));

    expect(endpoints.map(({ path }) => fileOf(path)).toSorted()).toEqual(files.toSorted());
  });

  it('have a path of their own, the pages too', () => {
    const paths = [...endpoints, ...pageEndpoints].map(({ path }) => openApiPath(path));

    expect(new Set(paths).size).toBe(paths.length);
  });

  it('read each parameter in one place', () => {
    for (const { path, query } of [...endpoints, ...pageEndpoints]) {
      const names = Object.values(query).flatMap((field) => Object.keys(field.parameters));
      expect([path, names]).toEqual([path, Object.keys(parametersOf(query))]);
    }
  });

  it('answer nothing that OpenAPI does not describe', () => {
    for (const { path, summary, responses } of endpoints) {
      expect([path, summary]).toEqual([path, expect.stringMatching(/^[A-Z].*[^.]$/)]);
      expect([path, Object.keys(responses ?? {})]).toEqual([path, expect.arrayContaining(['200'])]);
    }
  });
});
