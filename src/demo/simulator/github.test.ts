import { afterEach, describe, expect, it } from 'vitest';
import { createFixedClock, type FixedClock } from '../../../test/support/fixed-clock.ts';
import type { GithubQuirks } from './github-quirks.ts';
import { startSimulator, type Simulator } from './index.ts';
import {
  addDownloads,
  deleteVersion,
  freeze,
  thaw,
  emptyWorld,
  ghcrPackage,
  ghcrVersion,
  lastDays,
  totalDownloads,
  type GhcrOwner,
  type GhcrPackage,
} from './world.ts';

let simulator: Simulator;

afterEach(async () => {
  await simulator.close();
});

async function startGithub(...owners: GhcrOwner[]): Promise<void> {
  const clock = createFixedClock('2026-03-14T12:00:00.000Z');
  simulator = await startSimulator({ world: { ...emptyWorld(), ghcr: owners }, clock });
}

async function ask(path: string): Promise<{ status: number; location: string | null; body: string }> {
  const answer = await fetch(simulator.githubUrl + path, { redirect: 'manual' });
  return { status: answer.status, location: answer.headers.get('location'), body: await answer.text() };
}

function user(...packages: GhcrPackage[]): GhcrOwner {
  return { login: 'Octo-User', kind: 'user', packages };
}

function organization(...packages: GhcrPackage[]): GhcrOwner {
  return { login: 'Acme-Corp', kind: 'organization', packages };
}

function plain(name: string, downloads = 1, more: Partial<GhcrPackage> = {}): GhcrPackage {
  return ghcrPackage({ name, versions: [ghcrVersion({ id: 7, downloads })], ...more });
}

function manyPackages(count: number): GhcrPackage[] {
  return Array.from({ length: count }, (_, index) => plain(`pkg-${index}`, 10_000 - index));
}

function linkedNames(page: string): string[] {
  return [...page.matchAll(/href="\/(?:orgs|users)\/[^/]+\/packages\/container\/package\/([^"]+)"/g)].map(([, name = '']) => name);
}

function versioned(): GhcrPackage {
  const versions = Array.from({ length: 7 }, (_, index) =>
    ghcrVersion({ id: 100 + index, tags: [`1.${index}`], downloads: 2000 + index, publishedAt: `2026-02-0${index + 1}T09:06:03Z` }),
  );
  versions.push(ghcrVersion({ id: 107, tags: ['1.7', 'latest'], downloads: 323, publishedAt: '2026-03-13T09:06:03Z' }));
  versions.push(ghcrVersion({ id: 108, downloads: 16, publishedAt: '2026-03-13T09:06:03Z' }));
  return ghcrPackage({ name: 'app', versions, daily: lastDays('2026-03-14', [4, 0, 12]) });
}

