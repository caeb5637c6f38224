import { afterEach, describe, expect, it } from 'vitest';
import { createFixedClock } from '../../../test/support/fixed-clock.ts';
import { createRecordingLog } from '../../../test/support/recording-log.ts';
import { refusals } from '../../demo/simulator/faults.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../demo/simulator/index.ts';
import { emptyWorld, hubRepo } from '../../demo/simulator/world.ts';
import type { Source } from '../../core/ports.ts';
import { createHttpClientFactory } from '../../net/client.ts';
import { dockerHub } from './index.ts';

const login = { username: 'acme', token: 'dckr_pat_1' };

let simulator: Simulator;

afterEach(() => simulator.close());

/** An owner `acme` with so many repositories, each with its own total. */
async function setUp(count: number, options: SimulatorOptions & { readonly signedIn?: boolean } = {}): Promise<Source> {
  const clock = createFixedClock('2026-11-23T10:00:00.000Z');
  // Neither the totals nor the dates follow the names, so that each ordering has its own two ends.
  const repos = Array.from({ length: count }, (_, n) =>
    hubRepo({
      name: `app-${String(n).padStart(4, '0')}`,
      pulls: ((n * 7919) % count) + 1,
      lastUpdated: new Date(1.7e12 + ((n * 104_729) % count) * 1e6).toISOString(),
    }),
  );
  simulator = await startSimulator({ world: { ...emptyWorld(), dockerHub: [{ name: 'acme', repos }] }, clock, ...options });
  const createHttpClient = createHttpClientFactory({ fetch, clock, random: () => 0, userAgent: 'test', log: createRecordingLog() });
  const urls = { DOCKERHUB_URL: simulator.dockerHubUrl };
  return dockerHub.create({ targets: [], urls, delayMs: 500, login: options.signedIn ? login : undefined }, { createHttpClient, clock });
}

function asked(): string[] {
  return simulator.requests.map(({ path }) => path.replace('/v2/namespaces/acme/repositories?', ''));
}

