import { describe, expect, it } from 'vitest';
import { createFixedClock } from '../../test/support/fixed-clock.ts';
import type { RegistryRun, RunRecord } from '../core/model/run.ts';
import { createHealth } from './health.ts';

const hour = 3_600_000;

function part(fields: Partial<RegistryRun> = {}): RegistryRun {
  return {
    registry: 'dockerhub',
    imagesRead: 1,
    readRepos: [],
    deleted: [],
    failures: [],
    listings: [],
    doubts: [],
    durationMs: 1000,
    ...fields,
  };
}

function run(fields: Partial<RunRecord> = {}): RunRecord {
  return { id: '1', startedAt: 0, durationMs: 1000, interrupted: false, registries: [part()], ...fields };
}

const titles = { dockerhub: 'Docker Hub', ghcr: 'GHCR' };

/** `tracked`: ids of the registries that something is configured for. */
function setUp(intervalMs = hour, tracked: readonly (keyof typeof titles)[] = ['dockerhub']) {
  const clock = createFixedClock('2026-03-14T10:00:00.000Z', { manual: true });
  const marker: { state: string } = { state: 'untouched' };
  const health = createHealth({
    clock,
    intervalMs,
    titles: new Map(tracked.map((id) => [id, titles[id]])),
    marker: {
      set: async (maxAgeMs) => void (marker.state = `set for ${maxAgeMs}`),
      clear: async (reason) => void (marker.state = `cleared: ${reason}`),
    },
  });
  return { clock, marker, health };
}

const refused = { repo: 'acme/app', code: 'rate_limited', message: 'Docker Hub limits this address', missing: 'total' } as const;