describe('the simulated list of packages', () => {
  const orgs = '/orgs/acme-corp/packages?ecosystem=container';
  const users = '/octo-user?tab=packages&ecosystem=container';

  it('has 30 packages a page, most downloads first, and the number of this page as its heading', async () => {
    await startGithub(organization(...manyPackages(61).toReversed()));

    const [first, second, third, fourth] = await Promise.all([1, 2, 3, 4].map(async (page) => (await ask(`${orgs}&page=${page}`)).body));

    expect(linkedNames(first ?? '')).toEqual(manyPackages(30).map(({ name }) => name));
    expect(first).toContain('<div id="org-packages">');
    expect(first).toContain('</svg>30 packages</h3>');
    expect(first?.match(/rel="next" href="\/orgs\/Acme-Corp\/packages\?ecosystem=container&amp;page=2"/g)).toHaveLength(2);
    expect(linkedNames(second ?? '')).toHaveLength(30);
    expect(third).toContain('</svg>1 package</h3>');
    expect(third).not.toContain('rel="next"');
    expect(fourth).toContain('</svg>0 packages</h3>');
    expect(fourth).toContain('No results matched your search.');
    expect(linkedNames(fourth ?? '')).toEqual([]);
  });

  it('writes the owner in its registered case, a nested name as one segment, and a rounded count', async () => {
    await startGithub(organization(plain('charts/app', 1234)));

    const { body } = await ask(orgs);

    expect(body).toContain('title="charts/app" href="/orgs/Acme-Corp/packages/container/package/charts%2Fapp"');
    expect(body).toContain(' 1.2k</span>');
    expect(body).toContain('<div class="paginate-container"></div>');
  });

  it('keeps private packages and other ecosystems out', async () => {
    await startGithub(organization(plain('open'), plain('secret', 1, { private: true })));

    expect(linkedNames((await ask(orgs)).body)).toEqual(['open']);
    expect(linkedNames((await ask('/orgs/acme-corp/packages?ecosystem=npm')).body)).toEqual([]);
  });

  it('is at the address of organizations for organizations only', async () => {
    await startGithub(user(plain('tool')), organization());

    expect(await ask('/orgs/octo-user/packages?ecosystem=container')).toMatchObject({ status: 404, location: null });
    expect(await ask('/orgs/nobody/packages?ecosystem=container')).toMatchObject({ status: 404, location: null });
    expect((await ask('/orgs/octo-user/packages?ecosystem=container')).body).toContain('<html');
    expect((await ask(orgs)).body).toContain('</svg>0 packages</h3>');
    expect(simulator.unknownRequests).toEqual([]);
  });

  it('is a tab of the account for users; an organization leads to its profile, which links no package', async () => {
    await startGithub(user(plain('tool', 17, { repo: 'tool' })), organization(plain('app')));

    const own = await ask(users);
    const redirect = await ask('/acme-corp?tab=packages&ecosystem=container');
    const profile = await ask(redirect.location ?? '');

    expect(own.body).toContain('<div id="user-packages-list">');
    expect(linkedNames(own.body)).toEqual(['tool']);
    expect(redirect).toMatchObject({ status: 302, location: '/Acme-Corp' });
    expect(profile.status).toBe(200);
    expect(linkedNames(profile.body)).toEqual([]);
    expect(profile.body).not.toContain(' packages</h3>');
    expect(await ask('/nobody?tab=packages')).toMatchObject({ status: 404 });
  });
});

describe('the address of a simulated package', () => {
  it.each(['charts%2Fapp', 'charts%2fapp'])('takes a nested name as %s', async (segment) => {
    await startGithub(user(plain('charts/app')));

    expect(await ask(`/users/octo-user/packages/container/package/${segment}`)).toMatchObject({ status: 200 });
  });

  it('leads on to the repository of a linked package, of users and organizations', async () => {
    await startGithub(user(plain('charts/app', 1, { repo: 'mono' })), organization(plain('app', 1, { repo: 'app' })));

    const ofUser = await ask('/users/OCTO-USER/packages/container/package/charts%2Fapp');

    expect(ofUser).toMatchObject({ status: 302, location: '/Octo-User/mono/pkgs/container/charts%2Fapp' });
    expect(await ask(ofUser.location ?? '')).toMatchObject({ status: 200, body: expect.stringContaining('title="1"') });
    expect(await ask('/users/acme-corp/packages/container/package/app')).toMatchObject({ location: '/Acme-Corp/app/pkgs/container/app' });
    expect(await ask('/Octo-User/other/pkgs/container/charts%2Fapp')).toMatchObject({ status: 404 });
  });

  it('leads on to the form of organizations for what is linked to no repository', async () => {
    await startGithub(organization(plain('app', 5)));

    const { status, location } = await ask('/users/acme-corp/packages/container/package/app');

    expect({ status, location }).toEqual({ status: 302, location: '/orgs/Acme-Corp/packages/container/package/app' });
    expect(await ask(location ?? '')).toMatchObject({ status: 200 });
  });

  it('is not found for what is private, missing or of no one, always with a web page', async () => {
    await startGithub(user(plain('secret', 1, { private: true }), plain('tool')));

    for (const path of [
      'octo-user/packages/container/package/secret',
      'octo-user/packages/container/package/none',
      'nobody/packages/container/package/tool',
    ]) {
      expect(await ask(`/users/${path}`)).toMatchObject({ status: 404, body: expect.stringContaining('<html') });
    }
    expect(await ask('/orgs/octo-user/packages/container/package/tool')).toMatchObject({ status: 404 });
    expect(simulator.unknownRequests).toEqual([]);
  });

  it('is unknown with a nested name in two segments', async () => {
    await startGithub(user(plain('charts/app')));
    const path = '/users/octo-user/packages/container/package/charts/app';

    expect(await ask(path)).toMatchObject({ status: 404, body: '404: Page Not Found' });
    expect(simulator.unknownRequests).toMatchObject([{ server: 'github', path }]);
  });
});