describe('an anonymous listing', () => {
  it('of up to 99 repositories is one request, and gives every total', async () => {
    const source = await setUp(99);

    const { images, expected, complete } = await source.list('acme');

    expect(asked()).toEqual(['page_size=99&page=1&ordering=pull_count']);
    expect({ expected, complete }).toEqual({ expected: 99, complete: true });
    expect(images.map(({ reading }) => reading?.pullCount).toSorted((a = 0, b = 0) => a - b)).toEqual(
      Array.from({ length: 99 }, (_, n) => n + 1),
    );
  });

  it('of 250 is complete, because it is read from both ends', async () => {
    const source = await setUp(250);

    const { images, complete } = await source.list('acme');

    expect(complete).toBe(true);
    expect(new Set(images.map(({ ref }) => ref.name)).size).toBe(250);
    expect(asked()).toEqual([
      'page_size=99&page=1&ordering=pull_count',
      'page_size=99&page=2&ordering=pull_count',
      'page_size=99&page=1&ordering=-pull_count',
    ]);
  });

  it('of more than both ends give is widened by the other orderings', async () => {
    const source = await setUp(450);

    const { images, complete } = await source.list('acme');

    expect(images.length).toBeGreaterThan(396);
    expect(complete).toBe(images.length === 450);
  });

  it('that stays short says n of m and what would help', async () => {
    const source = await setUp(2000);

    const { images, expected, complete, shortfall } = await source.list('acme');

    expect({ expected, complete }).toEqual({ expected: 2000, complete: false });
    expect(shortfall?.message).toBe(
      `${images.length} of 2000 repositories could be listed without login; set DOCKERHUB_USERNAME and DOCKERHUB_TOKEN, or name the others`,
    );
    expect(asked()).toHaveLength(12);
  });

  it('does not read the second page of an ordering whose totals run as those before', async () => {
    const source = await setUp(250);
    // A Docker Hub that takes no notice of the sign.
    simulator.inject({
      server: 'dockerhub',
      match: /page=1&ordering=-pull_count/,
      fault: { kind: 'redirect', location: '?page_size=99&page=1&ordering=pull_count' },
    });

    const { images, complete } = await source.list('acme');

    expect(asked()).not.toContain('page_size=99&page=2&ordering=-pull_count');
    expect(complete).toBe(images.length === 250);
    expect(images.length).toBeGreaterThan(198);
  });

  it('keeps what was read when a smaller offset is refused than was known, and tries the other end', async () => {
    const source = await setUp(150);
    simulator.inject({
      server: 'dockerhub',
      match: /page=2/,
      fault: {
        kind: 'status',
        status: 403,
        body: '{"message":"pagination offset too large for anonymous requests; sign in to page further","errinfo":{}}',
      },
    });

    const { images, complete } = await source.list('acme');

    expect(complete).toBe(true);
    expect(images).toHaveLength(150);
  });

  it('keeps the pages before one that fails, and says why it is not complete', async () => {
    const source = await setUp(150);
    simulator.inject({ server: 'dockerhub', match: /page=2/, fault: refusals.serverError });

    const { images, complete, shortfall } = await source.list('acme');

    expect(images).toHaveLength(99);
    expect(complete).toBe(false);
    expect(shortfall).toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/^99 of 150 repositories could be listed: .* answered 500$/),
    });
  });

  it.each([
    [refusals.serverError, 'unreachable'],
    [{ kind: 'status', status: 200, body: '<html></html>' } as const, 'invalid_response'],
    [{ kind: 'status', status: 200, body: '{"results":[]}' } as const, 'invalid_response'],
  ])('fails when not even its first page can be read (%o)', async (fault, code) => {
    const source = await setUp(10);
    simulator.inject({ server: 'dockerhub', match: /./, fault });

    await expect(source.list('acme')).rejects.toMatchObject({ code });
  });

  it('of an unknown owner is not_found, though Docker Hub answers 200', async () => {
    const source = await setUp(1);

    await expect(source.list('nobody')).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('is the name right?'),
    });
  });

  it.each([[null], [-1], [1.5], ['12'], [2 ** 53], [undefined]])(
    'lists a repository whose total is %o without a reading, and never as 0',
    async (value) => {
      const source = await setUp(1);
      const transform = (): unknown => ({ count: 1, results: [{ namespace: 'acme', name: 'app-0000', pull_count: value }] });
      simulator.inject({ server: 'dockerhub', match: /./, fault: { kind: 'json', transform } });

      const { images, complete } = await source.list('acme');

      expect(images).toEqual([{ ref: { owner: 'acme', name: 'app-0000' }, reading: undefined }]);
      expect(complete).toBe(true);
    },
  );

  it('drops rows with names that could not be asked for, and says that it is not complete', async () => {
    const source = await setUp(1);
    const names = ['ok', '../../etc', 'a%2fb', '', 'line\nbreak'];
    const rows: unknown[] = names.map((name) => ({ namespace: 'acme', name, pull_count: 1 }));
    const transform = (): unknown => ({ count: 7, results: [...rows, { namespace: 'other', name: 'app', pull_count: 1 }, 7] });
    simulator.inject({ server: 'dockerhub', match: /./, fault: { kind: 'json', transform } });

    const { images, complete, shortfall } = await source.list('acme');

    expect(images.map(({ ref }) => ref.name)).toEqual(['ok']);
    expect(complete).toBe(false);
    expect(shortfall?.message).toBe('1 of 7 repositories could be listed; 6 rows could not be used');
  });
});

describe('a listing with login', () => {
  it('reads every page in one ordering', async () => {
    const source = await setUp(450, { signedIn: true, dockerHub: { login } });

    const { images, complete } = await source.list('acme');

    expect(complete).toBe(true);
    expect(images).toHaveLength(450);
    expect(asked().slice(1)).toEqual([1, 2, 3, 4, 5].map((page) => `page_size=100&page=${page}&ordering=name`));
  });

  it('goes on without it when it is refused, which every image says, and asks once', async () => {
    const source = await setUp(3, { signedIn: true, dockerHub: { login: { ...login, token: 'another' } } });

    const { images, complete } = await source.list('acme');
    const reads = [];
    for (const { ref, reading } of images) reads.push(await source.read(ref, { listed: reading }));

    expect(complete).toBe(true);
    expect(reads.map(({ flaw }) => flaw)).toMatchObject(
      Array.from({ length: 3 }, () => ({
        code: 'unauthorized',
        message: expect.stringContaining('Docker Hub refused the login: check DOCKERHUB_USERNAME and DOCKERHUB_TOKEN'),
      })),
    );
    expect(simulator.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });
});
