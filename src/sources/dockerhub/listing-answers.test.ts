/** Listings from answers that the simulator has no reason to give: private rows, lists that move, glitches, refusals. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFixedClock } from '../../../test/support/fixed-clock.ts';
import { AppError } from '../../core/model/errors.ts';
import { isPullCount } from '../../core/model/reading.ts';
import { failing, scriptedHttp, type Scripted } from '../testing/scripted-http.ts';
import { dockerHub } from './index.ts';

const hub = 'https://hub.test';
const loginUrl = `${hub}/v2/auth/token`;
const missing: Scripted = { status: 404, body: '{"message":"httperror 404: object not found","errinfo":{}}' };
const cutOff: Scripted = { status: 403, body: '{"message":"pagination offset too large for anonymous requests; sign in","errinfo":{}}' };

type Script = Readonly<Record<string, Scripted | readonly Scripted[]>>;

function pageUrl(pageNumber: number, ordering: string, size = 99): string {
  return `${hub}/v2/namespaces/acme/repositories?page_size=${size}&page=${pageNumber}&ordering=${ordering}`;
}

/** The same answers, page by page, whatever the ordering is. */
function everyOrdering(...pages: readonly Scripted[]): Script {
  const orderings = ['pull_count', '-pull_count', 'name', '-name', 'last_updated', '-last_updated'];
  return Object.fromEntries(orderings.flatMap((ordering) => pages.map((answer, index) => [pageUrl(index + 1, ordering), answer])));
}

/** Without `isLast` it is the last page where it has as many rows as there are. */
function page(count: number, results: readonly unknown[], isLast: boolean = results.length >= count): string {
  return JSON.stringify({ count, next: isLast ? null : 'https://alias.test/v2/next', previous: null, results });
}

/** The repositories from one rank up to before another; the first has the highest total. */
function ranked(from: number, to: number): readonly object[] {
  return Array.from({ length: to - from }, (_, index) => row(`app-${from + index}`, 10_000 - from - index));
}

function row(name: string, total: unknown = 1): object {
  return { namespace: 'acme', name, pull_count: total, last_updated: '2026-03-01T08:00:00.123456Z' };
}

function setUp(script: Script, login?: { readonly username: string; readonly token: string }) {
  const http = scriptedHttp(script);
  const source = dockerHub.create(
    { targets: [], urls: { DOCKERHUB_URL: hub }, delayMs: 500, login },
    { createHttpClient: http.createHttpClient, clock: createFixedClock('2026-11-23T10:00:00.000Z') },
  );
  return { http, source };
}

