/** The page of an image's tags, as a person uses it. */
import { EventEmitter, once } from 'node:events';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/model/day.ts';
import type { Platform, Reading, Tag } from '../../src/core/model/reading.ts';
import { seriousFindings } from '../support/axe.ts';
import type { WatchedPage } from '../support/browser.ts';
import { startPages, type LivePages } from '../support/pages.ts';
import { useBrowser } from '../support/site.ts';
import { isOnScreen, topOfFirstRow } from '../support/first-row.ts';

const browser = useBrowser();
let server: LivePages;

const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const longName = `nightly-${'a'.repeat(120)}`;
const platforms: readonly Platform[] = ['amd64', 'arm64', 's390x', 'ppc64le', '386'].map((architecture, at) => ({
  os: 'linux',
  architecture,
  size: 30_000_000 + 1_000_000 * at,
}));
const hubTags: readonly Tag[] = Array.from({ length: 120 }, (_, at) => ({
  name: at === 119 ? longName : `1.${at}.0`,
  lastUpdated: `${addDays('2025-11-14', at)}T08:00:00Z`,
  digest: `sha256:${String(at).padStart(64, '0')}`,
  fullSize: 20_000_000 + 100_000 * at,
  platforms: platforms.slice(0, at % 2 === 0 ? 5 : 2),
}));

/** On the 8th day `latest` moves to a new version. */
function ghcrTags(at: number): Tag[] {
  const [before, now] = [100 + 10 * Math.min(at, 8), Math.max(0, 30 * (at - 7))];
  const old: Tag[] = [{ name: '2.0', versionId: '7', pullCount: before }];
  if (at < 8) return [...old, { name: 'latest', versionId: '7', pullCount: before }];
  return [{ name: '2.1', versionId: '8', pullCount: now }, { name: 'latest', versionId: '8', pullCount: now }, ...old];
}

beforeAll(async () => {
  const days = Array.from({ length: 12 }, (_, at) => addDays('2026-03-03', at));
  server = await startPages({
    readings: days.flatMap((day, at): Reading[] => {
      const readAt = `${day}T10:00:00.000Z`;
      return [
        { registry: 'dockerhub', repo: 'acme/app', pullCount: 1000 + at, readAt, tags: hubTags, tagCount: 120 },
        { registry: 'ghcr', repo: 'acme/app', pullCount: 500 + at, readAt, tags: ghcrTags(at), tagCount: 3 },
      ];
    }),
  });
});

afterAll(() => server.close(0));

function open(path: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  return browser.open(server.url + path, options);
}

function names(page: Page): Promise<string[]> {
  return page.locator('table.tags tbody th').allTextContents();
}

