import { afterEach, describe, expect, it } from 'vitest';
import { createFixedClock } from '../../../test/support/fixed-clock.ts';
import { createRecordingLog } from '../../../test/support/recording-log.ts';
import { startSimulator, type Simulator } from '../../../test/support/simulator/index.ts';
import { emptyWorld } from '../../../test/support/simulator/world.ts';
import { createHttpClientFactory } from '../../net/client.ts';
import { ecrPublic } from './index.ts';

let simulator: Simulator;

afterEach(async () => {
  await simulator.close();
});

async function start() {
  const clock = createFixedClock('2026-03-14T12:00:00.000Z');
  const tags = [
    { name: '1.0', digest: 'sha256:11', size: 30, pushedAt: '2026-02-01T03:00:00-05:00' },
    { name: 'latest', digest: 'sha256:22', size: 31, pushedAt: '2026-02-01T07:00:00Z' },
  ];
  const world = { ...emptyWorld(), ecrPublic: [{ name: 'acme', repos: [{ name: 'tools/app', downloads: 123_456, tags }] }] };
  simulator = await startSimulator({ world, clock });
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
      fault: { kind: 'status', status: 400, body: '{"__type":"com.amazonaws#ThrottledException"}' },
    });

    await expect(source.read({ owner: 'acme', name: 'app' })).rejects.toMatchObject({
      code: 'invalid_response',
      message: expect.stringContaining('(ThrottledException)'),
    });
  });
});
