import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFixedClock } from '../../../test/support/fixed-clock.ts';
import { AppError } from '../../core/model/errors.ts';
import { failing, scriptedHttp, type Scripted } from '../testing/scripted-http.ts';
import { dockerHub } from './index.ts';

const now = '2026-11-23T10:00:00.000Z';
const hub = 'https://hub.test/mirror';
const repoUrl = `${hub}/v2/namespaces/acme/repositories/app`;
const loginUrl = `${hub}/v2/auth/token`;
const app = { owner: 'acme', name: 'app' };

function tagsUrl(number: number): string {
  return `${repoUrl}/tags?page_size=100&page=${number}&ordering=last_updated`;
}

const repository = { namespace: 'acme', name: 'app', pull_count: 11_391_000_431, last_updated: '2026-03-01T08:00:00.123456Z' };
const tag = {
  name: 'latest',
  last_updated: '2026-03-01T08:00:00.123456789Z',
  digest: 'sha256:1111',
  full_size: 28_311_552,
  tag_status: 'active',
  images: [
    { architecture: 'amd64', os: 'linux', variant: null, digest: 'sha256:2222', size: 28_311_552 },
    { architecture: 'arm64', os: 'linux', variant: 'v8', digest: 'sha256:3333', size: 27_000_000 },
    { architecture: 'unknown', os: 'unknown', variant: null, digest: 'sha256:4444', size: 1024 },
  ],
};

/** Without `isLast` it is the last page where it has as many rows as there are. */
function page(count: number, results: readonly unknown[], isLast: boolean = results.length >= count): string {
  return JSON.stringify({ count, next: isLast ? null : `${hub}/v2/next`, previous: null, results });
}

/** Tags in a row, the newest first. */
function tagRows(from: number, count: number): object[] {
  return Array.from({ length: count }, (_, n) => {
    const moment = new Date(Date.parse('2026-03-01T00:00:00Z') - (from + n) * 60_000).toISOString();
    return { ...tag, name: `v${from + n}`, last_updated: moment };
  });
}

const good = { [repoUrl]: JSON.stringify(repository), [tagsUrl(1)]: page(1, [tag]) };

function setUp(
  script: Readonly<Record<string, Scripted | readonly Scripted[]>> = good,
  login?: { readonly username: string; readonly token: string },
) {
  const http = scriptedHttp(script);
  const clock = createFixedClock(now, { manual: true });
  const source = dockerHub.create(
    { targets: [], urls: { DOCKERHUB_URL: hub }, delayMs: 500, login },
    { createHttpClient: http.createHttpClient, clock },
  );
  return { http, source, clock };
}

describe('a read', () => {
  it('gives the total, and the tags with their platforms, without attestations', async () => {
    const { http, source } = setUp();

    const { reading, flaw } = await source.read(app);

    expect(flaw).toBeUndefined();
    expect(reading).toEqual({
      registry: 'dockerhub',
      repo: 'acme/app',
      pullCount: 11_391_000_431,
      readAt: now,
      lastUpdated: '2026-03-01T08:00:00.123456Z',
      tagCount: 1,
      tags: [
        {
          name: 'latest',
          lastUpdated: '2026-03-01T08:00:00.123456789Z',
          digest: 'sha256:1111',
          fullSize: 28_311_552,
          platforms: [
            { architecture: 'amd64', os: 'linux', variant: undefined, digest: 'sha256:2222', size: 28_311_552 },
            { architecture: 'arm64', os: 'linux', variant: 'v8', digest: 'sha256:3333', size: 27_000_000 },
          ],
        },
      ],
    });
    expect(http.policies).toEqual([{ origins: ['https://hub.test'], delayMs: 500, maxBytes: 1_048_576 }]);
  });

  it('asks only for the tags when a listing has told the total', async () => {
    const { http, source } = setUp({ [tagsUrl(1)]: page(0, []) });
    const listed = { registry: 'dockerhub', repo: 'acme/app', pullCount: 5, readAt: now };

    const { reading } = await source.read(app, { listed });

    expect(reading).toEqual({ ...listed, tags: [], tagCount: 0 });
    expect(http.urls()).toEqual([tagsUrl(1)]);
  });

  it('takes a total of 0, and an image that was never pushed', async () => {
    const { source } = setUp({ ...good, [repoUrl]: JSON.stringify({ ...repository, pull_count: 0, last_updated: null }) });

    const { reading } = await source.read(app);

    expect(reading).toMatchObject({ pullCount: 0 });
    expect(reading.lastUpdated).toBeUndefined();
  });

  it.each([
    ['absent', { namespace: 'acme', name: 'app' }],
    ['null', { ...repository, pull_count: null }],
    ['negative', { ...repository, pull_count: -1 }],
    ['a fraction', { ...repository, pull_count: 1.5 }],
    ['a text', { ...repository, pull_count: '12' }],
    ['beyond 2^53', { ...repository, pull_count: 2 ** 53 }],
  ])('fails as a change of the format when pull_count is %s', async (_, body) => {
    const { source } = setUp({ ...good, [repoUrl]: JSON.stringify(body) });

    await expect(source.read(app)).rejects.toMatchObject({
      code: 'invalid_response',
      message: 'acme/app has changed its shape: "pull_count" is not a whole number from 0 to 2^53 − 1',
    });
  });

  it.each([
    ['another repository', JSON.stringify({ ...repository, name: 'other' }), 'invalid_response'],
    ['something that is not JSON', '<html>', 'invalid_response'],
    ['a 404', { status: 404, body: '{"message":"httperror 404: object not found"}' }, 'not_found'],
    ['a 403', { status: 403, body: '{"message":"denied"}' }, 'unauthorized'],
    ['a 400', { status: 400, body: '' }, 'invalid_response'],
    ['a failing request', failing('rate_limited', 'slow down'), 'rate_limited'],
  ] satisfies [string, Scripted, string][])('fails when the answer is %s', async (_, answer, code) => {
    const { source } = setUp({ ...good, [repoUrl]: answer });

    await expect(source.read(app)).rejects.toMatchObject({ code });
  });

  it('throws nothing but AppError, whatever the body is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), fc.oneof(fc.string(), fc.json()), async (repo, tags) => {
        const { source } = setUp({ [repoUrl]: repo, [tagsUrl(1)]: tags, [tagsUrl(2)]: tags });
        const result: unknown = await source.read(app).catch((error: unknown) => error);
        expect(result).toBeInstanceOf(AppError);
      }),
    );
  });
});

