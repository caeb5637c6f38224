import { afterEach, describe, expect, it } from 'vitest';
import { createFixedClock } from '../../../test/support/fixed-clock.ts';
import { createRecordingLog } from '../../../test/support/recording-log.ts';
import { startSimulator, type Simulator } from '../../../test/support/simulator/index.ts';
import { emptyWorld, quayRepo, quayTag, type QuayRepo } from '../../../test/support/simulator/world.ts';
import { createHttpClientFactory } from '../../net/client.ts';
import { quay } from './index.ts';

const ref = { owner: 'acme', name: 'app' };
let simulator: Simulator;

afterEach(async () => {
  await simulator.close();
});

async function start(repo: QuayRepo) {
  const clock = createFixedClock('2026-03-14T12:00:00.000Z');
  simulator = await startSimulator({ world: { ...emptyWorld(), quay: [{ name: 'acme', repos: [repo] }] }, clock });
  const createHttpClient = createHttpClientFactory({ fetch, clock, random: () => 0, userAgent: 'test', log: createRecordingLog() });
  return quay.create({ targets: [], urls: { QUAY_URL: simulator.quayUrl }, delayMs: 500 }, { createHttpClient, clock });
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
