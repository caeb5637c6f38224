import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startSimulator, type Simulator } from './index.ts';
import { emptyWorld, ghcrPackage, ghcrVersion } from './world.ts';

let simulator: Simulator;

beforeEach(async () => {
  const versions = Array.from({ length: 1500 }, (_, index) =>
    ghcrVersion({ id: index, downloads: 1, tags: [`1.${index}`], publishedAt: new Date(Date.UTC(2020, 0, 1 + index)).toISOString() }),
  );
  const hidden = ghcrPackage({ name: 'secret', versions: [], private: true });
  const packages = [ghcrPackage({ name: 'charts/app', versions: versions.toReversed() }), hidden];
  simulator = await startSimulator({ world: { ...emptyWorld(), ghcr: [{ login: 'Acme', kind: 'user', packages }] } });
});

afterEach(async () => {
  await simulator.close();
});

async function ask(path: string, token?: string, method = 'GET'): Promise<{ status: number; headers: Headers; body: unknown }> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await fetch(simulator.ghcrUrl + path, { headers, method });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text.startsWith('{') ? JSON.parse(text) : text };
}

async function tokenFor(repository: string): Promise<string> {
  const { body } = await ask(`/token?scope=repository:${repository}:pull&service=ghcr.io`);
  return z.object({ token: z.string() }).parse(body).token;
}

async function tags(path: string, token: string): Promise<{ names: string[]; link: string | null }> {
  const { body, headers } = await ask(path, token);
  return { names: z.object({ tags: z.array(z.string()) }).parse(body).tags, link: headers.get('link') };
}

describe('the simulated token of ghcr.io', () => {
  it('is given for what is public, at both addresses', async () => {
    const token = await tokenFor('acme/charts/app');

    expect(Buffer.from(token, 'base64').toString()).toMatch(/^v1:acme\/charts\/app:/);
    expect(await ask('/v2/token?scope=repository%3Aacme%2Fcharts%2Fapp%3Apull')).toMatchObject({ status: 200, body: { token } });
  });

  it.each(['acme/none', 'acme/secret', 'nobody/app', 'Acme/charts/app', ''])('is denied for "%s"', async (repository) => {
    expect(await ask(`/token?scope=repository:${repository}:pull&service=ghcr.io`)).toMatchObject({
      status: 403,
      body: { errors: [{ code: 'DENIED', message: 'requested access to the resource is denied' }] },
    });
  });
});

describe('the simulated tags of ghcr.io', () => {
  const list = '/v2/acme/charts/app/tags/list';

  it('ask for a token first and say where there is one', async () => {
    const answer = await ask(list);

    expect(answer).toMatchObject({ status: 401, body: { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] } });
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:acme/charts/app:pull"',
    );
    expect(await ask(list, 'made-up')).toMatchObject({ status: 401 });
    expect(await ask(list, 'QQ==')).toMatchObject({ status: 200 });
  });

  it('come 100 at a time, at most 1000, oldest first, with a link without a host to the next', async () => {
    const token = await tokenFor('acme/charts/app');

    const few = await tags(list, token);
    const many = await tags(`${list}?n=5000`, token);
    const rest = await tags(/<(.*)>/.exec(many.link ?? '')?.[1] ?? '', token);

    expect(few.names).toHaveLength(100);
    expect(few.names[0]).toBe('1.0');
    expect(many.names).toHaveLength(1000);
    expect(many.link).toBe('</v2/acme/charts/app/tags/list?last=1.999&n=1000>; rel="next"');
    expect(rest.names).toHaveLength(501);
    expect(rest.link).toBeNull();
    expect(rest.names.at(-1)).toMatch(/^sha256-[0-9a-f]{64}\.sig$/);
  });

  it('are not known for what is not there', async () => {
    expect(await ask('/v2/acme/none/tags/list', 'QQ==')).toMatchObject({ status: 404, body: { errors: [{ code: 'NAME_UNKNOWN' }] } });
  });
});

describe('a simulated manifest or blob', () => {
  it.each([
    ['GET', '/v2/acme/charts/app/manifests/latest'],
    ['HEAD', '/v2/acme/app/manifests/sha256:00'],
    ['GET', '/v2/acme/app/blobs/sha256:00'],
  ])('is never given and always remembered: %s %s', async (method, path) => {
    expect(await ask(path, 'QQ==', method)).toMatchObject({ status: 404 });

    expect(simulator.manifestRequests).toEqual([path]);
  });
});
