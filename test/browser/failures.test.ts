/** What a person sees when a view is not valid, or does not come. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/app/system-clock.ts';
import type { Reading } from '../../src/core/model/reading.ts';
import type { LivePages } from '../support/pages.ts';
import { useSite } from '../support/site.ts';

const site = useSite();
let server: LivePages;

function read(repo: string, day: string, pullCount: number): Reading {
  return { registry: 'ghcr', repo, pullCount, readAt: `${day}T10:00:00.000Z` };
}

const readings = ['acme/app', 'acme/tool'].flatMap((repo) => [read(repo, '2026-03-12', 100), read(repo, '2026-03-13', 200)]);

async function open(path: string): Promise<Page> {
  server = await site.start({ readings });
  server.setBefore(() => systemClock.sleep(100));
  const { page } = await site.open(path);
  await page.locator('.plot.drawn canvas').first().waitFor();
  return page;
}

/** The service answers nothing of the pages and their charts any more. */
async function breakDown(page: Page): Promise<void> {
  await page.route(/\?/, (route) => route.abort());
}

const trouble = '#trouble .notice';

describe('dates the wrong way round', () => {
  it.each(['/', '/images/acme/app'])('on %s keep the form, say so there, and are mended there', async (path) => {
    const page = await open(`${path}?range=custom&from=2026-03-12`);

    await page.locator('#view [name=to]').focus();
    await page.keyboard.type('03012026', { delay: 60 });
    await page.waitForURL(/to=2026-03-01/);

    expect(await page.locator('.problem').textContent()).toContain('“From” (2026-03-12) is after “To” (2026-03-01)');
    expect(await page.locator('#view [name=from]').inputValue()).toBe('2026-03-12');
    expect(await page.locator('#view [name=to]').getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('figure.chart').textContent()).toContain('No data in this range');
    expect(await page.evaluate('document.activeElement.name')).toBe('to');

    // From the year back to the month.
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.type('03142026', { delay: 60 });
    await page.waitForURL(/to=2026-03-14/);
    await page.locator('.plot.drawn canvas').waitFor();
    expect(await page.locator('.problem').textContent()).toBe('');
  });
});

describe('a view that does not come', () => {
  it('is said, and chart and controls stay those of the view before', async () => {
    const page = await open('/');
    await breakDown(page);

    await page.locator('#view [name=kind]').selectOption('weekly');
    await page.locator(trouble).waitFor();

    expect(await page.locator(trouble).textContent()).toContain('the service does not answer');
    expect(await page.locator('#view [name=kind]').inputValue()).toBe('daily');
    expect(await page.locator('figcaption').textContent()).toContain('Daily pulls');
    expect(new URL(page.url()).search).toBe('');

    await page.unroute(/\?/);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('figcaption', { hasText: 'Weekly pulls' }).waitFor();
    expect(await page.locator('#view [name=kind]').inputValue()).toBe('weekly');
    await expect.poll(() => page.locator(trouble).count()).toBe(0);
  });

  it('leaves what someone types, and comes as soon as the service answers', async () => {
    const page = await open('/');
    await breakDown(page);

    await page.getByLabel('Filter by name').click();
    await page.keyboard.type('tool', { delay: 350 });
    await page.locator(trouble).waitFor();
    expect(await page.getByLabel('Filter by name').inputValue()).toBe('tool');

    await page.unroute(/\?/);
    await page.waitForURL(/q=tool/);
    await expect.poll(() => page.locator('table.images tbody th a').allTextContents()).toEqual(['acme/tool']);
    await expect.poll(() => page.locator(trouble).count()).toBe(0);
  });

  it('because of a fault of the service is said in words', async () => {
    const page = await open('/');
    Object.assign(server.store, { latest: () => Promise.reject(new Error('no')) });

    await page.getByLabel('acme/app in the chart').click();
    await page.locator(trouble).waitFor();

    expect(await page.locator(trouble).textContent()).toContain('Internal error; the log of the service says why');
    expect(await page.getByLabel('acme/app in the chart').isChecked()).toBe(false);
  });
});