describe('the simulated page of a package', () => {
  const path = '/users/octo-user/packages/container/package/app';

  it('has the exact sum of all versions as a title, and a rounded text', async () => {
    const shown = versioned();
    await startGithub(user(shown));

    const { body } = await ask(path);

    expect(totalDownloads(shown)).toBe(14_360);
    expect(body).toMatch(
      /<span class="d-block color-fg-muted text-small (tmp-)?mb-1">Total downloads<\/span>\s*<h3 title="14360">14\.4K<\/h3>/,
    );
  });

  it('moves on with the downloads', async () => {
    const shown = versioned();
    await startGithub(user(shown));

    addDownloads(shown, 5, '2026-03-14');

    const { body } = await ask(path);
    expect(body).toContain('<h3 title="14365">');
    expect(body).toContain('data-merge-count="9"');
  });

  it('has the label in a comment and in scripts too, and issues in the same shape when it is linked', async () => {
    const linked = { ...versioned(), repo: 'app', issues: 14_360 };
    await startGithub(user(linked));

    const { body } = await ask('/Octo-User/app/pkgs/container/app');

    expect(body.match(/Total downloads/g)).toHaveLength(4);
    expect(body).toMatch(/<!-- Total downloads <h3/);
    expect(body).toMatch(/Issues<\/span>\s*<h3 title="14360">/);
    expect((await ask(path)).status).toBe(302);
  });

  it('writes the last push in Pacific time, in winter and in summer, its label with a doubled space and line breaks', async () => {
    const winter = versioned();
    const summer = ghcrPackage({ name: 'july', versions: [ghcrVersion({ id: 1, downloads: 0, publishedAt: '2025-07-04T01:00:00Z' })] });
    await startGithub(user(winter, summer));

    const { body } = await ask('/users/octo-user/packages/container/package/july');

    expect(body).toMatch(/<span {2}class="[^"]*">\s*\n\s*Last published\s*\n\s*<\/span>\s*<h3 title="2025-07-03T18:00:00-07:00">/);
    expect(body).toContain('<h3 title="0">0</h3>');
    winter.versions.push(ghcrVersion({ id: 200, downloads: 0, publishedAt: '2026-03-01T01:00:00Z' }));
    expect((await ask(path)).body).toContain('<h3 title="2026-03-13T02:06:03-07:00">1 day ago</h3>');
    winter.versions = winter.versions.filter(({ id }) => id === 200);
    expect((await ask(path)).body).toContain('<h3 title="2026-02-28T17:00:00-08:00">');
  });

  it('draws 30 days, newest first, from the unfinished today of the clock', async () => {
    await startGithub(user(versioned()));

    const { body } = await ask(path);

    const bars = [...body.matchAll(/data-merge-count="(\d+)"\s+data-date="([\d-]+)"/g)].map(([, count, day]) => `${day} ${count}`);
    expect(bars).toHaveLength(30);
    expect(bars.slice(0, 4)).toEqual(['2026-03-14 4', '2026-03-13 0', '2026-03-12 12', '2026-03-11 0']);
    expect(bars.at(-1)).toBe('2026-02-13 0');
    expect(body).toContain('aria-label="Downloads for the last 30 days"');
  });

  it('lists the five newest versions with a tag, with their downloads and digests', async () => {
    await startGithub(user(versioned()));

    const { body } = await ask(path);

    const tags = [...body.matchAll(/href="\/users\/Octo-User\/packages\/container\/app\/(\d+)\?tag=([^"]+)"/g)].map(
      ([, id, tag]) => `${id} ${tag}`,
    );
    expect(tags).toEqual(['107 1.7', '107 latest', '106 1.6', '105 1.5', '104 1.4', '103 1.3']);
    expect(body).toMatch(/\n\s*323\n\s*<span class="sr-only">Version downloads<\/span>/);
    expect(body).toMatch(/\n\s*2,006\n/);
    expect(body.match(/<clipboard-copy [^>]*value="sha256:[0-9a-f]{64}"/g)).toHaveLength(5);
    expect(body).not.toContain('/108');
  });

  it('spells its classes differently from request to request', async () => {
    await startGithub(user(versioned()));

    const pages = new Set(await Promise.all(Array.from({ length: 6 }, async () => (await ask(path)).body)));

    expect(pages.size).toBeGreaterThan(1);
    expect(new Set(Array.from(pages, (page) => page.replaceAll('tmp-', ''))).size).toBe(1);
  });
});

