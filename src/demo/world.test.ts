import { describe, expect, it } from 'vitest';
import { addDays, dayMs, dayOf } from '../core/model/day.ts';
import { parseTarget } from '../core/model/image-ref.ts';
import { isPullCount, type Reading } from '../core/model/reading.ts';
import { createDemo, type Demo } from './world.ts';
import { publicTotals, totalDownloads } from './simulator/world.ts';

const options = { today: '2026-03-14', days: 120, seed: 7 } as const;

function totalsNow({ world }: Demo): Map<string, number> {
  const { dockerhub, ghcr, 'ecr-public': ecrPublic } = publicTotals(world);
  return new Map([...[...dockerhub].map(keyed('dockerhub')), ...[...ghcr].map(keyed('ghcr')), ...[...ecrPublic].map(keyed('ecr-public'))]);
}

function keyed(registry: string): (entry: readonly [string, number]) => [string, number] {
  return ([repo, total]) => [`${registry} ${repo}`, total];
}

/** The readings of each image in each registry, oldest first. */
function readingsByImage({ history }: Demo): Map<string, Reading[]> {
  const series = new Map<string, Reading[]>();
  for (const reading of history.flat()) {
    const key = `${reading.registry} ${reading.repo}`;
    series.set(key, [...(series.get(key) ?? []), reading]);
  }
  return series;
}