describe('the tags', () => {
  it('are read page by page until all are there', async () => {
    const rows = Array.from({ length: 250 }, (_, n) => ({ ...tag, name: `v${n}` }));
    const { source } = setUp({
      ...good,
      [tagsUrl(1)]: page(250, rows.slice(0, 100)),
      [tagsUrl(2)]: page(250, rows.slice(100, 200)),
      [tagsUrl(3)]: page(250, rows.slice(200)),
    });

    const { reading } = await source.read(app);

    expect(reading.tags?.map(({ name }) => name)).toEqual(rows.map(({ name }) => name));
  });

  it('beyond the tenth page are not asked for without a login, yet counted', async () => {
    const pages = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [tagsUrl(n + 1), page(4000, tagRows(n * 100, 100))] as const));
    const { source } = setUp({ ...good, ...pages });

    const { reading, flaw } = await source.read(app);

    expect(reading).toMatchObject({ tagCount: 4000 });
    expect(reading.tags).toHaveLength(1000);
    expect(flaw).toBeUndefined();
  });

  it('that cannot be read are a flaw beside the total', async () => {
    const { source } = setUp({ ...good, [tagsUrl(1)]: failing('unreachable', 'hub.test answered 503') });

    const { reading, flaw } = await source.read(app);

    expect(reading.pullCount).toBe(11_391_000_431);
    expect(reading.tags).toBeUndefined();
    expect(flaw).toMatchObject({ code: 'unreachable', message: 'the tags could not be read: hub.test answered 503' });
  });

  it('of the pages before one that fails are kept, and it says how many', async () => {
    const { source } = setUp({ ...good, [tagsUrl(1)]: page(150, [tag]), [tagsUrl(2)]: failing('unreachable', 'cut') });

    const { reading, flaw } = await source.read(app);

    expect(reading).toMatchObject({ tagCount: 150, tags: [{ name: 'latest' }] });
    expect(flaw?.message).toBe('1 of 150 tags could be read: cut');
  });

  it.each([
    [
      'cut off at a smaller offset than was known',
      { status: 403, body: '{"message":"pagination offset too large for anonymous requests"}' },
    ],
    ['become fewer meanwhile', { status: 404, body: '{"message":"httperror 404: object not found"}' }],
  ] satisfies [string, Scripted][])('that are %s are no flaw: the newest are there, and their count', async (_, answer) => {
    const { source } = setUp({ ...good, [tagsUrl(1)]: page(150, [tag]), [tagsUrl(2)]: answer });

    const { reading, flaw } = await source.read(app);

    expect(reading).toMatchObject({ tagCount: 150, tags: [{ name: 'latest' }] });
    expect(flaw).toBeUndefined();
  });

  it('end at an empty page, and keep their count when that page says less', async () => {
    const { http, source } = setUp({ ...good, [tagsUrl(1)]: page(450, [tag]), [tagsUrl(2)]: [page(400, []), page(0, [])] });

    const first = await source.read(app);
    const second = await source.read(app);

    expect([first.reading.tagCount, second.reading.tagCount]).toEqual([450, 450]);
    expect(http.urls()).not.toContain(tagsUrl(3));
  });

  it.each([
    ['no row has the known shape', page(2, [7, { tag: 'latest' }])],
    ['there are no rows though it counts some', page(2, [])],
  ])('are a flaw, and not an empty list, when %s', async (_, answer) => {
    const { source } = setUp({ ...good, [tagsUrl(1)]: answer });

    const { reading, flaw } = await source.read(app);

    expect(reading).toMatchObject({ pullCount: 11_391_000_431, tagCount: 2 });
    expect(reading.tags).toBeUndefined();
    expect(flaw).toMatchObject({ code: 'invalid_response', message: 'none of the 2 tags could be read' });
  });

  it('of another shape are left out, and odd details too', async () => {
    const rows = [
      7,
      { name: '' },
      { name: 'old', images: null, digest: null, full_size: -1, last_updated: 5 },
      { ...tag, images: [null, { os: 'x' }] },
    ];
    const { source } = setUp({ ...good, [tagsUrl(1)]: page(4, rows) });

    const { reading } = await source.read(app);

    expect(reading.tags).toMatchObject([
      { name: 'old', platforms: [] },
      { name: 'latest', platforms: [] },
    ]);
    expect(reading.tags?.[0]).toMatchObject({ digest: undefined, fullSize: undefined, lastUpdated: undefined });
  });
});

