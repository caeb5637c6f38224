/** What public reports say that Docker Hub did on some days, each tried with the real HTTP client. */
import { afterEach, describe, expect, it } from 'vitest';
import { createFixedClock } from '../../../test/support/fixed-clock.ts';
import { createRecordingLog } from '../../../test/support/recording-log.ts';
import { lockedOut, type DockerHubQuirks, type missingRepository } from '../../demo/simulator/dockerhub-quirks.ts';
import { refusals, type Fault } from '../../demo/simulator/faults.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../demo/simulator/index.ts';
import { digestOf, emptyWorld, hubRepo, hubTag, type HubRepo, type HubTag } from '../../demo/simulator/world.ts';
import { AppError } from '../../core/model/errors.ts';
import { createHttpClientFactory } from '../../net/client.ts';
import { dockerHub } from './index.ts';

const login = { username: 'acme', token: 'dckr_pat_1' };
const app = { owner: 'acme', name: 'app-0' };

let simulator: Simulator;

afterEach(() => simulator.close());

interface Setting {
  readonly repos?: HubRepo[];
  readonly quirks?: DockerHubQuirks;
  readonly isSignedIn?: boolean;
  readonly requestsPerMinute?: number;
}

async function setUp({ repos = manyRepos(1), quirks = {}, isSignedIn = false, requestsPerMinute }: Setting) {
  const clock = createFixedClock('2026-11-23T10:00:00.000Z');
  const options: SimulatorOptions = { dockerHub: { quirks, login, ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }) } };
  simulator = await startSimulator({ world: { ...emptyWorld(), dockerHub: [{ name: 'acme', repos }] }, clock, ...options });
  const createHttpClient = createHttpClientFactory({ fetch, clock, random: () => 0, userAgent: 'test', log: createRecordingLog() });
  const urls = { DOCKERHUB_URL: simulator.dockerHubUrl };
  const source = dockerHub.create({ targets: [], urls, delayMs: 500, login: isSignedIn ? login : undefined }, { createHttpClient, clock });
  return { source, clock, quirks };
}

function manyRepos(count: number, tags: HubTag[] = []): HubRepo[] {
  return Array.from({ length: count }, (_each, n) => hubRepo({ name: `app-${n}`, pulls: ((n * 7919) % 1000) + 1, tags }));
}

/** The first is the newest; pushed a minute apart. */
function manyTags(count: number, platforms?: HubTag['platforms']): HubTag[] {
  return Array.from({ length: count }, (_each, n) =>
    hubTag({
      name: `v${n}`,
      lastPushed: new Date(Date.parse('2026-03-01T00:00:00Z') - n * 60_000).toISOString(),
      ...(platforms ? { platforms } : {}),
    }),
  );
}

/** So many platforms with an attestation for each. */
function manyPlatforms(count: number): HubTag['platforms'] {
  return Array.from({ length: count }, (_each, n) => {
    const platform = { architecture: `arch${n}`, os: 'linux', digest: digestOf(`platform ${n}`), size: 30_000_000 };
    return [platform, { ...platform, architecture: 'unknown', os: 'unknown' }];
  }).flat();
}

function logins(): number {
  return simulator.requests.filter(({ path }) => path.startsWith('/v2/auth/token')).length;
}

/** Reads an owner and its 21 images as a run does. */
async function run(quirks: DockerHubQuirks) {
  const { source, clock } = await setUp({ repos: manyRepos(21, manyTags(1)), quirks, isSignedIn: true });
  const { images } = await source.list('acme');
  const flaws: (AppError | undefined)[] = [];
  for (const { ref } of images) flaws.push((await source.read(ref)).flaw);
  expect(images).toHaveLength(21);
  return { source, clock, flaws };
}

async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => error);
}

