/** What public reports say that GitHub and ghcr.io did on some days, each tried with the real HTTP client. */
import { afterEach, describe, expect, it } from 'vitest';
import { createFixedClock } from '../../../test/support/fixed-clock.ts';
import { createRecordingLog } from '../../../test/support/recording-log.ts';
import { githubRefusals, restrictedPage, signaturesOf, type GithubQuirks } from '../../demo/simulator/github-quirks.ts';
import { startSimulator, type Simulator } from '../../demo/simulator/index.ts';
import { emptyWorld, ghcrPackage, ghcrVersion, type GhcrOwner, type GhcrPackage } from '../../demo/simulator/world.ts';
import { createHttpClientFactory } from '../../net/client.ts';
import { ghcr } from './index.ts';

const app = { owner: 'acme', name: 'p00' };

let simulator: Simulator;

afterEach(() => simulator.close());

async function setUp(packages: GhcrPackage[], quirks: GithubQuirks = {}, kind: GhcrOwner['kind'] = 'organization') {
  const clock = createFixedClock('2026-11-23T10:00:00.000Z');
  const world = { ...emptyWorld(), ghcr: [{ login: 'Acme', kind, packages }] };
  simulator = await startSimulator({ world, clock, github: quirks });
  const createHttpClient = createHttpClientFactory({ fetch, clock, random: () => 0, userAgent: 'test', log: createRecordingLog() });
  const urls = { GITHUB_URL: simulator.githubUrl, GHCR_URL: simulator.ghcrUrl };
  return { source: ghcr.create({ targets: [], urls, delayMs: 2000 }, { createHttpClient, clock }), clock, quirks };
}

/** `p00` has the most downloads. */
function manyPackages(count: number): GhcrPackage[] {
  return Array.from({ length: count }, (_, at) =>
    ghcrPackage({
      name: `p${String(at).padStart(2, '0')}`,
      versions: [ghcrVersion({ id: 1000 + at, downloads: 5000 - at, tags: ['1.0', 'latest'] })],
    }),
  );
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => error);
}

function requestsTo(server: 'github' | 'ghcr'): number {
  return simulator.requests.filter((request) => request.server === server).length;
}

describe('a list of packages', () => {
  it('is not complete when a package overtakes its neighbor between two pages', async () => {
    const { source } = await setUp(manyPackages(70), { overtakes: true });

    const { images, complete, shortfall } = await source.list('acme');

    const names = images.map(({ ref }) => ref.name);
    expect(names).toHaveLength(68);
    expect(names).not.toContain('p30');
    expect(complete).toBe(false);
    expect(shortfall).toMatchObject({ code: 'invalid_response', message: expect.stringContaining('p29 is on two of its pages') });
  });

  it('is complete again when nothing moves any more', async () => {
    const quirks: GithubQuirks = { overtakes: true };
    const { source } = await setUp(manyPackages(40), quirks);
    expect(await source.list('acme')).toMatchObject({ complete: false });

    delete quirks.overtakes;

    expect(await source.list('acme')).toMatchObject({ complete: true, images: { length: 40 }, shortfall: undefined });
  });

  it('is complete when GitHub prints a row twice', async () => {
    const { source } = await setUp(manyPackages(2), { printedTwice: ['p01'] });

    expect(await source.list('acme')).toMatchObject({ complete: true, expected: 2, images: { length: 2 } });
  });

  it('is not what decides whether a package is there: each is asked for by its name', async () => {
    const { source } = await setUp(manyPackages(5), { unlisted: ['p00', 'p03'] });

    expect(await source.list('acme')).toMatchObject({ images: { length: 3 } });
    expect(await source.read(app)).toMatchObject({ reading: { pullCount: 5000 } });
    expect(await failureOf(source.read({ owner: 'acme', name: 'gone' }))).toMatchObject({ code: 'not_found' });
  });

  it.each([
    ['user', 'GitHub answered 404 for the list of packages, which it showed before'],
    ['organization', 'GitHub shows the profile of the owner instead of the list of packages'],
  ] as const)('that is a 404 for a known %s does not say that there is no such owner', async (kind, message) => {
    const quirks: GithubQuirks = {};
    const { source } = await setUp(manyPackages(2), quirks, kind);
    await source.list('acme');

    quirks.hidesLists = true;

    expect(await failureOf(source.list('acme'))).toMatchObject({ code: 'invalid_response', message });
    expect(await failureOf(source.list('nobody'))).toMatchObject({ code: 'not_found', message: 'no such owner on GitHub' });
  });
});

