/** The pages in states that the demo is never in. */
import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/model/day.ts';
import type { Reading } from '../../src/core/model/reading.ts';
import { pagesNow, registryStatus } from '../support/pages.ts';
import { useSite } from '../support/site.ts';

const site = useSite();

function read(repo: string, day: string, pullCount: number, more: Partial<Reading> = {}): Reading {
  return { registry: 'ghcr', repo, pullCount, readAt: `${day}T10:00:00.000Z`, ...more };
}

describe('the pages', () => {
  it('say how to configure the service when nothing is', async () => {
    await site.start({ howToConfigure: 'nothing is tracked yet: set DOCKERHUB_REPOS=acme/app,acme/* and start again' });

    for (const path of ['/', '/status']) {
      const { page, complaints } = await site.open(path);
      await page.getByRole('heading', { name: 'No images configured' }).waitFor();
      const [run, file] = await page.locator('pre').allTextContents();
      expect(run).toMatch(/^docker run [\s\S]* -v registry-stats:\/data [\s\S]*-e 'DOCKERHUB_REPOS=acme\/app,acme\/\*'/);
      expect(file).toBe('DOCKERHUB_REPOS=acme/app,acme/*');
      await expect.poll(() => page.getByRole('button', { name: 'Copy' }).count()).toBe(2);
      expect(complaints).toEqual([]);
    }
  });

  it('show what is configured during the first run, and how far it is', async () => {
    const progress = { done: 1, total: 3 };
    const status = {
      runningSince: pagesNow,
      registries: [registryStatus('ghcr', 'GHCR', { state: 'waiting', progress, lastSuccess: undefined })],
    };
    const server = await site.start({ configured: [{ registry: 'ghcr', repo: 'acme/app' }], status });

    const { page } = await site.open('/');
    expect(await page.locator('.notice').textContent()).toContain('1 of 3 images');
    expect(await page.locator('table.images tbody tr').textContent()).toMatch(/acme\/app[\s\S]*—/);
    await page.goto(`${server.url}/status`);
    expect(await page.locator('progress').getAttribute('value')).toBe('1');
  });

  it('draw an image with a single day', async () => {
    await site.start({ readings: [read('acme/app', '2026-03-14', 42)] });

    for (const kind of ['total', 'daily', 'weekly', 'monthly']) {
      const { page, complaints } = await site.open(`/images/acme/app?kind=${kind}`);
      await page.locator('.plot.drawn canvas').waitFor();
      expect(complaints).toEqual([]);
    }
  });

  it('say what is wrong with a registry that is down, and what to do', async () => {
    const failures = [{ repo: 'acme/app', code: 'unreachable', message: 'github.com did not answer', missing: 'total' }] as const;
    const ghcr = registryStatus('ghcr', 'GHCR', {
      state: 'failing',
      imagesRead: 0,
      imagesFailed: 1,
      failures,
      diagnosis: 'it does not answer',
    });
    const configProblems = [{ variable: 'GHCR_REPOS', entry: '<b>x</b>', reason: 'it has no slash' }];
    const status = { health: { healthy: false, reason: 'nothing could be read from GHCR' }, registries: [ghcr] };
    await site.start({ readings: [read('acme/app', '2026-03-10', 42)], status, configProblems });

    const { page } = await site.open('/');
    expect(await page.locator('.notice.bad').textContent()).toContain('nothing could be read from GHCR');
    expect(await page.locator('table.images .flag').textContent()).toBe('stale');
    await page.getByRole('link', { name: 'View status' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Status' }).waitFor();
    const text = await page.locator('main').textContent();
    expect(text).toContain('it does not answer');
    expect(text).toContain('Check the network, DNS and proxy');
    expect(text).toContain('<b>x</b>');
  });

  it('say on hover and in words which days were backfilled, missing or reset', async () => {
    const readings = [
      read('acme/app', '2026-03-08', 10, { mark: 'backfilled' }),
      read('acme/app', '2026-03-09', 20),
      read('acme/app', '2026-03-12', 50),
      read('acme/app', '2026-03-13', 5),
    ];
    await site.start({ readings });

    const { page } = await site.open('/images/acme/app');
    const rows = await page.locator('figure details tbody tr').allTextContents();
    const words = rows.map((row) => row.replaceAll(/\s+/g, ' ').trim());

    expect(words).toEqual([
      '2026-03-13 0 counter reset; counted as 0',
      '2026-03-12 30 covers 3 days',
      '2026-03-11 — no data; the next value covers these days',
      '2026-03-10 — no data; the next value covers these days',
      '2026-03-09 10',
      "2026-03-08 0 backfilled from the registry's daily counts",
    ]);
    await page.locator('.plot.drawn').focus();
    await page.keyboard.press('Home');
    expect(await page.locator('.plot output').textContent()).toBe("2026-03-08: 0 · backfilled from the registry's daily counts");
    expect(await page.locator('.legend .key').allTextContents()).toEqual(['backfilled', 'covers several days', 'counter reset', 'no data']);
  });

  it('show 200 images, and answer without JavaScript with tables and drawings of the server', async () => {
    const readings = Array.from({ length: 200 }, (_, image) =>
      Array.from({ length: 40 }, (__, day) => read(`acme/image-${image}`, addDays('2026-02-03', day), 1_000 * image + day * image)),
    ).flat();
    const server = await site.start({ readings });

    const { page, complaints } = await site.open('/', { javaScriptEnabled: false });
    await expect.poll(() => page.locator('table.images tbody tr').count()).toBe(100);
    await page.getByRole('link', { name: 'Show 100 more images' }).click();
    await expect.poll(() => page.locator('table.images tbody tr').count()).toBe(200);
    await expect.poll(() => page.getByRole('link', { name: /Show \d+ more/ }).count()).toBe(0);
    const image = page.locator('figure.chart img');
    expect((await image.boundingBox())?.width).toBeGreaterThan(600);
    expect((await fetch(new URL((await image.getAttribute('src')) ?? '', server.url))).headers.get('content-type')).toBe('image/svg+xml');

    await page.getByLabel('Filter by name').fill('image-19');
    await page.getByRole('button', { name: 'Show' }).click();
    await expect.poll(() => page.locator('table.images tbody tr').count()).toBe(11);
    expect(complaints).toEqual([]);
  });

  it('work behind a prefix', async () => {
    await site.start({ basePath: '/stats', readings: [read('acme/app', '2026-03-13', 42), read('acme/app', '2026-03-14', 45)] });

    const { page, complaints } = await site.open('/stats/');
    await page.locator('.plot.drawn canvas').waitFor();
    await page.getByRole('link', { name: 'acme/app' }).click();
    await page.locator('.plot.drawn canvas').waitFor();

    expect(new URL(page.url()).pathname).toBe('/stats/images/acme/app');
    expect(complaints).toEqual([]);
  });
});