describe('a page size that is ignored', () => {
  it.each([
    ['without a login', false, 60],
    ['with a login', true, 160],
  ])('leaves no repository out, %s', async (_how, isSignedIn, count) => {
    const { source } = await setUp({ repos: manyRepos(count), quirks: { rowsPerPage: 25 }, isSignedIn });

    const { images, expected, complete } = await source.list('acme');

    expect({ listed: images.length, expected, complete }).toEqual({ listed: count, expected: count, complete: true });
  });

  it.each([25, 10])('leaves no tag out with %i rows a page', async (rowsPerPage) => {
    const { source } = await setUp({ repos: manyRepos(1, manyTags(60)), quirks: { rowsPerPage } });

    const { reading, flaw } = await source.read(app);

    expect(reading.tags?.map(({ name }) => name)).toEqual(manyTags(60).map(({ name }) => name));
    expect([reading.tagCount, flaw]).toEqual([60, undefined]);
  });
});

describe('a list that never ends', () => {
  it('is left after its first repetition, and is not complete', async () => {
    const { source } = await setUp({ repos: manyRepos(30), quirks: { repeatsPages: true } });

    const { images, complete } = await source.list('acme');

    expect({ listed: images.length, complete }).toEqual({ listed: 30, complete: false });
    expect(simulator.requests.length).toBeLessThanOrEqual(12);
  });

  it('of tags is left after its first repetition', async () => {
    const { source } = await setUp({ repos: manyRepos(1, manyTags(5)), quirks: { repeatsPages: true } });

    const { reading } = await source.read(app);

    expect(reading.tags).toHaveLength(5);
    expect(simulator.requests).toHaveLength(3);
  });
});

describe('a list that is short', () => {
  it('says how many are missing where the count says so', async () => {
    const { source } = await setUp({ repos: manyRepos(20), quirks: { countsMore: 17 } });

    const { images, expected, complete, shortfall } = await source.list('acme');

    expect({ listed: images.length, expected, complete }).toEqual({ listed: 20, expected: 37, complete: false });
    expect(shortfall?.message).toMatch(/^20 of 37 repositories could be listed/);
  });

  it('gives what it shows, and the repositories that it leaves out are there when they are asked for by name', async () => {
    const { source } = await setUp({ repos: manyRepos(20), quirks: { unlisted: ['app-0', 'app-7'] } });

    const { images } = await source.list('acme');
    const { reading } = await source.read(app);

    expect(images).toHaveLength(18);
    expect(reading.pullCount).toBe(1);
  });

  it('and empty is not_found, as for an owner that is not there: which of both, the list does not say', async () => {
    const { source } = await setUp({ repos: manyRepos(20), quirks: { unlisted: 'all' } });

    await expect(source.list('acme')).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('no public repositories'),
    });
    await expect(source.read(app)).resolves.toMatchObject({ reading: { pullCount: 1 } });
  });
});

describe('the ordering', () => {
  it.each([
    ['inverted', false],
    ['upright', true],
  ])('may be %s: 250 repositories are listed whole', async (_how, hasUprightOrdering) => {
    const { source } = await setUp({ repos: manyRepos(250), quirks: { hasUprightOrdering } });

    const { images, complete } = await source.list('acme');

    expect({ listed: images.length, complete }).toEqual({ listed: 250, complete: true });
  });

  it.each([
    ['inverted', false, 10],
    ['upright', true, 11],
  ])('may be %s: of too many tags the newest are read', async (_how, hasUprightOrdering, requests) => {
    const { source } = await setUp({ repos: manyRepos(2, manyTags(1200)), quirks: { hasUprightOrdering } });

    const first = await source.read(app);
    const after = simulator.requests.length;
    const second = await source.read({ owner: 'acme', name: 'app-1' });

    for (const { reading, flaw } of [first, second]) {
      expect(reading.tags).toHaveLength(1000);
      expect([reading.tags?.[0]?.name, reading.tags?.at(-1)?.name, reading.tagCount, flaw]).toEqual(['v0', 'v999', 1200, undefined]);
    }
    // The ordering that fits is found once.
    expect([after, simulator.requests.length - after]).toEqual([requests + 1, 11]);
  });

  it('that gives the oldest tags whatever its sign is, is told', async () => {
    const { source } = await setUp({ repos: manyRepos(1, manyTags(1200)), quirks: { hasUprightOrdering: true } });
    simulator.inject({
      server: 'dockerhub',
      match: /page=1&ordering=-last_updated/,
      fault: { kind: 'redirect', location: '?page_size=100&page=1&ordering=last_updated' },
    });

    const { flaw } = await source.read(app);

    expect(flaw).toMatchObject({ code: 'invalid_response', message: expect.stringContaining('only the oldest') });
  });

  it('does not matter for tags on one page: the newest is the first', async () => {
    const { source } = await setUp({ repos: manyRepos(1, manyTags(3)), quirks: { hasUprightOrdering: true } });

    const { reading } = await source.read(app);

    expect(reading.tags?.map(({ name }) => name)).toEqual(['v0', 'v1', 'v2']);
  });
});

