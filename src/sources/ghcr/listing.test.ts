import { describe, expect, it } from 'vitest';
import type { Listing } from '../../core/model/reading.ts';
import { fixture } from './fixture.ts';
import { createPackageLister } from './listing.ts';
import { failing, scriptedHttp, type Scripted } from '../testing/scripted-http.ts';

const notFound = { status: 404, body: '<html>Not Found</html>' };
const pastTheEnd = fixture('listing-empty');

const orgUrl = (number: number, owner = 'acme'): string => `https://github.test/orgs/${owner}/packages?ecosystem=container&page=${number}`;
const userUrl = (number: number, owner = 'acme'): string => `https://github.test/${owner}?tab=packages&ecosystem=container&page=${number}`;

const names = (count: number, from = 0): string[] => Array.from({ length: count }, (_, at) => `app-${from + at}`);

interface PageFields {
  readonly printed?: string;
  readonly next?: boolean;
  readonly kind?: 'orgs' | 'users';
}

function page(
  packages: readonly string[],
  { printed = `${packages.length} packages`, next = false, kind = 'orgs' }: PageFields = {},
): string {
  const rows = packages.map((name) => `<li><a href="/${kind}/Acme/packages/container/package/${name}">${name}</a> 1.2k</li>`);
  const link = next ? '<a rel="next" href="/orgs/Acme/packages?page=2">Next</a>' : '<span>Next</span>';
  return `<html><body>${printed === '' ? '' : `<h3>${printed}</h3>`}<ul>${rows.join('')}</ul><div>${link}</div></body></html>`;
}

function listing(script: Readonly<Record<string, Scripted | readonly Scripted[]>>) {
  const http = scriptedHttp(script);
  const lister = createPackageLister({ get: (url, signal) => http.request(url, { signal }), baseUrl: 'https://github.test' });
  return { http, list: (signal?: AbortSignal) => lister.list('acme', signal) };
}

function namesOf(result: Listing): string[] {
  return result.images.map(({ ref }) => ref.name);
}

