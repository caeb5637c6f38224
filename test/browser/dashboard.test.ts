/** Walks through the pages over the demo's world in a real browser. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareDemo, type DemoService } from '../../src/app/demo.ts';
import { systemClock } from '../../src/app/system-clock.ts';
import { seriousFindings } from '../support/axe.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { useBrowser } from '../support/site.ts';

/** The demo's world is the same each time, so its day has to be too. */
const shift = Date.parse('2026-03-14T12:00:00.000Z') - Date.now();
const clock = { ...systemClock, now: () => Date.now() + shift };

const browser = useBrowser();
let service: DemoService;
let base: string;

beforeAll(async () => {
  const log = createRecordingLog();
  service = await prepareDemo({ clock, log, settings: { listen: { host: '127.0.0.1', port: 0 } } });
  await service.app.start();
  base = service.app.url();
  while (!log.lines.some(({ message }) => message === 'run done')) await systemClock.sleep(50);
});

afterAll(() => service.stop());

const paths = ['/', '/images/acme/photo-frame', '/status'];

function names(page: Page): Promise<string[]> {
  return page.locator('table.images tbody th a').allTextContents();
}

function drawn(page: Page): Promise<void> {
  return page.locator('.plot.drawn canvas').waitFor();
}

describe('every page', () => {
  const looks = paths.flatMap((path) =>
    [1440, 390].flatMap((width) => (['light', 'dark'] as const).map((colorScheme) => [path, width, colorScheme] as const)),
  );

  it.each(looks)('%s at %i pixels in %s fits, complains of nothing and is accessible', async (path, width, colorScheme) => {
    const { page, complaints } = await browser.open(base + path, { viewport: { width, height: 900 }, colorScheme });
    if (path !== '/status') await drawn(page);

    expect(await page.getByText('Demo: simulated images and registries').isVisible()).toBe(true);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await seriousFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it.each(paths)('%s fits at the widths between, too', async (path) => {
    const { page } = await browser.open(base + path);
    const widths = [320, 480, 640, 641, 768, 960, 961, 1100, 1280, 1920];
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      // A chart is drawn anew a moment later.
      await expect.poll(() => page.evaluate('document.documentElement.scrollWidth'), { message: `at ${width} pixels` }).toBe(width);
    }
  });

  it('can be reached from the others by its links', async () => {
    const { page } = await browser.open(`${base}/`);

    await page.getByRole('link', { name: 'acme/photo-frame' }).click();
    await page.getByRole('heading', { level: 1, name: 'acme/photo-frame' }).waitFor();
    await page.getByRole('link', { name: 'Status' }).click();
    await page.getByRole('heading', { level: 1, name: 'Status' }).waitFor();
    await page.getByRole('navigation').getByRole('link', { name: 'Images' }).click();

    expect(await page.title()).toBe('Images · registry-stats');
  });

  it('takes the chosen theme, and keeps it', async () => {
    const { page } = await browser.open(`${base}/`, { colorScheme: 'light' });
    const ground = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await ground();

    await page.getByLabel('Theme').selectOption('dark');
    const dark = await ground();
    await page.goto(`${base}/status`);

    expect(dark).not.toBe(light);
    expect([await ground(), await page.getByLabel('Theme').inputValue()]).toEqual([dark, 'dark']);
  });
});

describe('the overview', () => {
  it('finds images while one types, keeps the focus, and puts the view into the address', async () => {
    const { page } = await browser.open(`${base}/`);
    expect(await names(page)).toHaveLength(11);

    await page.getByLabel('Filter by name').pressSequentially('backup', { delay: 5 });
    await page.waitForURL(/q=backup/);

    expect(await names(page)).toEqual(['acme/backup-agent', 'acme/charts/backup-agent']);
    expect(new URL(page.url()).search).toBe('?q=backup');
    expect(await page.evaluate('document.activeElement.name')).toBe('q');
  });

  it('shows whole what something before the service answers, such as a login', async () => {
    const { page } = await browser.open(`${base}/`);
    await page.route(/registry=ghcr/, (route) => route.fulfill({ contentType: 'text/html', body: '<h1>Sign in first</h1>' }));

    await page.locator('[name=registry]').selectOption('ghcr');

    await page.getByRole('heading', { name: 'Sign in first' }).waitFor();
    expect(new URL(page.url()).searchParams.get('registry')).toBe('ghcr');
  });

  it('shows the same to whoever opens the address, and goes back with the browser', async () => {
    const { page } = await browser.open(`${base}/`);
    await page.locator('[name=registry]').selectOption('ghcr');
    await page.waitForURL(/registry=ghcr/);
    await page.locator('[name=kind]').selectOption('weekly');
    await page.waitForURL(/kind=weekly/);
    const shown = await names(page);

    const other = await browser.open(page.url());
    expect(await names(other.page)).toEqual(shown);
    expect(await other.page.locator('[name=kind]').inputValue()).toBe('weekly');

    await page.goBack();
    await page.waitForURL((url) => !url.search.includes('kind'));
    await page.locator('figcaption', { hasText: 'Daily pulls' }).waitFor();
    expect(await page.locator('[name=registry]').inputValue()).toBe('ghcr');
  });

  it('is sorted by a click on a heading, and reversed by another', async () => {
    const { page } = await browser.open(`${base}/`);
    const heading = page.getByRole('columnheader', { name: 'Image', exact: true });

    await heading.getByRole('link').click();
    await page.waitForURL(/sort=name/);
    await page.locator('th[aria-sort="ascending"]').waitFor();
    const ascending = await names(page);
    await page.getByRole('columnheader', { name: 'Image', exact: true }).getByRole('link').click();
    await page.locator('th[aria-sort="descending"]').waitFor();

    expect(ascending).toEqual(ascending.toSorted());
    expect(await names(page)).toEqual(ascending.toReversed());
  });

  it('charts the images that are chosen', async () => {
    const { page } = await browser.open(`${base}/?split=image&kind=total`);
    await page.getByLabel('northwind/gateway in the chart').check();
    await page.waitForURL(/repo=northwind%2Fgateway/);
    await page.getByLabel('acme/rss-bridge in the chart').check();
    await page.waitForURL(/repo=acme%2Frss-bridge/);

    await page.locator('figcaption', { hasText: 'Cumulative pulls of 2 images' }).waitFor();
    await page.locator('.series button', { hasText: 'acme/rss-bridge' }).waitFor();
    await expect.poll(() => page.locator('.series button').count()).toBe(2);
    expect(await names(page)).toHaveLength(11);
  });

  it('tells the numbers of the chart to the keyboard', async () => {
    const { page } = await browser.open(`${base}/?registry=ghcr`);
    await drawn(page);

    await page.locator('.plot').focus();
    await page.keyboard.press('End');
    const today = await page.locator('.plot output').textContent();
    const seen = new Set<string | null>();
    for (let step = 0; step < 30; step += 1) {
      await page.keyboard.press('ArrowLeft');
      seen.add(await page.locator('.plot output').textContent());
    }

    expect(today).toMatch(/^2026-03-14: [\d,]+ · in progress$/);
    expect([...seen].filter((text) => text?.includes('in progress'))).toEqual([]);
    expect(seen.size).toBe(30);
  });

  it('can be saved as CSV and PNG', async () => {
    const { page } = await browser.open(`${base}/?q=gateway&range=30d`);
    await drawn(page);

    const [csv] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV', exact: true }).click()]);
    const [png] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'PNG' }).click()]);

    expect((await readFile(await csv.path(), 'utf8')).split('\r\n')[1]).toMatch(/^2026-02-13T00:00:00Z,northwind\/gateway,\d+,1,0,\w+$/);
    expect(png.suggestedFilename()).toBe('daily-pulls.png');
    expect((await readFile(await png.path())).subarray(1, 4).toString()).toBe('PNG');
  });
});

