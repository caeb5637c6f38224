import { afterEach, describe, expect, it } from 'vitest';
import { createFixedClock } from '../../../test/support/fixed-clock.ts';
import { createRecordingLog } from '../../../test/support/recording-log.ts';
import { refusals } from '../../demo/simulator/faults.ts';
import { startSimulator, type Simulator } from '../../demo/simulator/index.ts';
import type { QuayQuirks } from '../../demo/simulator/quay.ts';
import { emptyWorld, quayRepo, quayTag, type QuayRepo } from '../../demo/simulator/world.ts';
import { createHttpClientFactory } from '../../net/client.ts';
import { quay } from './index.ts';

const ref = { owner: 'acme', name: 'app' };
let simulator: Simulator;

afterEach(async () => {
  await simulator.close();
});

async function start(repo: QuayRepo | QuayRepo[], quirks: QuayQuirks = {}) {
  const clock = createFixedClock('2026-03-14T12:00:00.000Z');
  const repos = Array.isArray(repo) ? repo : [repo];
  simulator = await startSimulator({ world: { ...emptyWorld(), quay: [{ name: 'acme', repos }] }, clock, quay: quirks });
  const createHttpClient = createHttpClientFactory({ fetch, clock, random: () => 0, userAgent: 'test', log: createRecordingLog() });
  return quay.create({ targets: [], urls: { QUAY_URL: simulator.quayUrl }, delayMs: 500 }, { createHttpClient, clock });
}

function many(count: number): QuayRepo[] {
  return Array.from({ length: count }, (_each, at) => quayRepo(`app-${at}`, '2026-03-14', () => 1));
}

describe('Quay.io', () => {
  it('gives a sum that says from when on it counts, with the days that it is made of', async () => {
    const source = await start(quayRepo('app', '2026-03-14', (daysAgo) => daysAgo));

    const { reading } = await source.read(ref);

    expect(reading).toMatchObject({ pullCount: (92 * 93) / 2, totalSince: '2025-12-12' });
    expect(reading.recentDays).toHaveLength(92);
    expect(reading.recentDays?.[0]).toEqual({ day: '2026-03-13', pulls: 1 });
  });

  it('reads tags with their time, and the newest as the last push', async () => {
    const tags = [
      quayTag('1.0', { lastPushed: '2026-02-01T08:00:00Z', size: 30 }),
      quayTag('latest', { lastPushed: '2026-03-01T09:30:00Z' }),
    ];
    const source = await start(quayRepo('app', '2026-03-14', () => 1, { tags }));

    const { reading } = await source.read(ref);

    expect(reading).toMatchObject({ lastUpdated: '2026-03-01T09:30:00.000Z', tagCount: 2 });
    expect(reading.tags).toEqual([
      { name: 'latest', lastUpdated: '2026-03-01T09:30:00.000Z', digest: tags[1]?.digest, fullSize: undefined },
      { name: '1.0', lastUpdated: '2026-02-01T08:00:00.000Z', digest: tags[0]?.digest, fullSize: 30 },
    ]);
  });

  it('knows no number of tags where there are more than it reads', async () => {
    const tags = Array.from({ length: 1001 }, (_, at) => quayTag(`t${at}`));
    const source = await start(quayRepo('app', '2026-03-14', () => 1, { tags }));

    const { reading, flaw } = await source.read(ref);

    expect(reading.tags).toHaveLength(1000);
    expect(reading.tagCount).toBeUndefined();
    expect(flaw).toBeUndefined();
  });

  it('does not say that a repository is gone when it may be private', async () => {
    const source = await start(quayRepo('app', '2026-03-14', () => 1, { private: true }));

    await expect(source.read(ref)).rejects.toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining('private on Quay.io, or not there'),
    });
  });
});

describe('a nested name on Quay.io', () => {
  it.each(['charts/cert-manager', 'art-tenant/a/tag'])('is asked for with its slashes as they are: %s', async (name) => {
    const source = await start(quayRepo(name, '2026-03-14', () => 2, { tags: [quayTag('1.0')] }));

    const { reading, flaw } = await source.read({ owner: 'acme', name });

    expect(flaw).toBeUndefined();
    expect(reading).toMatchObject({ repo: `acme/${name.replaceAll('/', '%2F')}`, pullCount: 184, tagCount: 1 });
    expect(simulator.requests.map(({ path }) => path.split('?')[0])).toEqual([
      `/api/v1/repository/acme/${name}`,
      `/api/v1/repository/acme/${name}/tag/`,
    ]);
  });

  it('is listed with the others of its owner', async () => {
    const source = await start([quayRepo('app', '2026-03-14', () => 1), quayRepo('charts/app', '2026-03-14', () => 1)]);

    expect(await source.list('acme')).toMatchObject({
      images: [{ ref: { name: 'app' } }, { ref: { name: 'charts/app' } }],
      complete: true,
    });
  });
});

describe('what Quay.io may do one day', () => {
  it.each(['as page', 'as JSON'] as const)('is a 404, which is no answer about a repository: %s', async (answersNotFound) => {
    const source = await start(
      quayRepo('app', '2026-03-14', () => 1),
      { answersNotFound },
    );

    await expect(source.read(ref)).rejects.toMatchObject({ code: 'unreachable', message: expect.stringContaining('answered 404') });
    await expect(source.list('acme')).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('is to ignore the page size: 60 repositories and 60 tags are 60', async () => {
    const tags = Array.from({ length: 60 }, (_each, at) => quayTag(`t${at}`));
    const source = await start([quayRepo('app', '2026-03-14', () => 1, { tags }), ...many(59)], { rowsPerPage: 25 });

    const { images, complete } = await source.list('acme');
    const { reading } = await source.read(ref);

    expect([images.length, complete, reading.tagCount]).toEqual([60, true, 60]);
  });

  it('is to repeat a page for ever', async () => {
    const tags = [quayTag('1.0'), quayTag('latest')];
    const source = await start(
      quayRepo('app', '2026-03-14', () => 1, { tags }),
      { repeatsPages: true },
    );

    const listing = await source.list('acme');
    const { reading, flaw } = await source.read(ref);

    expect(listing).toMatchObject({
      images: [{ ref }],
      complete: false,
      shortfall: { message: expect.stringContaining('repeats itself') },
    });
    expect([reading.tags?.length, reading.tagCount]).toEqual([2, undefined]);
    expect(flaw?.message).toContain('repeats itself');
    expect(simulator.requests).toHaveLength(5);
  });

  it('is to list fewer images than there are: the others are still there by name', async () => {
    const source = await start(many(3), { unlisted: ['app-0'] });

    expect((await source.list('acme')).images).toHaveLength(2);
    await expect(source.read({ owner: 'acme', name: 'app-0' })).resolves.toMatchObject({ reading: { pullCount: 92 } });
  });

  it('is to limit without a time: it is left alone after a few images', async () => {
    const source = await start(quayRepo('app', '2026-03-14', () => 1));
    simulator.inject({ server: 'quay', match: '', fault: { ...refusals.tooManyRequests, body: '<html><title>429</title></html>' } });

    for (let at = 0; at < 12; at += 1) await expect(source.read(ref)).rejects.toMatchObject({ code: 'rate_limited' });

    expect(simulator.requests).toHaveLength(6);
  });
});
