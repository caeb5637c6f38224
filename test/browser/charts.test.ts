/** What people do with a chart: hide, hover, tap, drag, click, and press keys. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/model/day.ts';
import type { Reading } from '../../src/core/model/reading.ts';
import type { ApiServer } from '../../src/http/server.ts';
import { launchBrowser, openPage, type WatchedPage } from '../support/browser.ts';
import { startPages, type PagesOptions } from '../support/pages.ts';

let browser: Browser;
let server: ApiServer | undefined;

beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);

afterEach(async () => {
  await server?.close(0);
  server = undefined;
});

afterAll(() => browser.close());

/** Totals of an image from 2026-03-01 on; today is 2026-03-14. */
function reads(registry: string, repo: string, totals: readonly number[], first = '2026-03-01'): Reading[] {
  return totals.map((pullCount, at) => {
    const day = addDays(first, at);
    return { registry, repo, pullCount, day, readAt: `${day}T10:00:00.000Z` };
  });
}

/** Totals that grow by these pulls. */
function growing(start: number, pulls: readonly number[]): number[] {
  let total = start;
  return [start, ...pulls.map((each) => (total += each))];
}

const large = reads('dockerhub', 'acme/large', growing(1_000, [100, 100, 900, 100, 100, 100]));
const small = reads('ghcr', 'acme/small', growing(10, [20, 10, 20, 10, 20, 10]));

async function open(path: string, options: PagesOptions, width = 1440): Promise<WatchedPage> {
  server = await startPages(options);
  const viewport = { width, height: 900 };
  const opened = await openPage(browser, server.url + path, { viewport, hasTouch: width < 500, isMobile: width < 500 });
  await opened.page.locator('.plot.drawn canvas').waitFor();
  return opened;
}

interface Spot {
  readonly x: number;
  readonly y: number;
}

/** On the screen, at this share of the width of the plot, where the chart's days are. */
async function spot(page: Page, share: number, shareOfHeight = 0.5): Promise<Spot> {
  const over = page.locator('.u-over');
  await over.scrollIntoViewIfNeeded();
  const box = await over.boundingBox();
  if (!box) throw new Error('no plot');
  return { x: box.x + box.width * share, y: box.y + box.height * shareOfHeight };
}

/** How high the bars are drawn at these shares of the width, as shares of the plot's height. */
async function barHeights(page: Page, shares: readonly number[]): Promise<number[]> {
  return page.evaluate(`(() => {
    const canvas = document.querySelector('.plot canvas');
    const [outer, inner] = [canvas.getBoundingClientRect(), document.querySelector('.u-over').getBoundingClientRect()];
    const scale = canvas.width / outer.width;
    const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height });
    const context = copy.getContext('2d', { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    return ${JSON.stringify(shares)}.map((share) => {
      const x = Math.round((inner.left - outer.left + inner.width * share) * scale);
      const [top, bottom] = [inner.top - outer.top, inner.bottom - outer.top].map((y) => Math.round(y * scale));
      let y = bottom - 3;
      while (y > top && context.getImageData(x, y, 1, 1).data[3] > 40) y -= 1;
      return (bottom - y) / (bottom - top);
    });
  })()`);
}

/** Where the middles of seven bars are. */
const sevenths = [0, 1, 2, 3, 4, 5, 6].map((day) => (day + 0.5) / 7);
const [, second = 0, third = 0, fourth = 0] = sevenths;

function tooltip(page: Page): Promise<string[]> {
  return page.locator('.tooltip:not([hidden]) > *').allInnerTexts();
}

