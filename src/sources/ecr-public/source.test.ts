import { afterEach, describe, expect, it } from 'vitest';
import { createFixedClock } from '../../../test/support/fixed-clock.ts';
import { createRecordingLog } from '../../../test/support/recording-log.ts';
import type { EcrPublicQuirks } from '../../demo/simulator/ecr-public.ts';
import { startSimulator, type Simulator } from '../../demo/simulator/index.ts';
import { emptyWorld } from '../../demo/simulator/world.ts';
import { createHttpClientFactory } from '../../net/client.ts';
import { ecrPublic } from './index.ts';

let simulator: Simulator;

afterEach(async () => {
  await simulator.close();
});

async function start(quirks: EcrPublicQuirks = {}, more = 0) {
  const clock = createFixedClock('2026-03-14T12:00:00.000Z');
  const tags = [
    { name: '1.0', digest: 'sha256:11', size: 30, pushedAt: '2026-02-01T03:00:00-05:00' },
    { name: 'latest', digest: 'sha256:22', size: 31, pushedAt: '2026-02-01T07:00:00Z' },
  ];
  const others = Array.from({ length: more }, (_each, at) => ({ name: `app-${at}`, downloads: at, tags: [] }));
  const repos = [{ name: 'tools/app', downloads: 123_456, tags }, ...others];
  simulator = await startSimulator({ world: { ...emptyWorld(), ecrPublic: [{ name: 'acme', repos }] }, clock, ecrPublic: quirks });
  const createHttpClient = createHttpClientFactory({ fetch, clock, random: () => 0, userAgent: 'test', log: createRecordingLog() });
  return ecrPublic.create({ targets: [], urls: { ECR_PUBLIC_URL: simulator.ecrPublicUrl }, delayMs: 0 }, { createHttpClient, clock });
}

describe('Amazon ECR Public', () => {
  it('is asked by POST, with nested names as they are', async () => {
    const source = await start();

    const { reading } = await source.read({ owner: 'acme', name: 'tools/app' });

    expect(reading).toMatchObject({ registry: 'ecr-public', repo: 'acme/tools%2Fapp', pullCount: 123_456, tagCount: 2 });
    expect(simulator.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /getRepositoryCatalogData',
      'POST /describeImageTags',
    ]);
  });

  it('takes the newest push as the last, whatever zone it is written in', async () => {
    const { reading } = await (await start()).read({ owner: 'acme', name: 'tools/app' });

    expect(reading.lastUpdated).toBe('2026-02-01T03:00:00-05:00');
    expect(reading.tags?.[1]).toEqual({ name: 'latest', lastUpdated: '2026-02-01T07:00:00Z', digest: 'sha256:22', fullSize: 31 });
  });

  it('names the type of an error that it does not know', async () => {
    const source = await start();
    simulator.inject({
      server: 'ecr',
      match: '',
      fault: { kind: 'status', status: 400, body: '{"__type":"com.amazonaws#ValidationException"}' },
    });

    await expect(source.read({ owner: 'acme', name: 'app' })).rejects.toMatchObject({
      code: 'invalid_response',
      message: expect.stringContaining('(ValidationException)'),
    });
  });
});

describe('what the gallery may do one day', () => {
  const ref = { owner: 'acme', name: 'tools/app' };

  it.each([
    { type: 'ThrottlingException' },
    { type: 'com.amazon.coral.availability#ThrottlingException' },
    { type: 'TooManyRequestsException' },
    { type: 'ThrottlingException:http://internal.amazon.com/coral/', isInHeader: true },
    { type: 'ThrottledException', status: 429 },
  ])('is to limit: it is left alone after a few images ($type)', async (error) => {
    const source = await start({ error });

    for (let at = 0; at < 12; at += 1) await expect(source.read(ref)).rejects.toMatchObject({ code: 'rate_limited' });

    expect(simulator.requests).toHaveLength(6);
  });

  it.each([
    ['RepositoryNotFoundException', 400, 'not_found'],
    ['com.amazonaws.ecrpublic#RepositoryNotFoundException', 400, 'not_found'],
    ['RegistryNotFoundException', 404, 'not_found'],
    ['RepositoryCatalogDataNotFoundException', 400, 'invalid_response'],
    ['com.amazonaws.ecrpublic#RepositoryCatalogDataNotFoundException', 400, 'invalid_response'],
    ['ResourceNotFoundException', 400, 'invalid_response'],
    ['UnknownOperationException', 404, 'unreachable'],
  ])('is to answer %s (%i), which means %s', async (type, status, code) => {
    const source = await start({ error: { type, status } });

    await expect(source.read(ref)).rejects.toMatchObject({ code });
  });

  it('is to have no text for a repository that is there: it is not taken for deleted', async () => {
    const source = await start({ withoutCatalogText: ['tools/app'] });

    await expect(source.read(ref)).rejects.toMatchObject({ code: 'invalid_response', message: expect.stringContaining('is there, but') });
    await expect(source.read({ owner: 'acme', name: 'none' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is to ignore the page size: 60 repositories are 60, and all tags are read', async () => {
    const source = await start({ rowsPerPage: 1 }, 59);

    const { images, complete } = await source.list('acme');
    const { reading } = await source.read(ref);

    expect([images.length, complete, reading.tagCount]).toEqual([60, true, 2]);
  });

  it('is to name the same next page for ever', async () => {
    const source = await start({ repeatsPages: true });

    const listing = await source.list('acme');
    const { reading, flaw } = await source.read(ref);

    expect(listing).toMatchObject({
      images: [{ ref }],
      complete: false,
      shortfall: { message: expect.stringContaining('repeats itself') },
    });
    expect([reading.tags?.length, reading.tagCount]).toEqual([2, undefined]);
    expect(flaw?.message).toContain('repeats itself');
  });
});