describe('health', () => {
  it('starts unhealthy and turns healthy with the first good run', async () => {
    const { health, marker } = setUp();
    expect(health.report()).toEqual({ healthy: false, reason: 'no run has finished yet' });

    await health.judge(run());

    expect(health.report().healthy).toBe(true);
    expect(marker.state).toBe(`set for ${1.1 * hour + 600_000}`);
  });

  it('needs one image from each configured registry, and names the one that is failing with its reason', async () => {
    const { health, marker } = setUp(hour, ['dockerhub', 'ghcr']);

    await health.judge(run({ registries: [part(), part({ registry: 'ghcr', imagesRead: 0, failures: [refused] })] }));

    expect(health.report()).toEqual({ healthy: false, reason: 'nothing could be read from GHCR: Docker Hub limits this address' });
    expect(marker.state).toContain('cleared: nothing could be read from GHCR');
  });

  it('stays healthy when a listing fails but explicit images were read', async () => {
    const { health } = setUp();
    const shortfall = { code: 'unreachable', message: 'hub.docker.com answered 503' } as const;

    await health.judge(run({ registries: [part({ listings: [{ owner: 'acme', listed: 0, complete: false, shortfall }] })] }));

    expect(health.report().healthy).toBe(true);
  });

  it('says why a listing left a registry without a reading', async () => {
    const { health } = setUp();
    const shortfall = { code: 'unreachable', message: 'hub.docker.com answered 503' } as const;

    await health.judge(
      run({ registries: [part({ imagesRead: 0, listings: [{ owner: 'acme', listed: 0, complete: false, shortfall }] })] }),
    );

    expect(health.report().reason).toBe('nothing could be read from Docker Hub: hub.docker.com answered 503');
  });

  it('is unhealthy when what was read could not be stored, and when nothing is configured', async () => {
    const { health } = setUp();

    await health.judge(run({ saveError: { code: 'internal', message: 'the disk is full' } }));
    const unsaved = health.report();
    const { health: idle } = setUp(hour, []);
    await idle.judge(run({ registries: [] }));

    expect(unsaved).toEqual({ healthy: false, reason: 'what was read could not be stored: the disk is full' });
    expect(idle.report()).toEqual({ healthy: false, reason: 'no images are configured' });
  });

  it('recovers by itself', async () => {
    const { health } = setUp();
    await health.judge(run({ registries: [part({ imagesRead: 0 })] }));

    await health.judge(run());

    expect(health.report().healthy).toBe(true);
  });

  it('goes stale one interval and the longest run after the last good one', async () => {
    const { clock, health } = setUp();
    await health.judge(run({ durationMs: 2 * hour }));

    await clock.advance(3.1 * hour);
    const fresh = health.report();
    await clock.advance(1);

    expect(fresh.healthy).toBe(true);
    expect(health.report().healthy).toBe(false);
  });

  it('does not age when there is one run only', async () => {
    const { clock, health, marker } = setUp(0);
    await health.judge(run());

    await clock.advance(1000 * hour);

    expect(health.report().healthy).toBe(true);
    expect(marker.state).toBe('set for undefined');
  });

  it('turns healthy in the middle of a run, as soon as each configured registry has given a reading that is stored', async () => {
    const { health, marker } = setUp(hour, ['dockerhub', 'ghcr']);

    await health.stored(new Map([['dockerhub', 0]]));
    const half = health.report();
    await health.stored(new Map([['ghcr', 60_000]]));

    expect(half).toEqual({ healthy: false, reason: 'no run has finished yet' });
    expect(health.report().healthy).toBe(true);
    expect(marker.state).toBe(`set for ${1.1 * hour + 600_000 - 60_000}`);
  });

  it('does not count readings of before a restart that are too old', async () => {
    const { health } = setUp();

    await health.stored(new Map([['dockerhub', 2 * hour]]));

    expect(health.report()).toEqual({ healthy: false, reason: 'no run has finished yet' });
  });

  it('counts a run from its end, and not from when it was heard of', async () => {
    const { clock, health } = setUp();
    await health.judge(run(), hour);

    await clock.advance(0.2 * hour);
    const fresh = health.report();
    await clock.advance(0.1 * hour);

    expect(fresh.healthy).toBe(true);
    expect(health.report()).toEqual({ healthy: false, reason: 'nothing was read for longer than one interval and the longest run' });
  });

  it('takes an owner without images for an answer, but not one whose list is incomplete', async () => {
    const { health } = setUp();

    await health.judge(run({ registries: [part({ imagesRead: 0, listings: [{ owner: 'acme', listed: 0, complete: true }] })] }));
    const empty = health.report();
    await health.judge(run({ registries: [part({ imagesRead: 0, listings: [{ owner: 'acme', listed: 0, complete: false }] })] }));

    expect(empty.healthy).toBe(true);
    expect(health.report().healthy).toBe(false);
  });

  it('forgets that a registry failed when a reading of it is stored', async () => {
    const { health } = setUp();
    await health.judge(run({ registries: [part({ imagesRead: 0 })] }));

    await health.stored(new Map([['dockerhub', 0]]));

    expect(health.report().healthy).toBe(true);
  });

  it('renews its marker no more than once a minute while readings are stored', async () => {
    const { clock, health, marker } = setUp();
    await health.stored(new Map([['dockerhub', 0]]));
    marker.state = 'untouched';

    await clock.advance(30_000);
    await health.stored(new Map([['dockerhub', 0]]));
    const early = marker.state;
    await clock.advance(30_000);
    await health.stored(new Map([['dockerhub', 0]]));

    expect(early).toBe('untouched');
    expect(marker.state).toBe(`set for ${1.1 * hour + 600_000}`);
  });

  it('stays unhealthy while nothing can be stored, whatever was stored before, and says when it can again', async () => {
    const { health, marker } = setUp();
    await health.hold('the disk with /data is full');
    await health.stored(new Map([['dockerhub', 0]]));

    expect(health.report()).toEqual({ healthy: false, reason: 'the disk with /data is full' });
    expect(marker.state).toBe('cleared: the disk with /data is full');
    await health.hold(undefined);
    expect(health.report().healthy).toBe(true);
    expect(marker.state).toBe(`set for ${1.1 * hour + 600_000}`);
  });
});