describe('the legend', () => {
  it('hides a series of stacked bars, and the others show their true values', async () => {
    const { page, complaints } = await open('/?split=registry', { readings: [...large, ...small] });
    expect(await page.locator('.series button').allTextContents()).toEqual(['dockerhub', 'ghcr']);
    const [one = 0, , highest = 0] = await barHeights(page, [second, third, fourth]);
    expect(highest / one).toBeGreaterThan(6);

    await page.getByRole('button', { name: 'dockerhub' }).click();

    expect(await page.getByRole('button', { name: 'dockerhub' }).getAttribute('aria-pressed')).toBe('false');
    await expect.poll(async () => (await barHeights(page, [second]))[0]).toBeGreaterThan(0.85);
    const [twenty = 0, ten = 0, again = 0] = await barHeights(page, [second, third, fourth]);
    expect(twenty / ten).toBeCloseTo(2, 1);
    expect(again).toBeCloseTo(twenty, 1);
    const { x, y } = await spot(page, fourth);
    await page.mouse.move(x, y);
    expect(await tooltip(page)).toEqual(['Wed 2026-03-04', 'ghcr\n20']);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('works with the keyboard, keeps the focus, and never hides everything', async () => {
    const { page } = await open('/?split=registry', { readings: [...large, ...small] });
    const pressed = (): Promise<(string | null)[]> =>
      page.locator('.series button').evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-pressed')));

    await page.locator('.plot').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    expect(await pressed()).toEqual(['false', 'true']);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('ghcr');
    await page.keyboard.press('Enter');
    expect(await pressed()).toEqual(['true', 'true']);
    await page.context().close();
  });

  it('is in the order of the values that are shown, and hovering moves nothing', async () => {
    // The larger total has fewer pulls of late.
    const readings = [
      ...reads('dockerhub', 'acme/old', [900_000, 900_001, 900_002, 900_003]),
      ...reads('ghcr', 'acme/new', [5, 105, 205, 305]),
    ];
    const { page } = await open('/?split=image', { readings });
    const heightOf = (): Promise<unknown> => page.evaluate("document.querySelector('figure').offsetHeight");
    const before = await heightOf();

    for (const share of [0.1, 0.4, 0.6, 0.9]) {
      const { x, y } = await spot(page, share);
      await page.mouse.move(x, y);
      expect(await heightOf()).toBe(before);
    }
    expect(await page.locator('.series button').allTextContents()).toEqual(['acme/new', 'acme/old']);
    await page.context().close();
  });
});

/** The texts that are drawn next to the axis: a canvas tells them only as they are drawn. */
async function drawnTexts(path: string, readings: readonly Reading[]): Promise<{ page: Page; texts: string[] }> {
  server = await startPages({ readings });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addInitScript(`window.drawnTexts = [];
    const draw = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...at) { window.drawnTexts.push(text); return draw.call(this, text, ...at); };`);
  const page = await context.newPage();
  await page.goto(server.url + path);
  await page.locator('.plot.drawn canvas').waitFor();
  await expect.poll(() => page.evaluate('window.drawnTexts.length')).toBeGreaterThan(3);
  return { page, texts: await page.evaluate('window.drawnTexts') };
}

describe('the axis of values', () => {
  it.each([
    ['millions that hardly grow', growing(3_310_000, [900, 1_100, 700, 800]), /^3\.31\d*M$/],
    ['billions', growing(14_712_000_000, [40_000, 50_000, 60_000]), /^14\.712\d*B$/],
  ])('never repeats a label: %s', async (_, totals, pattern) => {
    const { page, texts } = await drawnTexts('/?kind=total', reads('ghcr', 'acme/app', totals));
    const labels = texts.filter((text) => pattern.test(text));

    expect(labels.length).toBeGreaterThan(2);
    expect(new Set(labels).size).toBe(labels.length);
    await page.context().close();
  });

  it('says where it starts, unless that is 0', async () => {
    const { page } = await open('/?kind=total', { readings: reads('ghcr', 'acme/app', growing(3_310_000, [900, 1_100, 700, 800])) });
    expect(await page.locator('.series .key').allTextContents()).toEqual([expect.stringMatching(/^axis starts at 3\.3\d+M$/)]);
    await page.locator('[name=kind]').selectOption('daily');
    await page.locator('figcaption', { hasText: 'Daily pulls' }).waitFor();
    await page.locator('.plot.drawn canvas').waitFor();
    expect(await page.locator('.series .key').allTextContents()).toEqual([]);
    await page.context().close();
  });
});

describe('a point of a chart', () => {
  it('shows its values, their sum and what is to be noted next to the cursor', async () => {
    const gap = [...reads('ghcr', 'acme/small', [10, 30]), ...reads('ghcr', 'acme/small', [90, 100, 120], '2026-03-05')];
    const { page } = await open('/?split=registry', { readings: [...large, ...gap] });
    const { x, y } = await spot(page, (4 + 0.5) / 7);

    await page.mouse.move(x, y);

    const box = await page.locator('.tooltip').boundingBox();
    expect(Math.abs((box?.x ?? 0) - x)).toBeLessThan(40);
    expect(await tooltip(page)).toEqual(['Thu 2026-03-05', 'dockerhub\n100', 'ghcr\n60', 'Sum\n160', '60 of it: covers 3 days']);
    await page.mouse.move(5, 5);
    expect(await page.locator('.tooltip').isVisible()).toBe(false);
    await page.context().close();
  });

  it('shows them on a phone at a tap, which does not leave the page', async () => {
    const { page, complaints } = await open('/?split=registry', { readings: [...large, ...small] }, 390);
    const { x, y } = await spot(page, second);

    await page.touchscreen.tap(x, y);

    await page.locator('.tooltip', { hasText: '2026-03-02' }).waitFor();
    expect((await tooltip(page)).slice(0, 4)).toEqual(['Mon 2026-03-02', 'dockerhub\n100', 'ghcr\n20', 'Sum\n120']);
    expect(new URL(page.url()).searchParams.get('day')).toBeNull();
    const [tip, plot] = [await page.locator('.tooltip').boundingBox(), await page.locator('.plot').boundingBox()];
    expect((tip?.x ?? 0) + (tip?.width ?? 0)).toBeLessThanOrEqual((plot?.x ?? 0) + (plot?.width ?? 0) + 1);
    await page.getByRole('button', { name: 'Show images' }).tap();
    await page.getByRole('heading', { name: '2026-03-02: 120 pulls' }).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('opens the images that made it at a click, by the keyboard, and without JavaScript', async () => {
    const { page } = await open('/', { readings: [...large, ...small] });
    const { x, y } = await spot(page, fourth);

    await page.mouse.click(x, y);
    await page.getByRole('heading', { name: '2026-03-04: 920 pulls' }).waitFor();
    expect(new URL(page.url()).searchParams.get('day')).toBe('2026-03-04');
    const rows = await page.getByRole('table', { name: 'Images of the day' }).locator('tbody tr').allInnerTexts();
    expect(rows.map((row) => row.replaceAll(/\s+/g, ' ').trim())).toEqual(['acme/large dockerhub 900 97.8%', 'acme/small ghcr 20 2.2%']);

    await page.getByRole('link', { name: 'Close' }).click();
    await page.getByRole('heading', { name: '2026-03-04' }).waitFor({ state: 'detached' });
    await page.locator('.plot').focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '2026-03-07: 110 pulls' }).waitFor();

    const plain = await openPage(browser, new URL('/', page.url()).href, { javaScriptEnabled: false });
    await plain.page.getByText('Show data table').click();
    await plain.page.getByRole('link', { name: '2026-03-04' }).click();
    await plain.page.getByRole('heading', { name: '2026-03-04: 920 pulls' }).waitFor();
    await Promise.all([page.context().close(), plain.page.context().close()]);
  });
});

describe('zooming', () => {
  it('shows the days that were dragged over, in the address, and goes back', async () => {
    const { page, complaints } = await open('/?split=registry', { readings: [...large, ...small] });
    const [start, end] = [await spot(page, second), await spot(page, fourth)];

    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    await page.mouse.move((start.x + end.x) / 2, end.y, { steps: 5 });
    await page.mouse.move(end.x, end.y, { steps: 5 });
    await page.mouse.up();

    await page.waitForURL(/from=2026-03-02&to=2026-03-04/);
    await page.getByText('Zoomed to 2026-03-02 – 2026-03-04').waitFor();
    expect(new URL(page.url()).searchParams.get('day')).toBeNull();
    await page.locator('.plot.drawn canvas').waitFor();
    const { x, y } = await spot(page, 1 / 6);
    await page.mouse.move(x, y);
    await expect.poll(() => tooltip(page)).toContain('Mon 2026-03-02');

    await page.locator('[name=kind]').selectOption('total');
    await page.locator('figcaption', { hasText: 'Cumulative' }).waitFor();
    await page.getByRole('link', { name: 'Reset zoom' }).click();
    await page.getByText('Zoomed to').waitFor({ state: 'detached' });
    expect(await page.locator('[name=range]').inputValue()).toBe('90d');
    expect(new URL(page.url()).search).toBe('?kind=total&split=registry');
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
