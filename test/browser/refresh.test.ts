/** A page that keeps itself up to date, under a person who reads it. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Reading } from '../../src/core/model/reading.ts';
import { pagesNow, registryStatus, type LivePages } from '../support/pages.ts';
import { useSite } from '../support/site.ts';

const site = useSite();
let server: LivePages;

function read(repo: string, day: string, pullCount: number): Reading {
  return { registry: 'ghcr', repo, pullCount, readAt: `${day}T10:00:00.000Z` };
}

const images = Array.from({ length: 40 }, (_, at) => `acme/image-${at}`);
const running = { runningSince: pagesNow, registries: [registryStatus('ghcr', 'GHCR', { progress: { done: 1, total: 40 } })] };

/** During a run, in which a page looks every few seconds. */
async function open(path: string): Promise<Page> {
  const readings = images.flatMap((repo, at) => [read(repo, '2026-03-13', 1_000 - at), read(repo, '2026-03-14', 2_000 - at)]);
  server = await site.start({ readings, status: running });
  const { page } = await site.open(path, { viewport: { width: 1440, height: 700 }, hasOwnClock: true });
  return page;
}

/** The first image gets another total. */
async function readAnew(): Promise<void> {
  await server.store.save([read('acme/image-0', '2026-03-14', 7_654_321)]);
}

/** Something new is stored, and the page learns of it: whenever it is allowed to, it shows it within a second. */
async function readAnewAndNotice(page: Page): Promise<void> {
  await readAnew();
  const noticed = page.waitForResponse(/revision\.json/);
  await page.clock.runFor(10_000);
  await (await noticed).finished();
}

/** As many seconds of the page's clock. */
async function pass(page: Page, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) await page.clock.runFor(1_000);
}

/** The total of the first image once it is this, however much of the page's time that takes. */
async function shows(page: Page, total: string): Promise<void> {
  await expect
    .poll(async () => {
      await pass(page, 1);
      return firstTotal(page);
    })
    .toBe(total);
}

function firstTotal(page: Page): Promise<string | null> {
  return page.locator('table.images tbody tr').first().locator('data').first().getAttribute('value');
}

describe('a page that keeps itself up to date', () => {
  it('changes only what is new, and keeps scroll, focus and open details', async () => {
    const page = await open('/');
    await page.locator('.plot.drawn canvas').waitFor();
    await page.locator('figure details summary').click();
    await page.evaluate("document.querySelectorAll('tr[data-key]').forEach((row) => { row.seen = true; })");
    await page.getByLabel('acme/image-30 in the chart').focus();
    await page.evaluate('window.scrollTo(0, 1200)');
    const scroll = await page.evaluate('window.scrollY');

    await readAnew();
    await shows(page, '7654321');

    expect(await page.evaluate('window.scrollY')).toBe(scroll);
    expect(await page.evaluate('document.activeElement.value')).toBe('acme/image-30');
    expect(await page.locator('figure details').getAttribute('open')).not.toBe(null);
    expect(await page.evaluate("[...document.querySelectorAll('tr[data-key]')].filter((row) => row.seen).length")).toBe(images.length);
  });

  it('asks for the page only when something is new', async () => {
    const page = await open('/status');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));

    await expect
      .poll(async () => {
        await pass(page, 5);
        return asked.length;
      })
      .toBeGreaterThan(2);
    expect(new Set(asked)).toEqual(new Set(['/data/revision.json']));

    server.setStatus({ ...running, registries: [registryStatus('ghcr', 'GHCR', { progress: { done: 17, total: 40 } })] });
    await expect
      .poll(async () => {
        await pass(page, 1);
        return page.locator('progress').getAttribute('value');
      })
      .toBe('17');
  });

  it('leaves a selection alone, and comes after it is gone', async () => {
    const page = await open('/');
    const name = page.getByRole('link', { name: 'acme/image-3', exact: true });
    await name.scrollIntoViewIfNeeded();
    const box = await name.boundingBox();
    if (!box) throw new Error('the link is not shown');
    // From beside the link over all of it, as one selects with the mouse.
    await page.mouse.move(box.x + box.width + 60, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + 2, box.y + box.height / 2, { steps: 5 });
    await page.mouse.up();
    const selected = await page.evaluate('getSelection().toString().trim()');

    await readAnewAndNotice(page);
    await pass(page, 8);

    expect(selected).toContain('acme/image-3');
    expect(await page.evaluate('getSelection().toString().trim()')).toBe(selected);
    expect(await firstTotal(page)).toBe('2000');
    await page.mouse.click(5, 300);
    await shows(page, '7654321');
  });

  it('waits while someone moves about, as in a drag over the chart', async () => {
    const page = await open('/');
    const plot = await page.locator('.plot.drawn canvas').boundingBox();
    if (!plot) throw new Error('the chart is not shown');
    await page.mouse.move(plot.x + 200, plot.y + 100);
    await page.mouse.down();
    await readAnewAndNotice(page);
    for (let step = 0; step < 14; step += 1) {
      await page.mouse.move(plot.x + 200 + 10 * step, plot.y + 100);
      await page.clock.runFor(500);
    }

    expect(await firstTotal(page)).toBe('2000');
    await page.mouse.up();
    await page.mouse.move(5, 5);
    await shows(page, '7654321');
  });
});