describe('the page of an image', () => {
  it('has its registries side by side, its tags, its events, and the releases on its chart', async () => {
    const { page } = await browser.open(`${base}/images/acme/photo-frame?kind=total`);
    await drawn(page);

    expect((await page.locator('.cards h2').allTextContents()).map((text) => text.trim())).toEqual([
      'Docker Hub',
      'GitHub Container Registry',
    ]);
    expect(
      await page
        .getByRole('table', { name: /Docker Hub: \d+ tags/ })
        .locator('tbody tr')
        .count(),
    ).toBeGreaterThan(5);
    // GHCR's page shows only the newest of them.
    await expect.poll(() => page.getByRole('table', { name: /GitHub Container Registry: \d+ of \d+ tags/ }).count()).toBe(1);
    expect(await page.locator('.events').textContent()).toContain('first seen');
    const data: unknown = await page.evaluate("fetch(document.querySelector('figure').dataset.chart).then((answer) => answer.json())");
    expect(data).toMatchObject({ releases: expect.arrayContaining([expect.objectContaining({ tags: expect.any(Array) })]) });
  });

  it('builds badges to copy', async () => {
    const { page } = await browser.open(`${base}/images/acme/photo-frame`, { permissions: ['clipboard-read', 'clipboard-write'] });

    await page.locator('[name=period]').selectOption('week');
    await page.waitForURL(/period=week/);
    await page.getByLabel('Label').fill('Downloads');
    await page.waitForURL(/label=Downloads/);
    await page.locator('img[alt="Badge: pulls of acme/photo-frame"][src*="label=Downloads"]').waitFor();
    await page.locator('.snippet', { hasText: 'Markdown' }).getByRole('button').click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();

    const badge = `${base}/badge/all/acme/photo-frame.svg?period=week&label=Downloads`;
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      `[![pulls of acme/photo-frame](${badge})](${base}/images/acme/photo-frame)`,
    );
    const answer = await fetch(badge);
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('/week')]);
  });

  it('shows an image whose name has further slashes', async () => {
    const { page } = await browser.open(`${base}/`);

    await page.getByRole('link', { name: 'acme/charts/backup-agent' }).click();
    await page.getByRole('heading', { level: 1, name: 'acme/charts/backup-agent' }).waitFor();

    expect(new URL(page.url()).pathname).toBe('/images/acme/charts/backup-agent');
  });
});
