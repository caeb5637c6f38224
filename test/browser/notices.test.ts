/** What the pages say when something is not as it should be, or not yet. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Reading } from '../../src/core/model/reading.ts';
import { seriousFindings } from '../support/axe.ts';
import { pagesNow, registryStatus, type PagesOptions } from '../support/pages.ts';
import { useSite } from '../support/site.ts';

const site = useSite();

function read(registry: string, day: string, pullCount: number, more: Partial<Reading> = {}): Reading {
  return { registry, repo: 'acme/app', pullCount, readAt: `${day}T10:00:00.000Z`, ...more };
}

const [hub, ghcr] = [
  ['dockerhub', 'Docker Hub'],
  ['ghcr', 'GitHub Container Registry'],
] as const;
const readings = [read('ghcr', '2026-03-13', 40), read('ghcr', '2026-03-14', 50)];
const unhealthy = { healthy: false, reason: 'nothing could be read from Docker Hub' };

async function open(options: PagesOptions, path = '/'): Promise<Page> {
  await site.start(options);
  const { page } = await site.open(path);
  expect(await seriousFindings(page)).toEqual([]);
  return page;
}

/** The notices of a page: how each looks, and what it says. */
async function notices(page: Page): Promise<string[]> {
  const found = await page.locator('main .notice').all();
  return Promise.all(
    found.map(
      async (notice) => `${(await notice.getAttribute('class'))?.trim()}: ${(await notice.innerText()).replaceAll(/\s+/g, ' ').trim()}`,
    ),
  );
}

describe('a first run', () => {
  const waiting = { state: 'waiting', lastSuccess: undefined, progress: { done: 1, total: 3 } } as const;
  const status = {
    runningSince: pagesNow,
    health: unhealthy,
    registries: [registryStatus(...hub, waiting), registryStatus(...ghcr, waiting)],
  };

  it.each(['/', '/status'])('is neither good nor bad on %s, and says how far it is', async (path) => {
    const page = await open({ configured: [{ registry: 'ghcr', repo: 'acme/app' }], status }, path);

    expect(await notices(page)).toEqual([expect.stringMatching(/^notice: First run in progress: 2 of 6 images\. Numbers appear/)]);
    expect(await page.locator('main').innerText()).not.toContain('Unhealthy');
  });

  it('that has not begun says so', async () => {
    const registries = [registryStatus(...hub, { state: 'waiting', lastSuccess: undefined })];
    const page = await open({ configured: [{ registry: 'dockerhub', repo: 'acme/app' }], status: { health: unhealthy, registries } });

    expect(await notices(page)).toEqual(['notice: The first run has not started yet. Numbers appear as images are read.']);
  });
});

describe('a registry that fails', () => {
  it('during the first run of another is amber, too', async () => {
    const registries = [
      registryStatus(...hub, { state: 'waiting', lastSuccess: undefined }),
      registryStatus(...ghcr, { state: 'failing', lastSuccess: undefined }),
    ];
    const page = await open({
      configured: [{ registry: 'ghcr', repo: 'acme/app' }],
      status: { health: unhealthy, registries, runningSince: pagesNow },
    });

    expect(await notices(page)).toEqual([
      'notice: First run in progress. Numbers appear as images are read.',
      'notice warn: GitHub Container Registry could not be read. View status',
    ]);
  });

  const failing = registryStatus(...hub, { state: 'failing', diagnosis: 'it does not answer', lastSuccess: '2026-03-13T09:30:00.000Z' });

  it('while others work is one amber sentence', async () => {
    const page = await open({ readings, status: { health: unhealthy, registries: [failing, registryStatus(...ghcr)] } });

    expect(await notices(page)).toEqual([
      'notice warn: Docker Hub could not be read (it does not answer); its numbers are of 2026-03-13 09:30 UTC. GitHub Container Registry works. View status',
    ]);
  });

  it('alone is red', async () => {
    const page = await open({ readings, status: { health: unhealthy, registries: [failing] } });

    expect(await notices(page)).toEqual(['notice bad: Unhealthy: nothing could be read from Docker Hub. View status']);
  });
});

describe('what is configured wrongly', () => {
  it('is on the overview: an owner that is not there, and names that were skipped', async () => {
    const shortfall = { code: 'not_found', message: 'no such owner' } as const;
    const registries = [
      registryStatus(...hub, { state: 'degraded', listings: [{ owner: 'acmee', listed: 0, complete: false, shortfall }] }),
      registryStatus(...ghcr),
    ];
    const configProblems = ['app', 'tool', 'a b', 'x y'].map((entry) => ({ variable: 'GHCR_REPOS', entry, reason: 'it has no slash' }));
    const page = await open({ readings, status: { registries }, configProblems });

    expect(await notices(page)).toEqual([
      'notice warn: Docker Hub has no owner acmee with public images. Check the spelling in the configuration. View status',
      'notice warn: Check the configuration: app in GHCR_REPOS (it has no slash); tool in GHCR_REPOS (it has no slash); a b in GHCR_REPOS (it has no slash), and 1 more. View status',
    ]);
  });

  it('is said where the image has no numbers: in its row and on its page', async () => {
    const failures = [{ repo: 'acme/typo', code: 'not_found', message: 'no such image', missing: 'total' }] as const;
    const options = {
      readings,
      configured: [
        { registry: 'dockerhub', repo: 'acme/typo' },
        { registry: 'ghcr', repo: 'acme/next' },
      ],
      status: { registries: [registryStatus(...hub, { state: 'degraded', failures }), registryStatus(...ghcr)] },
    };
    const page = await open(options);

    expect(await page.locator('tr', { hasText: 'acme/typo' }).locator('.flag').first().innerText()).toBe('no such image');
    await page.goto(new URL('/images/acme/typo', page.url()).href);
    expect(await notices(page)).toEqual(['notice bad: Not read: no such image. Check the spelling, and that the image is public.']);
    await page.goto(new URL('/images/acme/next', page.url()).href);
    expect(await notices(page)).toEqual(['notice: Not read yet: its numbers appear with the next run.']);
  });
});

describe('the first day of a registry that publishes only totals', () => {
  it('says when its daily pulls begin, and what is there of the others', async () => {
    const past = Array.from({ length: 29 }, (_, at) =>
      read('ghcr', new Date(Date.parse('2026-02-13') + at * 86_400_000).toISOString().slice(0, 10), 10 * at, { mark: 'backfilled' }),
    );
    const page = await open({ readings: [...past, read('ghcr', '2026-03-14', 400), read('dockerhub', '2026-03-14', 9_000)] });

    expect(await notices(page)).toEqual([
      'notice: Docker Hub: daily pulls begin tomorrow, because only totals are published there. GitHub Container Registry: the last 29 days are here.',
    ]);
  });
});

describe('registries that are not configured', () => {
  it('have no cards, but a line', async () => {
    const registries = [
      registryStatus(...ghcr),
      registryStatus(...hub, { state: 'off' }),
      registryStatus('quay', 'Quay.io', { state: 'off' }),
    ];
    const page = await open({ readings, status: { registries } }, '/status');

    expect(await page.locator('.cards h2').allInnerTexts()).toEqual(['GitHub Container Registry ok']);
    expect(await page.locator('main').innerText()).toContain('Not configured: Docker Hub, Quay.io.');
  });
});