describe('the login', () => {
  const login = { username: 'acme', token: 'dckr_pat_secret' };
  const signedIn = { ...good, [loginUrl]: [{ body: '{"access_token":"first"}' }, { body: '{"access_token":"second"}' }] };

  function bearers(http: ReturnType<typeof setUp>['http']): unknown[] {
    return http.requests.filter(({ url }) => url !== loginUrl).map(({ request }) => request.headers?.['Authorization']);
  }

  it('is asked for once and used for every request', async () => {
    const { http, source } = setUp(signedIn, login);

    await source.read(app);

    expect(http.requests[0]).toMatchObject({
      url: loginUrl,
      request: { method: 'POST', json: { identifier: 'acme', secret: 'dckr_pat_secret' } },
    });
    expect(bearers(http)).toEqual(['Bearer first', 'Bearer first']);
  });

  it('is renewed before its ten minutes are over', async () => {
    const { http, source, clock } = setUp(signedIn, login);
    await source.read(app);

    await clock.advance(9 * 60_000);
    await source.read(app);

    expect(bearers(http)).toEqual(['Bearer first', 'Bearer first', 'Bearer second', 'Bearer second']);
  });

  it('is renewed once when its token is not accepted any more', async () => {
    const { http, source } = setUp({ ...signedIn, [repoUrl]: [{ status: 401 }, JSON.stringify(repository)] }, login);

    const { reading } = await source.read(app);

    expect(reading.pullCount).toBe(11_391_000_431);
    expect(bearers(http)).toEqual(['Bearer first', 'Bearer second', 'Bearer second']);
  });

  it('that is refused is told for every image that is read without it, asked for again after half an hour, and shows no secret', async () => {
    const { http, source, clock } = setUp({ ...good, [loginUrl]: { status: 401, body: '{"detail":"bad dckr_pat_secret"}' } }, login);
    const logins = (): number => http.urls().filter((url) => url === loginUrl).length;

    const reads = [await source.read(app), await source.read(app)];
    await clock.advance(29 * 60_000);
    await source.read(app);
    const asked = logins();
    await clock.advance(60_000);
    await source.read(app);

    for (const { reading, flaw } of reads) {
      expect(reading.pullCount).toBe(11_391_000_431);
      expect(flaw).toMatchObject({
        code: 'unauthorized',
        message: 'Docker Hub refused the login: check DOCKERHUB_USERNAME and DOCKERHUB_TOKEN (bad [hidden]); images are read without it',
      });
    }
    expect([asked, logins()]).toEqual([1, 2]);
    expect(bearers(http)).toEqual(Array.from({ length: 8 }, () => undefined));
  });

  it('is one for all who ask at the same time', async () => {
    const { http, source } = setUp(signedIn, login);

    await Promise.all([source.read(app), source.read(app), source.read(app)]);

    expect(http.urls().filter((url) => url === loginUrl)).toHaveLength(1);
  });

  it('that shows its own secret in another form is hidden as well', async () => {
    const { source } = setUp(
      { ...good, [loginUrl]: { status: 403, body: '{"detail":"no hunter2 here"}' } },
      { ...login, token: 'hunter2' },
    );

    const { flaw } = await source.read(app);

    expect(flaw?.message).toContain('no [hidden] here');
  });
});
