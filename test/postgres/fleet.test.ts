/** Several processes of the program on one PostgreSQL: what one of them does alone, they do together, and their deaths lose nothing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { environmentOf } from '../support/environment.ts';
import { openSqlClient, startPostgres, type TestDatabase } from '../support/postgres.ts';
import { getJson, runProgram, startService, type Service } from '../support/program.ts';
import { createSeededRandom } from '../../src/demo/simulator/seeded-random.ts';
import { startSimulator, type Simulator } from '../../src/demo/simulator/index.ts';
import { emptyWorld, ghcrPackage, ghcrVersion, hubRepo, hubTag, publicTotals } from '../../src/demo/simulator/world.ts';

const images = 200;
/** A process that is killed must be missed within the test. */
const quickly = { JOB_SILENCE_SECONDS: '2', GHCR_DELAY_MS: '20', DOCKERHUB_DELAY_MS: '20' };
let database: TestDatabase;
let simulator: Simulator;
let directory: string;
const running = new Set<Service>();

beforeAll(async () => {
  database = await startPostgres();
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-fleet-'));
});

afterEach(async () => {
  await Promise.all([...running].map((service) => service.stop()));
  running.clear();
  await simulator.close();
});

afterAll(async () => {
  await database.dispose();
  await rm(directory, { recursive: true });
});

/** A world of so many images, half on each registry. */
async function startWorld(count: number): Promise<void> {
  const numbers = Array.from({ length: count / 2 }, (_, at) => at);
  const repos = numbers.map((at) => hubRepo({ name: `app-${at}`, pulls: 1000 + at, tags: [hubTag({ name: 'latest' })] }));
  const packages = numbers.map((at) =>
    ghcrPackage({ name: `app-${at}`, versions: [ghcrVersion({ id: at + 1, downloads: 10 + at, tags: ['latest'] })] }),
  );
  const world = {
    ...emptyWorld(),
    dockerHub: [{ name: 'acme', repos }],
    ghcr: [{ login: 'acme', kind: 'organization' as const, packages }],
  };
  // Signed in a listing of Docker Hub has an end.
  simulator = await startSimulator({ world, dockerHub: { login: { username: 'me', token: 'token' } } });
}

async function start(url: string, role: string, more: Readonly<Record<string, string>> = {}): Promise<Service> {
  const env = environmentOf(simulator, directory, {
    DATABASE_URL: url,
    ROLE: role,
    HEALTH_FILE: join(directory, `.healthy-${running.size}-${Math.random()}`),
    DOCKERHUB_REPOS: 'acme/*',
    DOCKERHUB_USERNAME: 'me',
    DOCKERHUB_TOKEN: 'token',
    GHCR_REPOS: 'acme/*',
    POLL_INTERVAL_HOURS: '24',
    BACKFILL: 'off',
    LOG_LEVEL: 'info',
    ...more,
  });
  const service = await startService(env);
  running.add(service);
  return service;
}

/** What a verb ended with. */
async function run(args: readonly string[], env: Readonly<Record<string, string>>) {
  const program = runProgram(args, { env });
  return { code: await program.exited, stdout: program.output(), stderr: program.log() };
}

const status = z.object({
  body: z.object({
    healthy: z.boolean(),
    reason: z.string(),
    registries: z.array(z.object({ registry: z.string(), state: z.string(), images_ok: z.number(), images_failed: z.number() })),
  }),
});

async function statusOf(service: Service) {
  return status.parse(await getJson(`${service.url}/api/status`)).body;
}

const summary = z.object({ body: z.array(z.object({ registry: z.string(), name: z.string(), pull_count: z.number() })) });

async function totalsAt(service: Service): Promise<Map<string, number>> {
  const { body } = summary.parse(await getJson(`${service.url}/api/summary`));
  return new Map(body.map(({ registry, name, pull_count: total }) => [`${registry} ${name}`, total]));
}

function expectedTotals(): Map<string, number> {
  const { dockerhub, ghcr } = publicTotals(simulator.world);
  return new Map([
    ...[...dockerhub].map(([repo, total]): [string, number] => [`dockerhub ${repo}`, total]),
    ...[...ghcr].map(([repo, total]): [string, number] => [`ghcr ${repo}`, total]),
  ]);
}

function requestedPages(): Set<string> {
  return new Set(simulator.requests.map(({ path }) => path).filter((path) => path.startsWith('/users/')));
}

