import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createFixedClock } from '../../../test/support/fixed-clock.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from './index.ts';
import { emptyWorld, hubRepo, hubTag, type HubRepo, type HubTag } from './world.ts';

const start = '2026-03-14T12:00:00.000Z';

const envelope = z.object({
  count: z.number(),
  next: z.string().nullable(),
  previous: z.string().nullable(),
  results: z.array(z.looseObject({ name: z.string().optional(), repo_name: z.string().optional() })),
});
const bearerAnswer = z.object({ access_token: z.string() });

let simulator: Simulator;

afterEach(async () => {
  await simulator.close();
});

async function startHub(repos: HubRepo[], dockerHub: SimulatorOptions['dockerHub'] = {}): Promise<ReturnType<typeof createFixedClock>> {
  const clock = createFixedClock(start);
  const world = { ...emptyWorld(), dockerHub: [{ name: 'acme', repos }] };
  simulator = await startSimulator({ world, clock, dockerHub });
  return clock;
}

async function ask(path: string, init: RequestInit = {}): Promise<{ status: number; headers: Headers; body: unknown }> {
  const answer = await fetch(simulator.dockerHubUrl + path, init);
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text.startsWith('{') ? JSON.parse(text) : text };
}

async function page(path: string): Promise<z.infer<typeof envelope>> {
  return envelope.parse((await ask(path)).body);
}

async function namesBy(ordering: string): Promise<string> {
  return (await page(`/v2/namespaces/acme/repositories?ordering=${ordering}`)).results.map(({ name }) => name).join('');
}

function logIn(secret: string): ReturnType<typeof ask> {
  return ask('/v2/auth/token', { method: 'POST', body: JSON.stringify({ identifier: 'acme', secret }) });
}

function manyRepos(count: number): HubRepo[] {
  return Array.from({ length: count }, (_, index) =>
    hubRepo({ name: `app-${String(index).padStart(3, '0')}`, pulls: (index * 37) % 1009 }),
  );
}

function manyTags(count: number): HubTag[] {
  return Array.from({ length: count }, (_, index) => {
    const lastPushed = new Date(Date.parse(start) - index * 86_400_000).toISOString();
    return hubTag({ name: `1.${count - index}`, lastPushed });
  });
}

describe('a repository of the simulated Docker Hub', () => {
  it.each(['/v2/repositories/acme/app/', '/v2/repositories/acme/app', '/v2/namespaces/acme/repositories/app'])(
    'is answered at %s with its exact count',
    async (path) => {
      await startHub([hubRepo({ name: 'app', pulls: 11_391_000_431, lastUpdated: '2026-03-01T08:00:00.123456Z' })]);

      expect(await ask(path)).toMatchObject({
        status: 200,
        body: { user: 'acme', namespace: 'acme', name: 'app', pull_count: 11_391_000_431, last_updated: '2026-03-01T08:00:00.123456Z' },
      });
    },
  );

  it('shows a change of the world in the next answer', async () => {
    const repo = hubRepo({ name: 'app', pulls: 1 });
    await startHub([repo]);
    await ask('/v2/repositories/acme/app/');

    repo.pulls += 41;

    expect(await ask('/v2/repositories/acme/app/')).toMatchObject({ body: { pull_count: 42 } });
  });

  it.each(['/v2/repositories/acme/none/', '/v2/namespaces/acme/repositories/secret', '/v2/repositories/Acme/app/'])(
    'is not found at %s: missing, private and upper case are all the same',
    async (path) => {
      await startHub([hubRepo({ name: 'app', pulls: 1 }), hubRepo({ name: 'secret', pulls: 1, private: true })]);

      expect(await ask(path)).toMatchObject({ status: 404, body: { message: 'httperror 404: object not found', errinfo: {} } });
      expect(simulator.unknownRequests).toEqual([]);
    },
  );
});