describe('the packages of an owner', () => {
  it('are listed for an organization of one page with one request', async () => {
    const { http, list } = listing({ [orgUrl(1)]: page(['app', 'charts%2Fapp']) });

    expect(await list()).toEqual({
      images: [{ ref: { owner: 'acme', name: 'app' } }, { ref: { owner: 'acme', name: 'charts/app' } }],
      expected: 2,
      complete: true,
      shortfall: undefined,
    });
    expect(http.urls()).toEqual([orgUrl(1)]);
  });

  it('are listed for a user when there is no such organization, and the next time at once', async () => {
    const { http, list } = listing({ [orgUrl(1)]: notFound, [userUrl(1)]: page(['app'], { kind: 'users' }) });

    expect(namesOf(await list())).toEqual(['app']);
    expect(await list()).toMatchObject({ complete: true });
    expect(http.urls()).toEqual([orgUrl(1), userUrl(1), userUrl(1)]);
  });

  it('are looked for again as an organization when a known user is gone', async () => {
    const { list } = listing({
      [orgUrl(1)]: [notFound, page(['app'])],
      [userUrl(1)]: [page(['app'], { kind: 'users' }), notFound],
    });
    await list();

    expect(await list()).toMatchObject({ complete: true, expected: 1 });
  });

  it('are looked for again as an organization in the next cycle when a known user leads to a profile', async () => {
    const { list } = listing({
      [orgUrl(1)]: [notFound, page(['app'])],
      [userUrl(1)]: [page(['app'], { kind: 'users' }), fixture('profile')],
    });
    await list();

    await expect(list()).rejects.toMatchObject({ code: 'invalid_response' });
    expect(namesOf(await list())).toEqual(['app']);
  });

  it('are those of all pages until there is no next', async () => {
    const { http, list } = listing({
      [orgUrl(1)]: page(names(30), { next: true }),
      [orgUrl(2)]: page(names(30, 30), { next: true }),
      [orgUrl(3)]: page(names(5, 60)),
    });

    const result = await list();

    expect(namesOf(result)).toEqual(names(65));
    // Each page prints its own number only: no total is known.
    expect(result).toMatchObject({ complete: true, expected: undefined });
    expect(http.urls()).toEqual([orgUrl(1), orgUrl(2), orgUrl(3)]);
  });

  it('are asked for past a full page without a link to the next', async () => {
    const { list } = listing({ [orgUrl(1)]: page(names(30)), [orgUrl(2)]: page(names(3, 30)) });
    const exactly = listing({ [orgUrl(1)]: page(names(30)), [orgUrl(2)]: pastTheEnd });

    expect(await list()).toMatchObject({ complete: true, images: { length: 33 } });
    expect(await exactly.list()).toMatchObject({ complete: true, images: { length: 30 }, expected: 30 });
  });

  it('may change pages while they are read', async () => {
    const { list } = listing({
      [orgUrl(1)]: page(names(30), { printed: '33 packages', next: true }),
      [orgUrl(2)]: page([...names(2, 28), ...names(3, 30)], { printed: '33 packages' }),
    });

    const result = await list();

    expect(namesOf(result)).toEqual(names(33));
    expect(result).toMatchObject({ complete: true, expected: 33 });
  });

  it('are not complete when one is on two pages: the list changed between them, and another may be on none', async () => {
    const { list } = listing({
      [orgUrl(1)]: page(names(30), { next: true }),
      [orgUrl(2)]: page(['app-29', ...names(3, 31)]),
    });

    const result = await list();

    expect(namesOf(result)).toEqual([...names(30), ...names(3, 31)]);
    expect(result).toMatchObject({
      complete: false,
      shortfall: {
        code: 'invalid_response',
        message: expect.stringContaining('the list changed while it was read: app-29 is on two of its pages'),
      },
    });
  });

  it('are complete when a row is printed twice on one page', async () => {
    const { list } = listing({ [orgUrl(1)]: page(['p01', 'p02', 'p02']) });
    const { list: listLong, http } = listing({ [orgUrl(1)]: page([...names(29), 'app-28']), [orgUrl(2)]: page(names(2, 29)) });

    expect(await list()).toMatchObject({ complete: true, expected: 2, images: { length: 2 }, shortfall: undefined });
    expect(await listLong()).toMatchObject({ complete: true, images: { length: 31 } });
    expect(http.requests).toHaveLength(2);
  });

  it('are not complete when a heading counts more packages than rows that are printed twice', async () => {
    const { list } = listing({ [orgUrl(1)]: page(['p01', 'p02', 'p02'], { printed: '4 packages' }) });

    expect(await list()).toMatchObject({ complete: false, expected: 3, shortfall: { message: '2 of 3 packages could be listed' } });
  });

  it('are not complete when the headings print more than could be listed', async () => {
    const { list } = listing({
      [orgUrl(1)]: page(names(30), { printed: '1,165 packages', next: true }),
      [orgUrl(2)]: page(names(5, 30), { printed: '1,165 packages' }),
    });

    expect(await list()).toMatchObject({
      complete: false,
      expected: 1165,
      shortfall: { code: 'invalid_response', message: '35 of 1165 packages could be listed' },
    });
  });

  it.each([
    [
      'fails',
      failing('unreachable', 'github.test answered 503'),
      'unreachable',
      '30 packages were listed, then page 2 failed: github.test answered 503',
    ],
    ['is refused for a while', failing('rate_limited', 'slow down'), 'rate_limited', 'slow down'],
    ['is refused', { status: 403 }, 'unauthorized', 'answered 403'],
    ['is not there', notFound, 'invalid_response', 'answered 404'],
    ['is a profile', fixture('profile'), 'invalid_response', 'prints no number of packages'],
    ['prints packages and has none', page([], { printed: '5 packages' }), 'invalid_response', 'links none'],
    ['repeats the first and links a next', page(names(30), { next: true }), 'invalid_response', 'repeats earlier ones'],
  ] satisfies [string, Scripted, string, string][])('are kept when a later page %s', async (_what, second, code, message) => {
    const { list } = listing({ [orgUrl(1)]: page(names(30), { next: true }), [orgUrl(2)]: second });

    const result = await list();

    expect(namesOf(result)).toEqual(names(30));
    expect(result.complete).toBe(false);
    expect(result.shortfall).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('are not complete when a name cannot be used, or a page does not say how many there are', async () => {
    const unusable = listing({ [orgUrl(1)]: page(['app', '%3Cb%3E']) });
    const uncounted = listing({ [orgUrl(1)]: page(['app'], { printed: '' }) });

    expect(await unusable.list()).toMatchObject({
      complete: false,
      images: { length: 1 },
      shortfall: { code: 'invalid_response', message: '1 of 2 packages could be listed, the others have names that cannot be used' },
    });
    expect(await uncounted.list()).toMatchObject({
      complete: false,
      images: { length: 1 },
      shortfall: { code: 'invalid_response', message: '1 packages could be listed, but GitHub does not say how many there are' },
    });
  });

  it('are not asked for past 50 pages', async () => {
    const pages = Array.from({ length: 60 }, (_, at) => [orgUrl(at + 1), page([`app-${at}`], { next: true })] as const);
    const { http, list } = listing(Object.fromEntries(pages));

    expect(await list()).toMatchObject({ complete: false, images: { length: 50 }, shortfall: { code: 'invalid_response' } });
    expect(http.requests).toHaveLength(50);
  });
});

describe('the list of an owner fails', () => {
  it.each([
    ['not_found when there is no such owner', { [orgUrl(1)]: notFound, [userUrl(1)]: notFound }, 'not_found', 'no such owner'],
    ['not_found without public packages', { [orgUrl(1)]: pastTheEnd }, 'not_found', 'no public container packages'],
    ['unauthorized when it wants a login', { [orgUrl(1)]: { status: 401 } }, 'unauthorized', 'answered 401'],
    ['unauthorized when it is refused', { [orgUrl(1)]: { status: 403 } }, 'unauthorized', 'answered 403'],
    ['invalid_response on an odd answer', { [orgUrl(1)]: { status: 400 } }, 'invalid_response', 'answered 400'],
    ['invalid_response on a profile', { [orgUrl(1)]: notFound, [userUrl(1)]: fixture('profile') }, 'invalid_response', 'prints no number'],
    ['as the request fails', { [orgUrl(1)]: failing('unreachable', 'no route') }, 'unreachable', 'no route'],
  ] satisfies [string, Record<string, Scripted>, string, string][])('as %s', async (_what, script, code, message) => {
    await expect(listing(script).list()).rejects.toMatchObject({ name: 'AppError', code, message: expect.stringContaining(message) });
  });

  it('as invalid_response when GitHub answers 404 for an owner that it listed before', async () => {
    const { list } = listing({ [orgUrl(1)]: [page(['app']), notFound], [userUrl(1)]: notFound });
    await list();

    await expect(list()).rejects.toMatchObject({
      code: 'invalid_response',
      message: 'GitHub answered 404 for the list of packages, which it showed before',
    });
  });

  it('with the reason of its signal when it is stopped between two pages', async () => {
    const stopping = new AbortController();
    const reason = new Error('stop');
    const http = scriptedHttp({ [orgUrl(1)]: page(names(30), { next: true }) });
    const lister = createPackageLister({
      async get(url, signal) {
        if (url === orgUrl(2)) stopping.abort(reason);
        return http.request(url, { signal });
      },
      baseUrl: 'https://github.test',
    });

    await expect(lister.list('acme', stopping.signal)).rejects.toBe(reason);
  });
});
