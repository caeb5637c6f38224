import { describe, expect, it } from 'vitest';
import { endpoint, toRoutes, type Endpoint } from './endpoint.ts';
import { snapshotDate } from './parameters.ts';
import { createRouter, type Match } from './router.ts';

const parsed: string[] = [];

function said(path: string, perOrigin?: true): Endpoint<undefined> {
  return endpoint({
    path,
    summary: 'Says where it is',
    query: { date: { ...snapshotDate, parse: (query, known) => (parsed.push(path), snapshotDate.parse(query, known)) } },
    ...(perOrigin ? { perOrigin } : {}),
    handle: async ({ params, origin }) => ({ type: 'text/plain', chunks: [path, params['file'] ?? '', origin] }),
  });
}

const routes = toRoutes([said('/a'), said('/badge/:registry/:file{.+}'), said('/here', true)], undefined);
const router = createRouter({ routes, registries: [], basePath: '/stats' });

function match(url: string, host = 'localhost'): Match {
  return router.match({ url, headers: { host } });
}

describe('the router', () => {
  it.each(['/a', '/a?', '/a?other=x', '/stats/a', '//a', 'http://stats.example/a?date='])('finds the endpoint of %s, by one key', (url) => {
    expect([match(url).route.path, match(url).key]).toEqual(['/a', match('/a').key]);
  });

  it('hands over the named parts of the path, decoded', async () => {
    const content = await match('/badge/all/acme%2Fcharts/app.svg').build();

    expect(content).toMatchObject({ chunks: ['/badge/:registry/:file{.+}', 'acme/charts/app.svg', ''] });
  });

  it.each(['/', '/b', '/a/', '/badge/all', '/badge/all/%ff', '/statsa', '*', ''])('refuses %s', (url) => {
    expect(() => match(url)).toThrow(expect.objectContaining({ code: 'not_found', message: 'this address does not exist' }));
  });

  it('tells hosts apart only for endpoints that name the host', () => {
    expect(match('/a', 'a.example').key).toBe(match('/a', 'b.example').key);
    expect(match('/here', 'a.example').key).not.toBe(match('/here', 'b.example').key);
  });

  it('parses an address once, and one that is refused each time', () => {
    parsed.length = 0;
    for (let time = 0; time < 3; time += 1) {
      match('/a?date=2026-03-14');
      expect(() => match('/a?date=x')).toThrow('valid is a date');
    }

    expect(parsed).toHaveLength(4);
  });
});
