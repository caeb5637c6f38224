import { describe, expect, it } from 'vitest';
import type { HttpAnswer } from '../../net/http.ts';
import { fixture } from './fixture.ts';
import { ghcr } from './index.ts';
import { failing, scriptedHttp, type Scripted } from '../testing/scripted-http.ts';

const now = '2026-03-02T10:00:00.000Z';
const pageUrl = 'https://github.test/users/acme/packages/container/package/widget';
const tokenUrl = 'https://ghcr.test/token?scope=repository:acme/widget:pull&service=ghcr.io';
const listUrl = 'https://ghcr.test/v2/acme/widget/tags/list?n=1000';
const good = {
  [pageUrl]: fixture('package-linked'),
  [tokenUrl]: '{"token":"abc"}',
  [listUrl]: '{"name":"acme/widget","tags":["latest","1.4.0","1.3.9"]}',
};
const widget = { owner: 'acme', name: 'widget' };

function setUp(script: Readonly<Record<string, Scripted | readonly Scripted[]>> = good) {
  const http = scriptedHttp(script);
  const source = ghcr.create(
    { targets: [], urls: { GITHUB_URL: 'https://github.test', GHCR_URL: 'https://ghcr.test' }, delayMs: 2000 },
    { createHttpClient: http.createHttpClient, clock: { now: () => Date.parse(now), sleep: () => Promise.resolve() } },
  );
  return { http, source };
}

function answer(status: number, body: string): HttpAnswer {
  return { status, body, url: pageUrl, headers: new Headers() };
}