describe('the simulated page of versions', () => {
  it('counts versions with and without tags in its tabs, and lists 50 a page', async () => {
    const tagged = Array.from({ length: 1002 }, (_, index) => ghcrVersion({ id: index, downloads: 1, tags: [`v${index}`] }));
    const shown = ghcrPackage({ name: 'charts/app', versions: [...tagged, ghcrVersion({ id: 5000, downloads: 3 })] });
    await startGithub(organization(shown));
    const path = '/orgs/acme-corp/packages/container/charts%2Fapp/versions?filters%5Bversion_type%5D=';

    const [first, untagged] = [(await ask(`${path}tagged`)).body, (await ask(`${path}untagged`)).body];

    expect(first).toMatch(/1,002 tagged\s*<\/a>/);
    expect(first).toMatch(/1 untagged\s*<\/a>/);
    expect(first.match(/class="Box-row"/g)).toHaveLength(50);
    expect(first.match(/rel="next"/g)).toHaveLength(2);
    expect(first).toContain('data-total-pages="21"');
    expect(untagged).toMatch(/href="\/orgs\/Acme-Corp\/packages\/container\/charts%2Fapp\/5000">sha256:/);
  });
});

/** The newest three. */
function barsOf(body: string): string[] {
  const bars = [...body.matchAll(/data-merge-count="(\d+)"\s+data-date="([^"]+)"/g)];
  return bars.slice(0, 3).map(([, count = '', day = '']) => `${day} ${count}`);
}

function totalOf(body: string): string | undefined {
  return /Total downloads<\/span>\n\s*<h3 title="(\d+)">/.exec(body)?.[1];
}

async function startAt(nowIso: string, shown: GhcrPackage, github: GithubQuirks = {}): Promise<FixedClock> {
  const clock = createFixedClock(nowIso);
  simulator = await startSimulator({ world: { ...emptyWorld(), ghcr: [user(shown)] }, clock, github });
  return clock;
}

describe('the days on a simulated page', () => {
  const path = '/users/octo-user/packages/container/package/app';

  it.each([
    ['2026-03-13T23:59:00Z', ['2026-03-13 0', '2026-03-12 12', '2026-03-11 0']],
    ['2026-03-14T00:01:00Z', ['2026-03-13 4', '2026-03-12 0', '2026-03-11 12']],
    ['2026-03-14T06:59:00Z', ['2026-03-13 4', '2026-03-12 0', '2026-03-11 12']],
    ['2026-03-14T07:00:00Z', ['2026-03-14 4', '2026-03-13 0', '2026-03-12 12']],
    ['2026-01-10T07:59:00Z', ['2026-01-09 0', '2026-01-08 0', '2026-01-07 0']],
  ])('are UTC days with dates of California, at %s', async (now, expected) => {
    await startAt(now, versioned());

    expect(barsOf((await ask(path)).body)).toEqual(expected);
  });

  it('come late with their total where pages are cached', async () => {
    const shown = versioned();
    const clock = await startAt('2026-03-14T12:00:00Z', shown, { cachedForMs: 3 * 3_600_000 });
    await ask(path);
    addDownloads(shown, 5, '2026-03-14');
    await clock.sleep(2 * 3_600_000);
    const late = (await ask(path)).body;
    await clock.sleep(3_600_000);
    const fresh = (await ask(path)).body;

    expect([totalOf(late), barsOf(late)[0]]).toEqual(['14360', '2026-03-14 4']);
    expect([totalOf(fresh), barsOf(fresh)[0]]).toEqual(['14365', '2026-03-14 9']);
  });

  it('go on where the total falls, because a version is deleted', async () => {
    const shown = versioned();
    await startAt('2026-03-14T12:00:00Z', shown);
    deleteVersion(shown, 100);
    addDownloads(shown, 5, '2026-03-14');

    const { body } = await ask(path);
    expect([totalOf(body), barsOf(body)[0]]).toEqual(['12365', '2026-03-14 9']);
  });

  it.each([
    ['total', ['14360', '2026-03-14 9']],
    ['daily', ['14365', '2026-03-14 4']],
  ] as const)('show where the %s is frozen what the other one says, and all when it goes on', async (what, expected) => {
    const shown = versioned();
    await startAt('2026-03-14T12:00:00Z', shown);
    freeze(shown, what);
    addDownloads(shown, 5, '2026-03-14');
    const { body } = await ask(path);
    thaw(shown);
    const { body: after } = await ask(path);

    expect([totalOf(body), barsOf(body)[0]]).toEqual(expected);
    expect([totalOf(after), barsOf(after)[0]]).toEqual(['14365', '2026-03-14 9']);
  });
});