describe('three collectors and two processes of the API', () => {
  it('read every image once a run, whoever of them is killed', async () => {
    await startWorld(images);
    const url = await database.create();
    const [first, second] = [await start(url, 'api'), await start(url, 'api')];
    const collectors = await Promise.all([1, 2, 3].map(() => start(url, 'collector', quickly)));
    const random = createSeededRandom(11);
    const client = await openSqlClient(url);

    for (const share of [0.15, 0.4, 0.65]) {
      await expect.poll(() => requestedPages().size, { interval: 20 }).toBeGreaterThan((images / 2) * share);
      const at = Math.floor(random() * collectors.length);
      const victim = collectors[at];
      victim?.child.kill('SIGKILL');
      if (victim) running.delete(victim);
      collectors[at] = await start(url, 'collector', quickly);
    }
    await expect
      .poll(
        async () => (await client.query(sql`SELECT count(*) FROM runs WHERE finished_at IS NOT NULL AND NOT interrupted`))[0]?.['count'],
        {
          interval: 100,
        },
      )
      .toBe('1');

    const [outcomes] = await client.query(
      sql`SELECT count(*)::int AS images, count(*) FILTER (WHERE is_read)::int AS read,
        count(outcome -> 'failure')::int AS failed FROM work_items WHERE kind = 'read'`,
    );
    expect(outcomes).toEqual({ images, read: images, failed: 0 });
    // One that was killed in the middle of an image leaves it to another: none is left out.
    expect(requestedPages().size).toBe(images / 2);
    expect((await client.query(sql`SELECT count(*)::int AS rows FROM totals`))[0]).toEqual({ rows: images });
    await expect.poll(() => totalsAt(first)).toEqual(expectedTotals());
    expect(await totalsAt(second)).toEqual(expectedTotals());
    await expect
      .poll(async () => (await statusOf(second)).registries.slice(0, 2))
      .toEqual([
        { registry: 'dockerhub', state: 'ok', images_ok: images / 2, images_failed: 0 },
        { registry: 'ghcr', state: 'ok', images_ok: images / 2, images_failed: 0 },
      ]);
    await expect.poll(async () => (await statusOf(first)).healthy).toBe(true);
    await client.end();
  });
});

describe('a database that is restarted in the middle of a run', () => {
  it('turns the service unhealthy, and it recovers by itself', async () => {
    await startWorld(40);
    const url = await database.create();
    const service = await start(url, 'all', { JOB_SILENCE_SECONDS: '2', GHCR_DELAY_MS: '120' });
    const client = await openSqlClient(url);
    await expect
      .poll(async () => Number((await client.query(sql`SELECT count(*) FROM work_items WHERE is_read`))[0]?.['count']), {
        interval: 50,
      })
      .toBeGreaterThan(5);
    await client.end();

    await database.stop();
    await expect.poll(async () => (await statusOf(service)).reason, { interval: 100 }).toMatch(/the database test_\d+ on 127\.0\.0\.1/);
    const data = await fetch(`${service.url}/api/summary`);
    const page = await fetch(`${service.url}/status`);
    await database.start();

    expect(data.status).toBe(503);
    expect(await data.json()).toMatchObject({ error: { code: 'unreachable' } });
    expect(page.status).toBe(200);
    await expect.poll(async () => (await statusOf(service)).healthy, { interval: 200 }).toBe(true);
    await expect.poll(() => totalsAt(service), { interval: 200 }).toEqual(expectedTotals());
  });
});

describe('a single run beside a service', () => {
  it('reads at the pace that all share, and leaves their run alone', async () => {
    await startWorld(4);
    const url = await database.create();
    const env = environmentOf(simulator, directory, { DATABASE_URL: url, EGRESS: 'fra1', GHCR_REPOS: 'acme/app-0', LOG_LEVEL: 'error' });

    const collected = await run(['collect'], env);

    expect(collected).toMatchObject({ code: 0, stdout: expect.stringMatching(/ghcr +acme\/app-0 +10\n/) });
    const client = await openSqlClient(url);
    expect(await client.query(sql`SELECT DISTINCT address FROM paces`)).toEqual([{ address: 'fra1' }]);
    expect(await client.query(sql`SELECT id FROM runs`)).toEqual([]);
    await client.end();
  });
});

describe('moving between a folder and a database', () => {
  it('loses nothing', async () => {
    await startWorld(2);
    const url = await database.create();
    const folder = { DATA_DIR: 'test/fixtures/go-folder', LOG_LEVEL: 'error' };
    expect(await run(['import', 'test/fixtures/go-folder', '--keep-marks'], { DATABASE_URL: url, LOG_LEVEL: 'error' })).toMatchObject({
      code: 0,
    });
    const [before, after] = [
      await run(['export', '--format', 'ndjson'], folder),
      await run(['export', '--format', 'ndjson'], { DATABASE_URL: url, LOG_LEVEL: 'error' }),
    ];

    expect(after).toEqual(before);
    expect(await run(['migrate'], { DATABASE_URL: url })).toMatchObject({ code: 0, stdout: 'The database is up to date.\n' });
    expect(await run(['backup', join(directory, 'x.tar.gz')], { DATABASE_URL: url })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('pg_dump'),
    });
    expect(await run(['serve'], { DATABASE_URL: database.urlOf('none') })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is not there: create it'),
    });
    expect(await run(['config'], { ROLE: 'api' })).toMatchObject({ code: 0, stdout: expect.stringContaining('it needs DATABASE_URL') });
  });
});
