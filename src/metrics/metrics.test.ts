import { describe, expect, it } from 'vitest';
import { createFixedClock } from '../../test/support/fixed-clock.ts';
import { registryStatus } from '../../test/support/pages.ts';
import type { Reading } from '../core/model/reading.ts';
import type { CollectorStatus } from '../core/views/status.ts';
import { createMemoryStore } from '../store/memory.ts';
import { definitions } from './definitions.ts';
import { createMetrics, type Metrics, type MetricsDeps } from './metrics.ts';

function read(repo: string, day: string, pullCount: number, more: Partial<Reading> = {}): Reading {
  return { registry: 'ghcr', repo, pullCount, readAt: `${day}T10:00:00.000Z`, ...more };
}

const readings = [
  read('acme/app', '2026-03-13', 14_000),
  read('acme/app', '2026-03-14', 14_360, { tagCount: 18, lastUpdated: '2026-03-01T08:00:00.123Z' }),
  read('acme/charts%2Fapp', '2026-03-14', 42),
  read('acme/app', '2026-03-12', 5_000_000_000, { registry: 'dockerhub' }),
];

const status: CollectorStatus = {
  health: { healthy: true, reason: '' },
  registries: [
    registryStatus('dockerhub', 'Docker Hub', {
      state: 'degraded',
      imagesRead: 3,
      imagesFailed: 1,
      failures: [{ repo: 'acme/app', code: 'not_found', message: '', missing: 'total' }],
      listings: [{ owner: 'acme', listed: 400, expected: 412, complete: false }],
      lastDurationMs: 1_500,
      totals: { cycles: { ok: 7, failed: 2 }, errors: { not_found: 3, unreachable: 0 } },
    }),
    registryStatus('ghcr', 'GHCR', { lastSuccess: undefined, doubts: [{ repo: 'acme/app', doubt: 'frozen' }] }),
    registryStatus('quay', 'Quay', { state: 'off' }),
  ],
};

const channels = async () => [
  {
    channel: 'ntfy',
    kind: 'ntfy',
    host: 'ntfy.sh',
    waiting: 3,
    delivered: 12,
    givenUp: 1,
    lastSuccess: '2026-03-14T08:00:00.000Z',
    lastErrorAt: '2026-03-14T09:00:00.000Z',
    lastError: 'ntfy.sh answered 500',
  },
  { channel: 'phone', kind: 'gotify', host: 'gotify.test', waiting: 0, delivered: 0, givenUp: 0 },
];

async function scrape(deps: Partial<MetricsDeps> = {}): Promise<{ readonly type: string; readonly text: string }> {
  const store = createMemoryStore();
  await store.save(readings);
  const clock = createFixedClock('2026-03-14T12:00:00.000Z');
  const configured = [{ registry: 'ghcr', repo: 'acme/new' }];
  const metrics = createMetrics({
    store,
    clock,
    configured,
    staleAfterMs: 86_400_000,
    status: () => status,
    configProblems: [{}, {}],
    groups: [],
    version: '1.2.3',
    channels,
    ...deps,
  });
  return textOf(metrics);
}

async function textOf(metrics: Metrics): Promise<{ readonly type: string; readonly text: string }> {
  const { type, chunks } = await metrics.scrape();
  return { type, text: [...chunks].join('') };
}

/** Those of our own, without those of the process. */
function own(text: string): string {
  const lines = text.split('\n');
  return `${lines.filter((line) => /registrystats_/.test(line)).join('\n')}\n`;
}

describe('the metrics', () => {
  it('look as they did', async () => {
    await expect(own((await scrape()).text)).toMatchFileSnapshot('golden.txt');
  });

  it.each([
    ['all images', { kind: 'all' as const }, ['acme/app', 'acme/app', 'acme/charts/app', 'acme/new']],
    ['the members of groups', { kind: 'groups' as const }, ['acme/charts/app']],
    ['those with the largest totals', { kind: 'top' as const, count: 2 }, ['acme/app', 'acme/app']],
  ])('have series of %s where that is configured, and those of registries anyhow', async (_, images, repos) => {
    const groups = [{ name: 'charts', members: [{ registry: 'ghcr', repo: 'acme/charts%2Fapp' }] }];

    const { text } = await scrape({ images, groups });

    const present = [...text.matchAll(/^registrystats_image_present\{registry="\w+",owner="(\w+)",repo="([\w/]+)"\}/gm)];
    expect(present.map(([, owner, repo]) => `${owner}/${repo}`).toSorted()).toEqual(repos);
    expect(text).toContain('registrystats_registry_images{');
  });

  it('have the content type that Prometheus 3 requires', async () => {
    expect((await scrape()).type).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('keep the last total of a deleted image, and say that it is deleted', async () => {
    const { text } = await scrape();

    expect(text).toContain('registrystats_image_pulls{registry="dockerhub",owner="acme",repo="app"} 5000000000');
    expect(text).toContain('registrystats_image_present{registry="dockerhub",owner="acme",repo="app"} 0');
    expect(text).toContain('registrystats_image_present{registry="ghcr",owner="acme",repo="app"} 1');
  });

  it('never make up a value: missing values are left out', async () => {
    const { text } = await scrape();

    expect(text).not.toMatch(/registrystats_image_pulls\{[^}]*repo="new"/);
    expect(text).not.toMatch(/registrystats_image_tags\{[^}]*repo="charts\/app"/);
    expect(text).not.toContain('quay');
    expect(text).not.toMatch(/ (NaN|Infinity)$/m);
  });

  it('have no series twice, also when they are scraped again', async () => {
    const store = createMemoryStore();
    await store.save(readings);
    const clock = createFixedClock('2026-03-14T12:00:00.000Z');
    const metrics = createMetrics({
      store,
      clock,
      configured: [],
      staleAfterMs: 86_400_000,
      status: () => status,
      configProblems: [],
      groups: [],
      version: '1',
    });
    await metrics.scrape();
    await store.save([read('acme/app', '2026-03-14', 14_400, { readAt: '2026-03-14T11:00:00.000Z' })]);

    const { text } = await textOf(metrics);
    const series = text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.slice(0, line.lastIndexOf(' ')));

    expect(new Set(series).size).toBe(series.length);
    expect(text).toContain('registrystats_image_pulls{registry="ghcr",owner="acme",repo="app"} 14400');
  });

  it('escape what is invalid in a label', async () => {
    const store = createMemoryStore();
    await store.save([read('acme/a"b\\c\nd', '2026-03-14', 1)]);

    expect((await scrape({ store })).text).toContain('repo="a\\"b\\\\c\\nd"} 1');
  });

  it('have names in the manner of Prometheus: base units, and _total for counters alone', () => {
    for (const [name, { type, help }] of Object.entries(definitions)) {
      expect(name).toMatch(/^registrystats_[a-z_]+$/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      expect(help).toMatch(/\.$/);
    }
  });

  it('include those of the process', async () => {
    expect((await scrape()).text).toMatch(/^process_resident_memory_bytes \d+$/m);
  });
});