describe('an anonymous listing', () => {
  it('is not complete because a later page suddenly counts nothing', async () => {
    const glitch = page(0, []);
    const { source } = setUp(everyOrdering(page(150, ranked(0, 99)), glitch));

    const { images, expected, complete } = await source.list('acme');

    expect({ listed: images.length, expected, complete }).toEqual({ listed: 99, expected: 150, complete: false });
  });

  it('finds at the other end what moved between two pages', async () => {
    const { source, http } = setUp({
      [pageUrl(1, 'pull_count')]: page(150, ranked(0, 99)),
      [pageUrl(2, 'pull_count')]: page(150, ranked(100, 150), true),
      [pageUrl(1, '-pull_count')]: page(150, ranked(51, 150).toReversed()),
    });

    const { images, complete } = await source.list('acme');

    expect({ listed: images.length, complete, asked: http.requests.length }).toEqual({ listed: 150, complete: true, asked: 3 });
  });

  it('takes a list that became shorter meanwhile as read to its end', async () => {
    const { source } = setUp({ ...everyOrdering(page(100, ranked(0, 99)), missing), [pageUrl(1, '-pull_count')]: page(99, ranked(0, 99)) });

    const { images, shortfall } = await source.list('acme');

    expect(images).toHaveLength(99);
    expect(shortfall).toMatchObject({ code: 'invalid_response', message: expect.stringMatching(/^99 of 100 .*; the list changed/) });
  });

  it('does not ask for a page after the last, though it counts more', async () => {
    const { source, http } = setUp(everyOrdering(page(51, ranked(0, 50), true)));

    const { complete } = await source.list('acme');

    expect(complete).toBe(false);
    expect(http.urls().filter((url) => url.includes('page=2'))).toEqual([]);
  });

  it('that is cut off at every end says what would help', async () => {
    const { source, http } = setUp(everyOrdering(page(150, ranked(0, 99)), cutOff));

    const { complete, shortfall } = await source.list('acme');

    expect(complete).toBe(false);
    expect(shortfall).toMatchObject({
      code: 'unauthorized',
      message: expect.stringMatching(/^99 of 150 .* without login; set DOCKERHUB_/),
    });
    expect(http.urls()).not.toContain(pageUrl(2, '-pull_count'));
  });

  it.each([
    ['a 403 of another kind', { status: 403, body: '{"message":"blocked"}' }, 'unauthorized', 'blocked'],
    ['a 403 without a body', { status: 403 }, 'unauthorized', 'answered 403'],
    ['a rate limit', failing('rate_limited', 'hub.test limits the rate'), 'rate_limited', 'hub.test limits the rate'],
    ['a web page', '<html>', 'invalid_response', 'is not JSON'],
  ] satisfies [string, Scripted, string, string][])('ends with %s, keeps what was read and says so', async (_, answer, code, reason) => {
    const { source, http } = setUp(everyOrdering(page(150, ranked(0, 99)), answer));

    const { images, complete, shortfall } = await source.list('acme');

    expect({ listed: images.length, complete, asked: http.requests.length }).toEqual({ listed: 99, complete: false, asked: 2 });
    expect(shortfall).toMatchObject({ code, message: expect.stringMatching(/^99 of 150 repositories could be listed: /) });
    expect(shortfall?.message).toContain(reason);
    expect(shortfall?.message).not.toContain('without login');
  });

  it('keeps the pages of one end when the other one fails', async () => {
    const { source } = setUp({
      ...everyOrdering(page(250, ranked(0, 99)), page(250, ranked(99, 198))),
      [pageUrl(1, '-pull_count')]: new AppError('rate_limited', 'slow down', { retryAfterMs: 60_000 }),
    });

    const { images, shortfall } = await source.list('acme');

    expect(images).toHaveLength(198);
    expect(shortfall).toMatchObject({ code: 'rate_limited', retryAfterMs: 60_000 });
  });

  it('counts a row that cannot be used once, however often it is seen', async () => {
    const { source } = setUp({
      [pageUrl(1, 'pull_count')]: page(250, [...ranked(0, 98), 7]),
      [pageUrl(2, 'pull_count')]: page(250, [...ranked(98, 196), 7]),
      [pageUrl(1, '-pull_count')]: page(250, [...ranked(151, 249).toReversed(), 7]),
    });

    const { images, shortfall } = await source.list('acme');

    expect(images).toHaveLength(249);
    expect(shortfall?.message).toBe('249 of 250 repositories could be listed; 1 row could not be used');
  });

  it.each([
    ['no row can be used', page(2, [7, { name: 'app' }]), /^0 of 2 repositories could be listed; 2 rows could not be used$/],
    ['there are no rows though it counts some', page(5, []), /^0 of 5 repositories could be listed; the list changed/],
  ])('fails when %s, instead of listing nothing', async (_, answer, message) => {
    const { source } = setUp(everyOrdering(answer));

    await expect(source.list('acme')).rejects.toMatchObject({ code: 'invalid_response', message: expect.stringMatching(message) });
  });

  it('keeps a total that was read when the same repository comes again without one', async () => {
    const { source } = setUp(everyOrdering(page(3, [row('app', 5), row('app', null), row('web', null), row('web', 6)])));

    const { images } = await source.list('acme');

    expect(images.map(({ reading }) => reading?.pullCount)).toEqual([5, 6]);
  });

  it('fails when its very first page is refused, for that is no matter of offsets', async () => {
    const { source, http } = setUp(everyOrdering(cutOff));

    await expect(source.list('acme')).rejects.toMatchObject({ code: 'unauthorized', message: expect.stringContaining('offset too large') });
    expect(http.requests).toHaveLength(1);
  });

  it('takes the names in any letter case as the same', async () => {
    const { source } = setUp(everyOrdering(page(1, [{ namespace: 'Acme', name: 'App', pull_count: 3, last_updated: null }])));

    const { images } = await source.list('acme');

    expect(images).toMatchObject([{ ref: { owner: 'acme', name: 'app' }, reading: { repo: 'acme/app', pullCount: 3 } }]);
  });
});