describe('a page of tags', () => {
  it('of more than 1 MiB is read', async () => {
    const { source } = await setUp({ repos: manyRepos(1, manyTags(100, manyPlatforms(17))) });

    const { reading, flaw } = await source.read(app);

    expect(flaw).toBeUndefined();
    expect(reading.tags).toHaveLength(100);
    expect(reading.tags?.[99]?.platforms).toHaveLength(17);
    expect(simulator.requests).toHaveLength(2);
  });

  it('that is even larger is read in smaller ones', async () => {
    const { source } = await setUp({ repos: manyRepos(1, manyTags(130, manyPlatforms(40))) });

    const { reading, flaw } = await source.read(app);

    expect(flaw).toBeUndefined();
    expect(reading.tags?.map(({ name }) => name)).toEqual(manyTags(130).map(({ name }) => name));
  });

  it('that is too large in any size is a flaw beside the total', async () => {
    const { source } = await setUp({});
    simulator.inject({ server: 'dockerhub', match: '/tags', fault: { kind: 'oversize' } });

    const { reading, flaw } = await source.read(app);

    expect(reading.pullCount).toBe(1);
    expect(flaw?.message).toMatch(/^the tags could not be read: .* answered with more than 2 MiB$/);
    expect(simulator.requests).toHaveLength(3);
  });
});

describe('a repository that is not there', () => {
  const missing = { owner: 'acme', name: 'none' };

  it.each([
    ['with prefix', 'not_found'],
    ['without prefix', 'not_found'],
    ['as detail', 'not_found'],
    ['as text', 'unreachable'],
    ['as page', 'unreachable'],
  ] satisfies [keyof typeof missingRepository, string][])('is told by an answer %s: %s', async (kind, code) => {
    const { source } = await setUp({ quirks: { missing: kind } });

    await expect(source.read(missing)).rejects.toMatchObject({ code });
  });

  it.each([
    ['410', { kind: 'status', status: 410, body: '' }, 'being retired'],
    ['200 and nothing', { kind: 'status', status: 200, body: '' }, 'is not JSON but empty'],
    ['200 and a page', { kind: 'status', status: 200, body: '<html><title>Sign in</title></html>' }, 'not JSON but the web page "Sign in"'],
  ] satisfies [string, Fault, string][])('is not what a route says that is retired: %s', async (_what, fault, text) => {
    const { source } = await setUp({});
    simulator.inject({ server: 'dockerhub', match: '', fault });

    await expect(source.read(app)).rejects.toMatchObject({ code: 'invalid_response', message: expect.stringContaining(text) });
    await expect(source.list('acme')).rejects.toMatchObject({ code: 'invalid_response', message: expect.stringContaining(text) });
  });

  it('is not what a list says whose address is unknown', async () => {
    const { source } = await setUp({});
    simulator.inject({ server: 'dockerhub', match: '', fault: { kind: 'status', status: 404, body: '404: Page Not Found' } });

    await expect(source.list('acme')).rejects.toMatchObject({ code: 'unreachable' });
  });
});