describe("an owner's listing of the simulated Docker Hub", () => {
  it('has 10 rows a page in the order of registration, with counts and absolute links', async () => {
    await startHub(manyRepos(25));

    const second = await page('/v2/namespaces/acme/repositories?page=2');

    expect(second.count).toBe(25);
    expect(second.results.map(({ name }) => name)).toEqual(
      manyRepos(25)
        .slice(10, 20)
        .map(({ name }) => name),
    );
    expect(second.results[0]).toMatchObject({ pull_count: 370 });
    expect(second.next).toBe(`${simulator.dockerHubUrl}/v2/namespaces/acme/repositories?page=3`);
    expect(second.previous).toBe(`${simulator.dockerHubUrl}/v2/namespaces/acme/repositories?page=1`);
    expect(await page('/v2/namespaces/acme/repositories?page=3')).toMatchObject({ next: null });
  });

  it('gives at most 100 rows, and repeats in its links what was asked for', async () => {
    await startHub(manyRepos(120), { linkOrigin: 'https://registry.hub.docker.com' });

    const first = await page('/v2/repositories/acme/?page_size=1000');

    expect(first.results).toHaveLength(100);
    expect(first.next).toBe('https://registry.hub.docker.com/v2/repositories/acme/?page=2&page_size=1000');
    expect(first.previous).toBeNull();
  });

  it('is empty, and no error, for an owner that is not there or has only private repositories', async () => {
    await startHub([hubRepo({ name: 'secret', pulls: 1, private: true })]);
    const empty = { status: 200, body: { count: 0, next: null, previous: null, results: [] } };

    expect(await ask('/v2/namespaces/acme/repositories')).toMatchObject(empty);
    expect(await ask('/v2/namespaces/nobody/repositories')).toMatchObject(empty);
  });

  it.each([
    ['page=2&page_size=99', 200],
    ['page=2&page_size=50', 200],
    ['page=2&page_size=100', 403],
    ['page=3&page_size=50', 403],
    ['page=2&page_size=1000', 403],
  ])('counts the rows before a page against the anonymous cap: %s is answered %i', async (query, status) => {
    await startHub(manyRepos(250));

    const answer = await ask(`/v2/namespaces/acme/repositories?${query}`);

    const refusal = { message: 'pagination offset too large for anonymous requests; sign in to page further', errinfo: {} };
    expect(answer).toMatchObject({ status, body: status === 200 ? { count: 250 } : refusal });
  });

  it('understands the sign of an ordering the other way round', async () => {
    await startHub([
      hubRepo({ name: 'b', pulls: 5, lastUpdated: '2026-01-01T00:00:00Z' }),
      hubRepo({ name: 'a', pulls: 9, lastUpdated: null }),
      hubRepo({ name: 'c', pulls: 7, lastUpdated: '2026-02-01T00:00:00Z' }),
    ]);

    expect(await namesBy('pull_count')).toBe('acb');
    expect(await namesBy('-pull_count')).toBe('bca');
    expect(await namesBy('last_updated')).toBe('cba');
    expect(await namesBy('-last_updated')).toBe('abc');
    expect(await namesBy('name')).toBe('cba');
    expect(await namesBy('-name')).toBe('abc');
  });

  it('refuses any other ordering', async () => {
    await startHub([]);

    expect(await ask('/v2/namespaces/acme/repositories?ordering=stars')).toMatchObject({
      status: 400,
      body: { text: 'Invalid ordering value', fields: { ordering: [expect.stringContaining('pull_count')] } },
    });
  });

  it('answers a page past the end with 404', async () => {
    await startHub(manyRepos(10));

    expect(await ask('/v2/namespaces/acme/repositories?page=2')).toMatchObject({ status: 404 });
  });
});

describe('the search of the simulated Docker Hub', () => {
  it('has an empty text where other listings have null, and its own cap', async () => {
    await startHub(manyRepos(250));

    const first = await page('/v2/search/repositories/?query=acme&page_size=100');

    expect(first).toMatchObject({ count: 250, previous: '' });
    expect(first.results[0]?.repo_name).toBe('acme/app-000');
    expect(await ask('/v2/search/repositories/?query=acme&page_size=100&page=2')).toMatchObject({ status: 200 });
    expect(await ask('/v2/search/repositories/?query=acme&page_size=100&page=3')).toMatchObject({ status: 403 });
  });
});

