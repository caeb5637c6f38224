/** The pages on a phone, with what is hard to fit: long names, large numbers, long tags. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/model/day.ts';
import type { Reading } from '../../src/core/model/reading.ts';
import { seriousFindings } from '../support/axe.ts';
import { startPages, type LivePages } from '../support/pages.ts';
import { useBrowser } from '../support/site.ts';

const browser = useBrowser();
let server: LivePages;

const long = `acme-with-a-very-long-name-of-an-organization/${'an-image-name-that-never-ends-'.repeat(6)}x`;
const unbroken = `acme/${'x'.repeat(200)}`;
const tags = [{ name: `v1.0.0-${'a'.repeat(120)}`, lastUpdated: '2026-03-10T10:00:00Z', digest: `sha256:${'0'.repeat(64)}` }];

function read(repo: string, day: string, pullCount: number): Reading {
  return { registry: 'ghcr', repo, pullCount, readAt: `${day}T10:00:00.000Z`, tags, tagCount: 1 };
}

beforeAll(async () => {
  const days = Array.from({ length: 40 }, (_, at) => addDays('2026-02-03', at));
  server = await startPages({
    readings: days.flatMap((day, at) => [
      read('acme/large', day, 14_700_000_000 + 12_447_806 * at),
      read(long, day, 1_000 * at),
      read(unbroken, day, 10 * at),
    ]),
    groups: [{ name: 'a-group-with-a-name-that-is-quite-long-for-a-phone', members: [{ registry: 'ghcr', repo: long }] }],
  });
});

afterAll(() => server.close(0));

async function open(path: string, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const { page } = await browser.open(server.url + path, {
    viewport: { width: 390, height: 844 },
    colorScheme,
    hasTouch: true,
    isMobile: true,
  });
  return page;
}

/** Elements that begin or end outside the screen, and are not in what is scrolled for itself. */
const outside = `[...document.querySelectorAll('body *')].filter((element) => {
  const { left, right, width } = element.getBoundingClientRect();
  if (width === 0 || element.closest('.unseen, .skip, .uplot, details:not([open])')) return false;
  let scrolled = element.parentElement;
  while (scrolled && !/auto|scroll|hidden/.test(getComputedStyle(scrolled).overflowX)) scrolled = scrolled.parentElement;
  return !scrolled && (left < 0 || right > innerWidth + 0.5);
}).map((element) => element.outerHTML.slice(0, 120))`;

const group = 'a-group-with-a-name-that-is-quite-long-for-a-phone';
const paths = ['/', `/images/${long}`, `/images/${unbroken}`, `/images/${group}`, `/tags/${long}`, `/tags/${group}`, '/status'];

describe('on a phone', () => {
  it.each(paths.flatMap((path) => (['light', 'dark'] as const).map((scheme) => [path, scheme] as const)))(
    '%s in %s is no wider than the screen and accessible',
    async (path, scheme) => {
      const page = await open(path, scheme);
      if (!/^\/(status|tags)/.test(path)) await page.locator('.plot.drawn canvas').waitFor();

      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
      expect(await page.evaluate(outside)).toEqual([]);
      expect(await seriousFindings(page)).toEqual([]);
    },
  );

  it('large numbers fit their tiles', async () => {
    const page = await open('/');
    const overflowing = `[...document.querySelectorAll('.tiles > div')].filter((tile) => tile.scrollWidth > tile.clientWidth).length`;

    expect(await page.locator('.tiles data').first().textContent()).toMatch(/^15,1\d\d,\d{3},\d{3}$/);
    expect(await page.evaluate(overflowing)).toBe(0);
    expect(await page.evaluate("document.querySelector('.tiles data').getClientRects().length")).toBe(1);
  });

  it('an image takes two lines of the table: its name and total, then how it does', async () => {
    const page = await open('/');
    const rows = "[...document.querySelectorAll('table.images tbody tr')]";
    const labels = `[...${rows}[0].querySelectorAll('td')].map((cell) => getComputedStyle(cell, '::before').content)`;

    // Two lines of 24 pixels and what is around them.
    expect(await page.evaluate(`${rows}.map((row) => row.clientHeight).filter((height) => height < 40 || height > 75)`)).toEqual([]);
    expect(await page.locator('table.images tbody tr').first().innerText()).toMatch(/^acme\/large\s+15B\s+12M[\s\S]*373M/);
    expect(await page.evaluate(`${labels}.filter((text) => text !== 'none')`)).toEqual(['"Yesterday "', '"30 days "']);
  });

  it('the table is sorted by a tap on a heading, and an image is put into the chart by a tap', async () => {
    const page = await open('/');

    await page.getByRole('columnheader', { name: 'Image', exact: true }).getByRole('link').tap();
    await page.waitForURL(/sort=name/);
    await expect.poll(() => page.locator('table.images tbody th a').first().textContent()).toContain('a-group-with');
    await page.getByLabel('acme/large in the chart').tap();
    await page.waitForURL(/repo=acme%2Flarge/);
    await page.locator('figcaption', { hasText: 'acme/large' }).waitFor();
  });
});

describe('a checked image', () => {
  it('stays in sight while a search hides it, and can be taken out of the chart there', async () => {
    const page = await open('/');
    await page.getByLabel('acme/large in the chart').tap();
    await page.waitForURL(/repo=/);

    await page.getByLabel('Filter by name').tap();
    await page.keyboard.type('group phone', { delay: 60 });
    await page.waitForURL(/q=group\+phone/);

    const names = page.locator('table.images tbody th a');
    await expect.poll(() => names.allTextContents()).toEqual(['acme/large', 'a-group-with-a-name-that-is-quite-long-for-a-phone']);
    expect(await page.locator('tr.pinned').textContent()).toContain('not in the filter');
    await page.getByLabel('acme/large in the chart').tap();
    await expect.poll(() => names.count()).toBe(1);
    expect(new URL(page.url()).searchParams.has('repo')).toBe(false);
  });
});