describe('a rate limit', () => {
  it.each(['seconds', 'unix seconds'] as const)('that tells its end in %s costs no more than a minute', async (retryAfter) => {
    const { source, clock } = await setUp({ requestsPerMinute: 3, quirks: { retryAfter } });
    const startMs = clock.now();

    for (let n = 0; n < 4; n += 1) expect(await source.read(app)).toMatchObject({ flaw: undefined });

    expect(clock.now() - startMs).toBeLessThanOrEqual(3 * 60_000);
  });

  it('that tells nothing ends the asking after a few images', async () => {
    const { source } = await setUp({});
    simulator.inject({ server: 'dockerhub', match: '', fault: refusals.tooManyRequests });

    const ends = [];
    for (let n = 0; n < 12; n += 1) ends.push(await outcomeOf(source.read(app)));

    expect(simulator.requests).toHaveLength(6);
    for (const end of ends) expect(end).toMatchObject({ code: 'rate_limited' });
  });
});

describe('a login', () => {
  it.each([
    ['is locked out', { login: lockedOut }, 1, 'rate_limited', 'locked out for one hour'],
    [
      'is refused',
      { login: { status: 401, type: 'json', headers: {}, body: '{"detail":"Incorrect authentication credentials"}' } },
      1,
      'unauthorized',
      'Incorrect',
    ],
    [
      'is forbidden',
      { login: { status: 403, type: 'json', headers: {}, body: '{"message":"account suspended"}' } },
      1,
      'unauthorized',
      'account suspended',
    ],
    [
      'meets a bot protection',
      { login: { status: 403, type: 'text', headers: {}, body: 'error code: 1010' } },
      1,
      'unauthorized',
      'bot protection',
    ],
    ['meets an outage', { login: { status: 500, type: 'text', headers: {}, body: '' } }, 1, 'unreachable', 'answered 500 to the login'],
    ['works, while nothing accepts what it gives', { refusesBearers: 401 }, 2, 'unauthorized', 'accepts the login, but not what it gave'],
    ['works, while its token may not read', { refusesBearers: 403 }, 1, 'unauthorized', 'denied with a personal access token'],
  ] satisfies [string, DockerHubQuirks, number, string, string][])(
    'that %s is asked for no more than twice, and everything is read without it',
    async (_what, quirks, asked, code, reason) => {
      const { flaws } = await run(quirks);

      expect(logins()).toBe(asked);
      for (const flaw of flaws) {
        expect(flaw).toMatchObject({ code, message: expect.stringContaining(reason) });
        expect(flaw?.message).toContain('images are read without it');
      }
    },
  );

  it('that meets a bot protection is not told to check a password', async () => {
    const { flaws } = await run({ login: { status: 403, type: 'text', headers: {}, body: 'error code: 1010' } });

    expect(flaws[0]?.message).not.toContain('check');
  });

  it('is tried again when the time is over', async () => {
    const quirks: DockerHubQuirks = { login: lockedOut };
    const { source, clock } = await run(quirks);
    delete quirks.login;

    await clock.advance(61 * 60_000);
    const { flaw } = await source.read(app);

    expect(flaw).toBeUndefined();
    expect(logins()).toBe(2);
  });
});

describe('a bot protection', () => {
  it.each([
    ['a code', refusals.botCode],
    ['a challenge with 403', refusals.challenge(403)],
    ['a challenge with 503', refusals.challenge(503)],
    ['a challenge with 200', refusals.challenge(200)],
  ])('is called by its name, and asked no more after a few images: %s', async (_what, fault) => {
    const { source } = await setUp({});
    simulator.inject({ server: 'dockerhub', match: '', fault });

    const ends = [];
    for (let n = 0; n < 12; n += 1) ends.push(await outcomeOf(source.read(app)));

    expect(simulator.requests).toHaveLength(3);
    for (const end of ends) {
      const message = end instanceof AppError ? end.message : '';
      expect(message).toContain('bot protection refuses this client or address');
      expect(message).not.toMatch(/password|DOCKERHUB_TOKEN|has changed/);
    }
  });
});