describe('signatures and attestations', () => {
  const release = ghcrVersion({ id: 90, downloads: 7, tags: ['1.0', 'latest'] });

  it('are no tags beside those of a release', async () => {
    const { source } = await setUp([ghcrPackage({ name: 'p00', versions: [release, ...signaturesOf(release, 3)] })]);

    const { reading, flaw } = await source.read(app);

    expect(flaw).toBeUndefined();
    expect(reading.tags?.map(({ name }) => name)).toEqual(['1.0', 'latest']);
    expect(reading).toMatchObject({ tagCount: 2, listedTags: undefined });
  });

  it('leave what is known of the tags where all five newest versions are such, and the list of names tells what is new', async () => {
    const { source } = await setUp([ghcrPackage({ name: 'p00', versions: [release, ...signaturesOf(release, 5)] })]);

    const { reading, flaw } = await source.read(app);

    expect(flaw).toBeUndefined();
    expect(reading.tags).toBeUndefined();
    expect(reading).toMatchObject({ pullCount: 7, tagCount: 2, listedTags: { names: ['1.0', 'latest'], newestVersionId: '95' } });
  });
});

describe('an image with more than 20,000 tags', () => {
  it('has no number of tags, and costs twenty requests once a day', async () => {
    const tags = Array.from({ length: 20_500 }, (_, at) => `v${at}`);
    const { source, clock } = await setUp([ghcrPackage({ name: 'p00', versions: [ghcrVersion({ id: 1, downloads: 7, tags })] })]);

    const { reading, flaw } = await source.read(app);
    const first = requestsTo('ghcr');
    const again = await source.read(app);

    expect(reading).toMatchObject({ pullCount: 7, tagCount: undefined });
    expect(flaw).toMatchObject({ code: 'invalid_response', message: expect.stringContaining('more than 20 pages of 1000') });
    expect(first).toBe(21);
    expect(again).toMatchObject({ reading: { pullCount: 7, tagCount: undefined }, flaw: { message: flaw?.message } });
    expect(requestsTo('ghcr')).toBe(21);

    await clock.sleep(24 * 3_600_000);
    await source.read(app);
    expect(requestsTo('ghcr')).toBe(42);
  });
});

describe('what is wrong', () => {
  it.each(['redirect', 'in place'] as const)('is that GitHub wants a login, when it shows its sign-in page (%s)', async (signIn) => {
    const { source } = await setUp(manyPackages(1), { signIn });

    const [read, listed] = [await failureOf(source.read(app)), await failureOf(source.list('acme'))];

    expect(read).toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining('GitHub asks to sign in instead of showing the package page'),
    });
    expect(listed).toMatchObject({ code: 'unauthorized', message: expect.stringContaining('asks to sign in instead of showing the list') });
  });

  it.each(Object.entries(githubRefusals))('is a rate limit, and github.com is left alone, after %s', async (_what, refusal) => {
    const { source } = await setUp(manyPackages(1), { refusal });

    expect(await failureOf(source.read(app))).toMatchObject({ code: 'rate_limited', retryAfterMs: 30 * 60_000 });
    const asked = requestsTo('github');
    expect(await failureOf(source.read(app))).toMatchObject({ code: 'rate_limited' });
    expect(requestsTo('github')).toBe(asked);
  });

  it('is what GitHub says, in one clean line', async () => {
    const { source } = await setUp(manyPackages(1), { refusal: restrictedPage });

    expect(await failureOf(source.read(app))).toMatchObject({
      code: 'unauthorized',
      message: 'GitHub refuses the package page (answered 403: Access to this site has been restricted.)',
    });
  });

  it('is told without control characters', async () => {
    const body = '<html><head><title>Bad\u001B[31m \u202Erequest\u0007</title></head></html>';
    const { source } = await setUp(manyPackages(1), { refusal: { status: 400, type: 'html', headers: {}, body } });

    const failure = await failureOf(source.list('acme'));

    expect(failure).toMatchObject({ code: 'invalid_response', message: expect.stringContaining('GitHub answered 400: Bad') });
    expect(String(failure)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});