describe('the tags of the simulated Docker Hub', () => {
  it('pin latest first unless an ordering is asked for', async () => {
    const latest = hubTag({ name: 'latest', lastPushed: '2025-01-01T00:00:00Z' });
    await startHub([hubRepo({ name: 'app', pulls: 1, tags: [...manyTags(12), latest] })]);
    const path = '/v2/namespaces/acme/repositories/app/tags';

    const plain = await page(path);
    const byTime = await page(`${path}?ordering=last_updated`);

    expect(plain.count).toBe(13);
    expect(plain.results.map(({ name }) => name).slice(0, 3)).toEqual(['latest', '1.12', '1.11']);
    expect(plain.results).toHaveLength(10);
    expect(byTime.results[0]?.name).toBe('1.12');
  });

  it('have platforms with an attestation among them, nine fraction digits, and sometimes no digest', async () => {
    const { digest: _, ...old } = hubTag({ name: 'old' });
    await startHub([hubRepo({ name: 'app', pulls: 1, tags: [hubTag({ name: 'new' }), old] })]);

    const { results } = await page('/v2/repositories/acme/app/tags/');

    expect(results[0]).toMatchObject({
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      tag_last_pulled: expect.stringMatching(/\.\d{9}Z$/),
      images: [
        { architecture: 'amd64', variant: null },
        { architecture: 'arm64', variant: 'v8' },
        { architecture: 'unknown', os: 'unknown' },
      ],
    });
    expect(results[1]).not.toHaveProperty('digest');
    expect(results[1]).toMatchObject({ tag_last_pulled: null });
  });

  it('may be read up to the 1000th by anyone', async () => {
    await startHub([hubRepo({ name: 'app', pulls: 1, tags: manyTags(1200) })]);
    const path = '/v2/namespaces/acme/repositories/app/tags?page_size=100';

    expect(await ask(`${path}&page=10`)).toMatchObject({ status: 200, body: { count: 1200 } });
    expect(await ask(`${path}&page=11`)).toMatchObject({ status: 403 });
  });

  it('are found one by one, or not', async () => {
    await startHub([hubRepo({ name: 'app', pulls: 1, tags: [hubTag({ name: '1.0' })] })]);

    expect(await ask('/v2/repositories/acme/app/tags/1.0')).toMatchObject({ status: 200, body: { name: '1.0' } });
    expect(await ask('/v2/repositories/acme/app/tags/2.0')).toMatchObject({
      status: 404,
      body: { message: "httperror 404: tag '2.0' not found", errinfo: { namespace: 'acme', repository: 'app', tag: '2.0' } },
    });
  });
});

describe('the limit of the simulated Docker Hub', () => {
  it('counts down in headers, refuses when used up, and starts again after a minute', async () => {
    const clock = await startHub([hubRepo({ name: 'app', pulls: 1 })], { requestsPerMinute: 2 });
    const path = '/v2/repositories/acme/app/';
    const first = await ask(path);
    await ask(path);
    await clock.advance(20_000);

    const third = await ask(path);
    await clock.advance(40_000);
    const fourth = await ask(path);

    expect(first.headers.get('x-ratelimit-limit')).toBe('2');
    expect(first.headers.get('x-ratelimit-remaining')).toBe('1');
    expect(first.headers.get('x-ratelimit-reset')).toBe(String(Date.parse(start) / 1000 + 60));
    expect(third).toMatchObject({ status: 429, body: { detail: 'Rate limit exceeded', error: false } });
    expect(third.headers.get('retry-after')).toBe('40');
    expect(third.headers.get('date')).toBe('Sat, 14 Mar 2026 12:00:20 GMT');
    expect(fourth.status).toBe(200);
  });

  it('speaks of 180 a minute and never comes where none is set', async () => {
    await startHub([hubRepo({ name: 'app', pulls: 1 })]);

    const { headers } = await ask('/v2/repositories/acme/app/');

    expect(headers.get('x-ratelimit-limit')).toBe('180');
    expect(headers.get('x-ratelimit-remaining')).toBe('180');
    expect(headers.has('retry-after')).toBe(false);
  });
});

describe('the login of the simulated Docker Hub', () => {
  const login = { username: 'acme', token: 'secret' };

  it('gives a bearer that lifts the cap for ten minutes', async () => {
    const clock = await startHub(manyRepos(250), { login });
    const { access_token: bearer } = bearerAnswer.parse((await logIn('secret')).body);
    const headers = { authorization: `Bearer ${bearer}` };
    const path = '/v2/namespaces/acme/repositories?page=3&page_size=100';

    const early = await ask(path, { headers });
    await clock.advance(600_000);
    const late = await ask(path, { headers });

    expect(early).toMatchObject({ status: 200, body: { count: 250 } });
    expect(late).toMatchObject({ status: 401 });
  });

  it('is refused when it is wrong, and so is a bearer that was never given out', async () => {
    await startHub(manyRepos(1), { login });
    const refusal = { status: 401, body: { detail: expect.any(String), message: expect.any(String) } };

    expect(await logIn('wrong')).toMatchObject(refusal);
    expect(await ask('/v2/namespaces/acme/repositories', { headers: { authorization: 'Bearer made-up' } })).toMatchObject(refusal);
  });
});

describe('an unknown URL of the simulated Docker Hub', () => {
  it.each(['/', '/v2/', '/v3/repositories/acme/app/', '/v2/repositories/acme/app/stars', '/v2/acme/app/manifests/latest', '/v2/%E0%A4%A'])(
    '%s is answered as plain text and remembered',
    async (path) => {
      await startHub([hubRepo({ name: 'app', pulls: 1 })]);

      const answer = await ask(path);

      expect(answer).toMatchObject({ status: 404, body: '404: Page Not Found' });
      expect(simulator.unknownRequests).toMatchObject([{ server: 'dockerhub', method: 'GET', path }]);
    },
  );
});
