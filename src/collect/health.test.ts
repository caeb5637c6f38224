import { describe, expect, it } from 'vitest';
import { createFixedClock } from '../../test/support/fixed-clock.ts';
import { AppError } from '../core/model/errors.ts';
import type { Cycle, RegistryCycle } from './collector.ts';
import { createHealth } from './health.ts';

const hour = 3_600_000;

function registryCycle(fields: Partial<RegistryCycle> = {}): RegistryCycle {
  return {
    registry: 'dockerhub',
    imagesRead: 1,
    readRepos: [],
    unlisted: [],
    failures: [],
    listings: [],
    doubts: [],
    durationMs: 1000,
    ...fields,
  };
}

function cycle(fields: Partial<Cycle> = {}): Cycle {
  return { startedAt: 0, durationMs: 1000, interrupted: false, registries: [registryCycle()], ...fields };
}

function setUp(intervalMs = hour) {
  const clock = createFixedClock('2026-03-14T10:00:00.000Z', { manual: true });
  const marker: { state: string } = { state: 'untouched' };
  const health = createHealth({
    clock,
    intervalMs,
    titles: new Map([
      ['dockerhub', 'Docker Hub'],
      ['ghcr', 'GHCR'],
    ]),
    marker: {
      set: async (maxAgeMs) => void (marker.state = `set for ${maxAgeMs}`),
      clear: async (reason) => void (marker.state = `cleared: ${reason}`),
    },
  });
  return { clock, marker, health };
}

const refused = { repo: 'acme/app', code: 'rate_limited', message: 'Docker Hub limits this address', missing: 'total' } as const;

describe('health', () => {
  it('starts unhealthy and turns healthy with the first good cycle', async () => {
    const { health, marker } = setUp();
    expect(health.report()).toEqual({ healthy: false, reason: 'no cycle has finished yet' });

    await health.judge(cycle());

    expect(health.report().healthy).toBe(true);
    expect(marker.state).toBe(`set for ${1.1 * hour + 600_000}`);
  });

  it('needs one image from each configured registry, and names the one that is dark with its reason', async () => {
    const { health, marker } = setUp();

    await health.judge(cycle({ registries: [registryCycle(), registryCycle({ registry: 'ghcr', imagesRead: 0, failures: [refused] })] }));

    expect(health.report()).toEqual({ healthy: false, reason: 'nothing could be read from GHCR: Docker Hub limits this address' });
    expect(marker.state).toContain('cleared: nothing could be read from GHCR');
  });

  it('stays healthy when a listing fails but explicit images were read', async () => {
    const { health } = setUp();
    const shortfall = { code: 'unreachable', message: 'hub.docker.com answered 503' } as const;

    await health.judge(cycle({ registries: [registryCycle({ listings: [{ owner: 'acme', listed: 0, complete: false, shortfall }] })] }));

    expect(health.report().healthy).toBe(true);
  });

  it('says why a listing left a registry dark', async () => {
    const { health } = setUp();
    const shortfall = { code: 'unreachable', message: 'hub.docker.com answered 503' } as const;

    await health.judge(
      cycle({ registries: [registryCycle({ imagesRead: 0, listings: [{ owner: 'acme', listed: 0, complete: false, shortfall }] })] }),
    );

    expect(health.report().reason).toBe('nothing could be read from Docker Hub: hub.docker.com answered 503');
  });

  it('is unhealthy when what was read could not be stored, and when nothing is configured', async () => {
    const { health } = setUp();

    await health.judge(cycle({ saveError: new AppError('internal', 'the disk is full') }));
    const unsaved = health.report();
    await health.judge(cycle({ registries: [] }));

    expect(unsaved).toEqual({ healthy: false, reason: 'what was read could not be stored: the disk is full' });
    expect(health.report()).toEqual({ healthy: false, reason: 'nothing is configured to be tracked' });
  });

  it('recovers by itself', async () => {
    const { health } = setUp();
    await health.judge(cycle({ registries: [registryCycle({ imagesRead: 0 })] }));

    await health.judge(cycle());

    expect(health.report().healthy).toBe(true);
  });

  it('goes stale one interval and the longest cycle after the last good cycle', async () => {
    const { clock, health } = setUp();
    await health.judge(cycle({ durationMs: 2 * hour }));

    await clock.advance(3.1 * hour);
    const fresh = health.report();
    await clock.advance(1);

    expect(fresh.healthy).toBe(true);
    expect(health.report().healthy).toBe(false);
  });

  it('does not age when there is one cycle only', async () => {
    const { clock, health, marker } = setUp(0);
    await health.judge(cycle());

    await clock.advance(1000 * hour);

    expect(health.report().healthy).toBe(true);
    expect(marker.state).toBe('set for undefined');
  });
});