describe('the tags of an image', () => {
  it('are reached from the newest ones on its page, found while someone types, and sorted by a click', async () => {
    const { page, complaints } = await open('/images/acme/app');
    const shown = page.getByRole('table', { name: 'Docker Hub: 120 tags; the newest 10 are shown' });
    await expect.poll(() => shown.locator('tbody tr').count()).toBe(10);
    await page.getByRole('link', { name: 'All tags' }).click();
    await page.getByText('1–100 of 123 tags').waitFor();

    await page.getByLabel('Filter by tag').pressSequentially('1.11 0', { delay: 40 });
    await page.getByText('10 matching tags').waitFor();
    expect(await page.getByLabel('Filter by tag').inputValue()).toBe('1.11 0');
    expect(new URL(page.url()).search).toBe('?q=1.11+0');
    await page.getByRole('columnheader', { name: 'Size' }).getByRole('link').click();
    await page.waitForURL(/sort=-size/);
    const found = ['118', '117', '116', '115', '114', '113', '112', '111', '110', '11'].map((minor) => `1.${minor}.0`);
    await expect.poll(() => names(page)).toEqual(found);
    await page.getByRole('columnheader', { name: 'Size' }).getByRole('link').click();
    await expect.poll(() => names(page)).toEqual(found.toReversed());
    expect(await page.getByRole('columnheader', { name: 'Size' }).getAttribute('aria-sort')).toBe('ascending');
    expect(complaints).toEqual([]);
  });

  it('say what each registry has, and how a tag goes on when it moves', async () => {
    const { page } = await open('/tags/acme/app');
    await page.locator('.plot.drawn canvas').waitFor();
    await page.getByLabel('Registry').selectOption('GitHub Container Registry');
    await page.getByText('3 matching tags').waitFor();

    expect(await names(page)).toEqual(['2.1', 'latest', '2.0']);
    const legend = page.locator('.series button');
    await expect.poll(() => legend.allTextContents()).toEqual(['latest', '2.1', '2.0']);
    // With the keyboard, day by day from the last one: what is under several tags is not added up.
    await page.locator('.plot').focus();
    await page.keyboard.press('End');
    await expect.poll(() => page.locator('.plot output').textContent()).toBe('2026-03-14: latest 30, 2.1 30, 2.0 0 · in progress');
    await page.keyboard.press('Enter');
    await page.keyboard.press('c');
    expect(new URL(page.url()).search).toBe('?registry=ghcr');
    await page.locator('select[name=kind]').selectOption('Weekly');
    await page.waitForURL(/kind=weekly/);
    await expect.poll(() => page.locator('figcaption').textContent()).toBe('Weekly pulls of tags of acme/app');
  });

  it('have digests that are copied whole by a click', async () => {
    const { page } = await open('/tags/acme/app?q=1.118.0', { permissions: ['clipboard-read', 'clipboard-write'] });

    await page.getByRole('button', { name: 'Copy the digest of 1.118.0' }).click();
    await expect.poll(() => page.locator('.digest button').textContent()).toBe('Copied');
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(`sha256:${'118'.padStart(64, '0')}`);
  });

  it('are shown from the first one on another page', async () => {
    const { page } = await open('/tags/acme/app');
    await page.getByRole('link', { name: 'Next' }).click();
    await page.getByText('101–123 of 123 tags').waitFor();
    await page.getByRole('link', { name: 'Previous' }).click();
    await page.getByText('1–100 of 123 tags').waitFor();

    await expect.poll(() => topOfFirstRow(page)).toSatisfy(isOnScreen);
    await page.context().close();
  });

  it('are all there without JavaScript: search, sort, pages, platforms with their sizes, and the chart', async () => {
    const { page } = await open('/tags/acme/app', { javaScriptEnabled: false });
    const chart = await page.request.get(`${server.url}${(await page.locator('.plot img').getAttribute('src')) ?? ''}`);
    expect([chart.status(), chart.headers()['content-type']]).toEqual([200, 'image/svg+xml']);

    await page.getByRole('link', { name: 'Next' }).click();
    await page.getByText('101–123 of 123 tags').waitFor();
    await page.getByRole('link', { name: 'Previous' }).click();
    await page.getByText('1–100 of 123 tags').waitFor();
    await page.getByLabel('Filter by tag').fill('1.118');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText('5 platforms').click();
    expect(await page.locator('.platform').last().innerText()).toBe('linux/386 34.0 MB');
    await page.getByRole('link', { name: 'Pushed' }).click();
    expect(new URL(page.url()).search).toBe('?q=1.118&sort=pushed');
  });

  it('take two lines each on a phone: the name with its pulls, or alone, then the rest; a tap sorts', async () => {
    const { page } = await open('/tags/acme/app?range=30d', phone);
    const rows = "[...document.querySelectorAll('table.tags tbody tr')]";

    expect(await names(page).then(([first]) => first)).toBe(longName);
    expect(await page.evaluate(`${rows}.map((row) => row.clientHeight).filter((height) => height < 40 || height > 75)`)).toEqual([]);
    await page.getByText('5 platforms').first().tap();
    await page.getByText('linux/ppc64le 33.0 MB').first().waitFor();
    await page.getByRole('columnheader', { name: 'Pulls' }).getByRole('link').tap();
    await page.waitForURL(/sort=-pulls/);
    await expect.poll(() => page.locator('table.tags tbody tr').first().innerText()).toMatch(/^2\.0\s+GitHub Container Registry\s+180$/);
  });

  it.each([1440, 390])('do not move when the chart above them is drawn, at %i pixels', async (width) => {
    const page = await browser.newPage({ viewport: { width, height: 2_000 } });
    const drawing = new EventEmitter();
    const allowed = once(drawing, 'allowed');
    // A table that is still coming moves by itself: the chart is drawn when all of it is there.
    await page.route(/\/main[^/]*\.js$/, async (route) => {
      await allowed;
      await route.continue();
    });
    await page.goto(`${server.url}/tags/acme/app`, { waitUntil: 'commit' });
    await page.locator('footer').waitFor();
    const top = (): Promise<number> => page.locator('table.tags').evaluate((table) => table.getBoundingClientRect().top);
    const before = await top();
    drawing.emit('allowed');
    await page.locator('.series button').first().waitFor();

    expect(Math.abs((await top()) - before)).toBeLessThan(3);
  });

  it.each([1440, 390].flatMap((width) => (['light', 'dark'] as const).map((scheme) => [width, scheme] as const)))(
    'fit %i pixels in a %s theme, and nobody is kept out',
    async (width, colorScheme) => {
      const { page } = await open('/tags/acme/app?q=2', { ...(width === 390 ? phone : {}), colorScheme });
      await page.locator('.plot.drawn canvas').waitFor();

      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    },
  );
});
