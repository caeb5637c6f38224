import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jsonChanges, pageChanges, refusals, tooManyRequestsFor, type Fault } from './faults.ts';
import { startSimulator, type Simulator } from './index.ts';
import { emptyWorld, ghcrPackage, ghcrVersion, hubRepo } from './world.ts';

const hubPath = '/v2/repositories/acme/app/';
const pagePath = '/users/acme/packages/container/package/app';
const exactTotal = '<h3 title="14360">14.4K</h3>';

let simulator: Simulator;

beforeEach(async () => {
  const packages = [ghcrPackage({ name: 'app', versions: [ghcrVersion({ id: 1, downloads: 14_360, tags: ['1.0'] })] })];
  simulator = await startSimulator({
    world: {
      ...emptyWorld(),
      dockerHub: [{ name: 'acme', repos: [hubRepo({ name: 'app', pulls: 42 })] }],
      ghcr: [{ login: 'acme', kind: 'user', packages }],
    },
  });
});

afterEach(async () => {
  await simulator.close();
});

async function hub(): Promise<{ status: number; headers: Headers; body: string }> {
  const answer = await fetch(simulator.dockerHubUrl + hubPath, { redirect: 'manual' });
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
}

async function packagePage(): Promise<string> {
  return (await fetch(simulator.githubUrl + pagePath)).text();
}

function spoilHub(fault: Fault): void {
  simulator.inject({ server: 'dockerhub', match: '/acme/', fault });
}

describe('a fault', () => {
  it('spoils as many answers as it is told to, of its server and path only', async () => {
    simulator.inject({ server: 'dockerhub', match: /^\/v2\/.*app/, times: 2, fault: refusals.serverError });
    simulator.inject({ server: 'dockerhub', match: '/elsewhere', fault: refusals.serverError });

    const statuses = [(await hub()).status, (await hub()).status, (await hub()).status];

    expect(statuses).toEqual([500, 500, 200]);
    expect(await packagePage()).toContain(exactTotal);
    expect(simulator.requests).toHaveLength(4);
  });

  it('can be taken back, alone or with all others', async () => {
    const takeBack = simulator.inject({ server: 'dockerhub', match: '', fault: { kind: 'status', status: 502 } });
    simulator.inject({ server: 'dockerhub', match: '', fault: { kind: 'status', status: 503 } });

    const first = await hub();
    takeBack();
    const second = await hub();
    simulator.clearFaults();

    expect([first.status, second.status, (await hub()).status]).toEqual([502, 503, 200]);
  });

  it('answers 429 with a time to wait, or without one', async () => {
    simulator.inject({ server: 'dockerhub', match: '', times: 1, fault: tooManyRequestsFor(7200) });
    spoilHub(refusals.tooManyRequests);

    const [first, second] = [await hub(), await hub()];

    expect(first.status).toBe(429);
    expect(first.headers.get('retry-after')).toBe('7200');
    expect(second.status).toBe(429);
    expect(second.headers.has('retry-after')).toBe(false);
  });

  it('answers with a web page where JSON is expected', async () => {
    spoilHub(refusals.unicorn);

    expect(await hub()).toMatchObject({ status: 503, body: expect.stringContaining('Unicorn') });
  });

  it('redirects to any place', async () => {
    spoilHub({ kind: 'redirect', location: 'https://elsewhere.example/' });

    const { status, headers } = await hub();

    expect(status).toBe(302);
    expect(headers.get('location')).toBe('https://elsewhere.example/');
  });

  it('never answers, and does not keep the simulator from closing', async () => {
    spoilHub({ kind: 'hang' });
    const asked = hub().then(
      () => 'answered',
      () => 'cut off',
    );

    await expect.poll(() => simulator.requests.length).toBe(1);
    await simulator.close();

    expect(await asked).toBe('cut off');
  });

  it('ends the connection in the middle of the body', async () => {
    spoilHub({ kind: 'cut' });

    const answer = await fetch(simulator.dockerHubUrl + hubPath);

    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow('terminated');
  });

  it('sends a body that reads well and does not end before its bound', async () => {
    spoilHub({ kind: 'oversize', bytes: 3_000_000 });

    const { body } = await hub();

    expect(body).toHaveLength(3_000_000);
    expect(JSON.parse(body)).toMatchObject({ pull_count: 42 });
  });

  it('stops sending when nobody listens any more', async () => {
    spoilHub({ kind: 'oversize', bytes: 2 ** 40 });
    const answer = await fetch(simulator.dockerHubUrl + hubPath);

    await answer.body?.cancel();
    await simulator.close();

    expect(simulator.requests).toHaveLength(1);
  });

  it('sends the real answer in small pieces', async () => {
    spoilHub({ kind: 'slow', chunkBytes: 100, pauseMs: 1 });

    expect(JSON.parse((await hub()).body)).toMatchObject({ pull_count: 42 });
  });

  it('changes JSON in its outer object and in its rows', async () => {
    const listing = `${simulator.dockerHubUrl}/v2/repositories/acme/`;
    spoilHub({ kind: 'json', transform: jsonChanges.setField('pull_count', '42') });

    expect(await (await fetch(listing)).json()).toMatchObject({ count: 1, results: [{ name: 'app', pull_count: '42' }] });
    expect(JSON.parse((await hub()).body)).toMatchObject({ pull_count: '42' });
    simulator.clearFaults();
    spoilHub({ kind: 'json', transform: jsonChanges.dropField('pull_count') });
    expect(JSON.parse((await hub()).body)).not.toHaveProperty('pull_count');
  });
});

describe('a changed web page', () => {
  it.each(Object.entries(pageChanges))('%s no longer has the one exact total', async (_name, transform) => {
    simulator.inject({ server: 'github', match: pagePath, fault: { kind: 'markup', transform } });

    const page = await packagePage();

    const visible = page.replaceAll(/<!--.*?-->|<script.*?<\/script>/gs, '');
    const totals = [...visible.matchAll(/>Total downloads<\/span>\s*<h3 title="(\d+)">/g)].map(([, total]) => total);
    expect(totals).not.toEqual(['14360']);
    expect(page).not.toBe('');
  });

  it('leaves JSON and redirects alone', async () => {
    spoilHub({ kind: 'markup', transform: pageChanges.profilePage });

    expect(JSON.parse((await hub()).body)).toMatchObject({ pull_count: 42 });
  });
});

describe('the log of requests', () => {
  it('tells server, method, path with query, headers and time', async () => {
    await fetch(`${simulator.githubUrl}/acme?tab=packages`, { headers: { 'user-agent': 'test' } });

    expect(simulator.requests).toMatchObject([
      { server: 'github', method: 'GET', path: '/acme?tab=packages', headers: { 'user-agent': 'test' }, at: expect.any(Number) },
    ]);
  });
});