describe('a read', () => {
  it('gives the exact total with what stands beside it, and the number of tags', async () => {
    const { reading, flaw } = await setUp().source.read(widget);

    expect(flaw).toBeUndefined();
    expect(reading).toMatchObject({
      registry: 'ghcr',
      repo: 'acme/widget',
      pullCount: 48_213,
      readAt: now,
      lastUpdated: '2026-03-13T01:30:00.000Z',
      tagCount: 3,
    });
    expect(reading.tags?.map(({ name }) => name)).toEqual(['latest', '1.4', '1.4.0', '1.3.9', 'nightly']);
    expect(reading.recentDays?.[0]).toEqual({ day: '2026-03-02', pulls: 41 });
  });

  it('asks for three addresses, the page as HTML, and for no manifest', async () => {
    const { http, source } = setUp();

    await source.read(widget);

    expect(http.urls()).toEqual([pageUrl, tokenUrl, listUrl]);
    expect(http.requests[0]?.request.headers).toEqual({ Accept: 'text/html' });
  });

  it('writes the slashes of a nested name in the way of each address', async () => {
    const { source } = setUp({
      'https://github.test/users/acme/packages/container/package/charts%2Fapp': fixture('package-unlinked'),
      'https://ghcr.test/token?scope=repository:acme/charts/app:pull&service=ghcr.io': '{"token":"abc"}',
      'https://ghcr.test/v2/acme/charts/app/tags/list?n=1000': '{"tags":[]}',
    });

    const { reading } = await source.read({ owner: 'acme', name: 'charts/app' });

    expect(reading).toMatchObject({ repo: 'acme/charts%2Fapp', pullCount: 0, tagCount: 0 });
    expect(reading.tags).toBeUndefined();
    expect(reading.recentDays).toBeUndefined();
  });

  it.each([
    ['not_found where there is no such page', { status: 404 }, 'not_found', 'not a public package on GHCR'],
    ['unauthorized when refused with 403', { status: 403 }, 'unauthorized', 'answered 403'],
    ['unauthorized when refused with 401', { status: 401 }, 'unauthorized', 'answered 401'],
    ['invalid_response on an odd status', { status: 400 }, 'invalid_response', 'answered 400'],
    ['invalid_response on an empty 204', { status: 204 }, 'invalid_response', 'answered 204'],
    ['invalid_response on a page of another kind', fixture('profile'), 'invalid_response', 'no "Total downloads" label'],
    ['invalid_response on a page without an exact total', fixture('package-rounded-title'), 'invalid_response', 'no whole number'],
    ['the request fails', failing('rate_limited', 'slow down'), 'rate_limited', 'slow down'],
  ] satisfies [string, Scripted, string, string][])('fails as %s, and ghcr.io is not asked', async (_what, page, code, message) => {
    const { http, source } = setUp({ [pageUrl]: page });

    await expect(source.read(widget)).rejects.toMatchObject({ name: 'AppError', code, message: expect.stringContaining(message) });
    expect(http.requests).toHaveLength(1);
  });

  it.each([
    ['refuses a token', { [tokenUrl]: { status: 403 } }, 'unauthorized'],
    ['cannot be reached', { [listUrl]: failing('unreachable', 'ghcr.test answered 503') }, 'unreachable'],
    ['answers something else', { [listUrl]: '[]' }, 'invalid_response'],
  ] satisfies [string, Record<string, Scripted>, string][])('is kept with a flaw when ghcr.io %s', async (_what, script, code) => {
    const { reading, flaw } = await setUp({ ...good, ...script }).source.read(widget);

    expect(reading.pullCount).toBe(48_213);
    expect(reading.tagCount).toBeUndefined();
    expect(flaw).toMatchObject({ name: 'AppError', code, message: expect.stringContaining('the tags could not be counted: ') });
  });

  it('ends with the reason of its signal when it is stopped, also while tags are counted', async () => {
    const reason = new Error('stop');
    const stopping = new AbortController();
    const http = scriptedHttp(good);
    const source = ghcr.create(
      { targets: [], urls: { GITHUB_URL: 'https://github.test', GHCR_URL: 'https://ghcr.test' }, delayMs: 0 },
      {
        createHttpClient: () => ({
          async request(url, request) {
            if (url === tokenUrl) stopping.abort(reason);
            return http.request(url, request);
          },
        }),
        clock: { now: () => 0, sleep: () => Promise.resolve() },
      },
    );

    await expect(setUp().source.read(widget, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(source.read(widget, { signal: stopping.signal })).rejects.toBe(reason);
  });
});

describe('a list', () => {
  it('names the images without readings, because lists print rounded totals', async () => {
    const page = fixture('listing-org').replace('rel="next"', '').replace('https://github.com', 'https://github.test');
    const { source } = setUp({ 'https://github.test/orgs/acme-corp/packages?ecosystem=container&page=1': page });

    expect(await source.list('acme-corp')).toEqual({
      images: ['widget', 'charts/app', 'tool_2.x'].map((name) => ({ ref: { owner: 'acme-corp', name } })),
      expected: 3,
      complete: true,
      shortfall: undefined,
    });
  });
});

describe('the requests', () => {
  it('go to github.com slowly and to ghcr.io four times as often, and nowhere else', () => {
    const [github, registry] = setUp().http.policies;

    expect(github).toMatchObject({
      origins: ['https://github.test'],
      delayMs: 2000,
      jitter: 1.5,
      maxBytes: 4_194_304,
      cooldownMs: 1_800_000,
    });
    expect(registry).toEqual({ origins: ['https://ghcr.test'], delayMs: 500, maxBytes: 1_048_576 });
  });

  it('go to the public addresses when no others are configured, and only to the origin of one with a path', () => {
    const http = scriptedHttp({});
    const deps = { createHttpClient: http.createHttpClient, clock: { now: () => 0, sleep: () => Promise.resolve() } };

    ghcr.create({ targets: [], urls: {}, delayMs: 0 }, deps);
    ghcr.create({ targets: [], urls: { GITHUB_URL: 'http://proxy.test:8080/gh' }, delayMs: 0 }, deps);

    expect(http.policies.map(({ origins }) => origins[0])).toEqual([
      'https://github.com',
      'https://ghcr.io',
      'http://proxy.test:8080',
      'https://ghcr.io',
    ]);
  });

  it.each([
    [403, 'You have exceeded a secondary rate limit.', true],
    [403, 'Our Abuse Detection mechanism was triggered', true],
    [403, 'You are temporarily blocked', true],
    [429, 'secondary rate limit', true],
    [403, 'Forbidden', false],
    [200, 'How to avoid the secondary rate limit', false],
    [404, 'temporarily blocked', false],
  ])('take an answer %i that says "%s" for a rate limit: %s', (status, body, expected) => {
    expect(setUp().http.policies[0]?.isRateLimit?.(answer(status, body))).toBe(expected);
  });
});

describe('the descriptor', () => {
  it('tells how the registry is configured', () => {
    expect(ghcr.descriptor).toMatchObject({
      id: 'ghcr',
      title: 'GitHub Container Registry',
      variablePrefix: 'GHCR',
      nestedNames: true,
      urls: [
        { variable: 'GITHUB_URL', default: 'https://github.com' },
        { variable: 'GHCR_URL', default: 'https://ghcr.io' },
      ],
      delay: { defaultMs: 2000 },
    });
  });
});