describe('a listing with login', () => {
  const login = { username: 'acme', token: 'dckr_pat_secret' };
  const access = { [loginUrl]: '{"access_token":"first"}' };

  it('leaves private repositories out and is complete without them', async () => {
    const rows = [row('app'), { ...row('secret'), is_private: true }, row('web')];
    const { source } = setUp({ ...access, [pageUrl(1, 'name', 100)]: page(3, rows) }, login);

    const { images, expected, complete, shortfall } = await source.list('acme');

    expect(images.map(({ ref }) => ref.name)).toEqual(['app', 'web']);
    expect({ expected, complete, shortfall }).toEqual({ expected: 2, complete: true, shortfall: undefined });
  });

  it('of an owner with private repositories only is not_found', async () => {
    const { source } = setUp({ ...access, [pageUrl(1, 'name', 100)]: page(1, [{ ...row('secret'), is_private: true }]) }, login);

    await expect(source.list('acme')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('says that the login is refused, also where that happens after the first page', async () => {
    const { source } = setUp(
      {
        [loginUrl]: ['{"access_token":"first"}', { status: 401 }],
        [pageUrl(1, 'name', 100)]: page(150, ranked(0, 100)),
        [pageUrl(2, 'name', 100)]: { status: 401 },
      },
      login,
    );

    const { images, shortfall } = await source.list('acme');

    expect(images).toHaveLength(100);
    expect(shortfall).toMatchObject({ code: 'unauthorized', message: expect.stringContaining('Docker Hub refused the login: check') });
  });

  it('takes a refused offset as the failure that it then is', async () => {
    const pages = { [pageUrl(1, 'name', 100)]: page(150, ranked(0, 100)), [pageUrl(2, 'name', 100)]: cutOff };
    const { source } = setUp({ ...access, ...pages }, login);

    const { shortfall } = await source.list('acme');

    expect(shortfall).toMatchObject({ code: 'unauthorized', message: expect.stringContaining('pagination offset too large') });
  });

  it('ends at an empty page, whatever the count says', async () => {
    const pages = { [pageUrl(1, 'name', 100)]: page(900, ranked(0, 100)), [pageUrl(2, 'name', 100)]: page(900, []) };
    const { source } = setUp({ ...access, ...pages }, login);

    const { images, shortfall } = await source.list('acme');

    expect(images).toHaveLength(100);
    expect(shortfall?.message).toMatch(/^100 of 900 repositories could be listed; the list changed/);
  });

  it('ends after 50 pages and says so', async () => {
    const pages = Array.from({ length: 50 }, (_, index) => [
      pageUrl(index + 1, 'name', 100),
      page(7000, ranked(index * 100, index * 100 + 100)),
    ]);
    const { source, http } = setUp({ ...access, ...Object.fromEntries(pages) }, login);

    const { images, shortfall } = await source.list('acme');

    expect(images).toHaveLength(5000);
    expect(http.requests).toHaveLength(51);
    expect(shortfall?.message).toBe('5000 of 7000 repositories could be listed; no more than 5000 are read, name the others');
  });
});

describe('a listing, whatever Docker Hub answers,', () => {
  const total = fc.oneof(fc.nat(), fc.constantFrom(null, -1, 0.5, 2 ** 53, '7', undefined));
  const name = fc.oneof(fc.stringMatching(/^[a-z0-9]{1,3}$/), fc.string());
  const anyRow = fc.oneof(fc.record({ namespace: fc.constant('acme'), name, pull_count: total }), fc.jsonValue());
  const anyPage = fc.record({ count: fc.oneof(fc.nat(300), fc.jsonValue()), results: fc.oneof(fc.array(anyRow), fc.jsonValue()) });
  const answer: fc.Arbitrary<Scripted> = fc.oneof(
    anyPage.map((value) => JSON.stringify(value)),
    fc.string(),
    fc.record({ status: fc.constantFrom(400, 401, 403, 404), body: fc.oneof(fc.string(), fc.json()) }),
  );

  it('throws nothing but AppError, and lists each name once, with a total that is one or with none', async () => {
    await fc.assert(
      fc.asyncProperty(answer, answer, async (first, second) => {
        const { source } = setUp(everyOrdering(first, second));

        const { images, complete, shortfall, error } = await source.list('acme').then(
          (listing) => ({ ...listing, error: undefined }),
          (thrown: unknown) => ({ images: [], complete: false, shortfall: thrown, error: thrown }),
        );

        expect(error === undefined || error instanceof AppError).toBe(true);
        expect(new Set(images.map(({ ref }) => ref.name)).size).toBe(images.length);
        expect(images.every(({ reading }) => reading === undefined || isPullCount(reading.pullCount))).toBe(true);
        expect(complete).toBe(shortfall === undefined);
      }),
    );
  });
});