/** Pulls from each reading to the next. */
function stepsOf(readings: readonly Reading[]): number[] {
  return readings.slice(1).map(({ pullCount }, index) => pullCount - (readings[index]?.pullCount ?? 0));
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('the demo', () => {
  it('is the same with the same seed and another with another', () => {
    expect(createDemo(options)).toEqual({ ...createDemo(options), advance: expect.any(Function) });
    expect(createDemo({ ...options, seed: 8 }).history).not.toEqual(createDemo(options).history);
  });

  it('has a history of every day before today, each read on that day', () => {
    const { history } = createDemo(options);

    expect(history).toHaveLength(120);
    for (const [index, readings] of history.entries()) {
      expect(new Set(readings.map(({ readAt }) => dayOf(Date.parse(readAt))))).toEqual(new Set([addDays(options.today, index - 120)]));
    }
  });

  it('has a dozen images of two owners, some in both registries, one of them nested', () => {
    const keys = [...totalsNow(createDemo(options)).keys()];
    const repos = keys.map((key) => key.split(' ')[1] ?? '');

    expect(new Set(repos).size).toBe(12);
    expect(repos.length).toBeGreaterThan(14);
    expect(new Set(repos.map((repo) => repo.split('/')[0]))).toEqual(new Set(['acme', 'northwind']));
    expect(keys).toContain('ghcr acme/charts%2Fbackup-agent');
  });

  it('never goes back, and stands higher today than on the last day', () => {
    const demo = createDemo(options);
    const now = totalsNow(demo);

    // Quay.io has no total of its own to compare with.
    const history = [...readingsByImage(demo)].filter(([key]) => !key.startsWith('quay '));
    expect(history.map(([key]) => key).toSorted()).toEqual([...now.keys()].toSorted());
    for (const [key, readings] of history) {
      expect(Math.min(...stepsOf(readings))).toBeGreaterThanOrEqual(0);
      expect(readings.every(({ pullCount }) => isPullCount(pullCount))).toBe(true);
      expect(now.get(key)).toBeGreaterThan(readings.at(-1)?.pullCount ?? Infinity);
    }
  });

  it('misses some days of one image, whose next reading has the whole difference', () => {
    const readings = readingsByImage(createDemo(options)).get('dockerhub northwind/ledger-sync') ?? [];
    const days = readings.map(({ readAt }) => readAt.slice(0, 10));

    expect(readings).toHaveLength(115);
    expect(days).not.toContain(addDays(options.today, -40));
    expect(stepsOf(readings)[days.indexOf(addDays(options.today, -37)) - 1]).toBeGreaterThan(3 * 500);
  });

  it('has one image that appeared nine days ago and grows fast', () => {
    const readings = readingsByImage(createDemo(options)).get('ghcr acme/tiny-proxy') ?? [];

    expect(readings).toHaveLength(9);
    expect(readings[0]?.pullCount).toBeLessThan(100);
    expect(readings.at(-1)?.pullCount).toBeGreaterThan(2 * (readings[0]?.pullCount ?? Infinity));
  });

  it('follows the week, grows over the months, and has busy days after a release', () => {
    const readings = readingsByImage(createDemo(options)).get('dockerhub northwind/gateway') ?? [];
    const steps = stepsOf(readings).map((pulls, index) => ({ pulls, weekday: new Date(readings[index + 1]?.readAt ?? '').getUTCDay() }));
    const pulls = (isWeekend: boolean): number[] =>
      steps.filter(({ weekday }) => (weekday % 6 === 0) === isWeekend).map((step) => step.pulls);

    expect(average(pulls(true))).toBeLessThan(0.75 * average(pulls(false)));
    expect(average(stepsOf(readings.slice(-35)))).toBeGreaterThan(1.1 * average(stepsOf(readings.slice(0, 35))));
    expect(Math.max(...pulls(false))).toBeGreaterThan(1.6 * average(pulls(false)));
  });

  it('has tags that move with releases', () => {
    const readings = readingsByImage(createDemo(options)).get('dockerhub acme/backup-agent') ?? [];
    const digests = new Set(readings.map(({ tags }) => tags?.find(({ name }) => name === 'latest')?.digest));

    expect(digests.size).toBeGreaterThan(5);
    expect(readings.at(-1)?.tags?.[0]).toMatchObject({ name: 'latest', platforms: [{ architecture: 'amd64' }, { architecture: 'arm64' }] });
    expect(readings.at(-1)?.tagCount).toBe(readings.at(-1)?.tags?.length);
  });

  it("draws GHCR's last 30 days as they were read", () => {
    const demo = createDemo(options);
    const readings = readingsByImage(demo).get('ghcr northwind/edge-cache') ?? [];
    const shown = demo.world.ghcr[1]?.packages.find(({ name }) => name === 'edge-cache');
    const before = readings.at(-1)?.pullCount ?? 0;

    const shownDays = Array.from({ length: 30 }, (_, daysAgo) => shown?.daily.get(addDays(options.today, -daysAgo)));
    expect(shownDays.slice(1)).toEqual(stepsOf(readings).toReversed().slice(0, 29));
    expect(shownDays[0]).toBe(shown && totalDownloads(shown) - before);
  });

  it('is configured with what it has', () => {
    const { dockerHubRepos, ghcrRepos } = createDemo(options);

    for (const entry of `${dockerHubRepos},${ghcrRepos}`.split(',')) {
      expect(parseTarget(entry)).toMatchObject({ kind: 'owner', owner: expect.stringMatching(/^(acme|northwind)$/) });
    }
  });
});

describe('the passing of time in the demo', () => {
  it('brings pulls minute by minute, as many as the day is worth', () => {
    const demo = createDemo(options);
    const before = totalsNow(demo);
    const moved: number[] = [];

    for (let minute = 0; minute < 60; minute += 1) {
      const last = totalsNow(demo).get('dockerhub northwind/gateway') ?? 0;
      demo.advance(60_000);
      moved.push((totalsNow(demo).get('dockerhub northwind/gateway') ?? 0) - last);
    }

    expect(Math.min(...moved)).toBeGreaterThan(0);
    for (const [key, total] of totalsNow(demo)) expect(total).toBeGreaterThanOrEqual(before.get(key) ?? Infinity);
    const perDay = (average(moved) * dayMs) / 60_000;
    expect(perDay).toBeGreaterThan(5000);
    expect(perDay).toBeLessThan(80_000);
  });

  it('turns the day at midnight', () => {
    const demo = createDemo({ ...options, startedAt: '2026-03-14T23:00:00Z' });
    const shown = demo.world.ghcr[1]?.packages.find(({ name }) => name === 'edge-cache');
    const first = shown?.daily.get('2026-03-14') ?? Infinity;

    demo.advance(2 * 3_600_000);

    expect(shown?.daily.get('2026-03-14')).toBeGreaterThan(first);
    expect(shown?.daily.get('2026-03-15')).toBeGreaterThan(0);
    expect(shown?.daily.get('2026-03-15')).toBeLessThan(first);
  });
});
