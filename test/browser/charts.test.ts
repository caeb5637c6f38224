/** What people do with a chart: hide, hover, tap, drag, click, and press keys. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/model/day.ts';
import type { Reading } from '../../src/core/model/reading.ts';
import { seriousFindings } from '../support/axe.ts';
import type { WatchedPage } from '../support/browser.ts';
import { registryStatus, type PagesOptions } from '../support/pages.ts';
import { useSite } from '../support/site.ts';

const site = useSite();

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
  await site.start(options);
  const viewport = { width, height: 900 };
  const opened = await site.open(path, { viewport, hasTouch: width < 500, isMobile: width < 500 });
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
  });
});

/** The texts that are drawn next to the axis: a canvas tells them only as they are drawn. */
async function drawnTexts(path: string, readings: readonly Reading[]): Promise<string[]> {
  const server = await site.start({ readings });
  const page = await site.newPage();
  await page.addInitScript(`window.drawnTexts = [];
    const draw = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...at) { window.drawnTexts.push(text); return draw.call(this, text, ...at); };`);
  await page.goto(server.url + path);
  await page.locator('.plot.drawn canvas').waitFor();
  await expect.poll(() => page.evaluate('window.drawnTexts.length')).toBeGreaterThan(3);
  return page.evaluate('window.drawnTexts');
}

describe('the axis of values', () => {
  it.each([
    ['millions that hardly grow', growing(3_310_000, [900, 1_100, 700, 800]), /^3\.31\d*M$/],
    ['billions', growing(14_712_000_000, [40_000, 50_000, 60_000]), /^14\.712\d*B$/],
  ])('never repeats a label: %s', async (_, totals, pattern) => {
    const texts = await drawnTexts('/?kind=total', reads('ghcr', 'acme/app', totals));
    const labels = texts.filter((text) => pattern.test(text));

    expect(labels.length).toBeGreaterThan(2);
    expect(new Set(labels).size).toBe(labels.length);
  });

  it('says where it starts, unless that is 0', async () => {
    const { page } = await open('/?kind=total', { readings: reads('ghcr', 'acme/app', growing(3_310_000, [900, 1_100, 700, 800])) });
    expect(await page.locator('.series .key').allTextContents()).toEqual([expect.stringMatching(/^axis starts at 3\.3\d+M$/)]);
    await page.locator('[name=kind]').selectOption('daily');
    await page.locator('figcaption', { hasText: 'Daily pulls' }).waitFor();
    await page.locator('.plot.drawn canvas').waitFor();
    expect(await page.locator('.series .key').allTextContents()).toEqual([]);
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

    const plain = await site.open('/', { javaScriptEnabled: false });
    await plain.page.getByText('Show data table').click();
    await plain.page.getByRole('link', { name: '2026-03-04' }).click();
    await plain.page.getByRole('heading', { name: '2026-03-04: 920 pulls' }).waitFor();
  });
});

describe('a drawn chart', () => {
  it('stays as it is while the table is sorted and a day is opened, with what is hidden in it', async () => {
    const { page } = await open('/?split=registry', { readings: [...large, ...small] });
    await page.getByRole('button', { name: 'ghcr' }).click();
    await page.evaluate("document.querySelector('.plot canvas').dataset.same = 'yes'");

    await page.getByRole('columnheader', { name: 'Image', exact: true }).getByRole('link').click();
    await page.waitForURL(/sort=name/);
    const { x, y } = await spot(page, fourth);
    await page.mouse.click(x, y);
    await page.getByRole('heading', { name: '2026-03-04' }).waitFor();

    expect(await page.locator('.plot canvas').getAttribute('data-same')).toBe('yes');
    expect(await page.getByRole('button', { name: 'ghcr' }).getAttribute('aria-pressed')).toBe('false');
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
  });
});

describe('comparing images', () => {
  const both = '/?repo=acme/large&repo=acme/small';

  it('draws a line for each checked image, whatever is chosen for them, and the address says it', async () => {
    const { page, complaints } = await open('/', { readings: [...large, ...small] });
    await page.getByLabel('acme/large in the chart').check();
    await page.waitForURL(/repo=acme%2Flarge/);
    await page.getByLabel('acme/small in the chart').check();
    await page.locator('figcaption', { hasText: 'Daily pulls of 2 images' }).waitFor();
    await page.locator('.series button', { hasText: 'acme/small' }).waitFor();
    await page.locator('[name=values]').selectOption('indexed');
    await page.waitForURL(/values=indexed/);
    await page.locator('[name=scale]').selectOption('log');
    await page.waitForURL(/scale=log/);
    await page.getByLabel('Previous period').check();
    await page.waitForURL(/previous=on/);

    const other = await site.open(page.url());
    await other.page.locator('.plot.drawn canvas').waitFor();
    expect(await other.page.locator('[name=values]').inputValue()).toBe('indexed');
    expect(await other.page.locator('[name=scale]').inputValue()).toBe('log');
    expect(await other.page.getByLabel('Previous period').isChecked()).toBe(true);
    const { x, y } = await spot(other.page, fourth);
    await other.page.mouse.move(x, y);
    // 100 pulls are the start of the one, 20 that of the other.
    expect(await tooltip(other.page)).toEqual(['Wed 2026-03-04', 'acme/large\n900', 'acme/small\n100']);
    const rows = await other.page.getByRole('table', { name: 'Comparison' }).locator('tbody tr').allInnerTexts();
    expect(rows.map((row) => row.replaceAll(/\s+/g, ' ').trim())).toEqual(['acme/large 1,400 94.0%', 'acme/small 90 6.0%']);
    expect([...complaints, ...other.complaints]).toEqual([]);
    await expect.poll(() => other.page.locator('.key.ongoing').count()).toBe(0);
  });

  it('has the average of seven days, and the period before beside the values', async () => {
    const steady = reads(
      'ghcr',
      'acme/steady',
      growing(
        0,
        Array.from({ length: 40 }, (_, at) => (at < 20 ? 70 : 140)),
      ),
      '2026-02-01',
    );
    const { page } = await open('/?kind=average&from=2026-03-01&to=2026-03-10&previous=on', { readings: steady });
    const { x, y } = await spot(page, 0.5);
    await page.mouse.move(x, y);
    expect((await tooltip(page))[1]).toMatch(/^Pulls\n140\n\(\d+ before\)$/);
    expect(await page.locator('.series .key').allTextContents()).toContain('previous period');
  });

  it('is drawn by the server without JavaScript, with lines, names and the numbers', async () => {
    const server = await site.start({ readings: [...large, ...small] });
    const { page } = await site.open(both, { javaScriptEnabled: false });
    const path = await page.locator('figure img').getAttribute('src');
    const svg = await (await fetch(new URL(path ?? '', server.url))).text();

    expect(svg).toContain('>acme/large</text>');
    expect(svg).toContain('>acme/small</text>');
    await expect.poll(() => page.getByRole('table', { name: 'Comparison' }).locator('tbody tr').count()).toBe(2);
    await page.locator('[name=scale]').selectOption('log');
    await page.getByRole('button', { name: 'Show' }).click();
    const logarithmic = await page.locator('figure img').getAttribute('src');
    expect(await (await fetch(new URL(logarithmic ?? '', server.url))).text()).not.toBe(svg);
    expect(new URL(page.url()).searchParams.get('scale')).toBe('log');
  });
});

describe('what is not whole', () => {
  it('is said of the first and the last week, in the chart, its legend and its table', async () => {
    const readings = reads(
      'ghcr',
      'acme/app',
      growing(
        10,
        Array.from({ length: 24 }, () => 10),
      ),
      '2026-02-18',
    );
    const { page } = await open('/?kind=weekly', { readings });
    expect(await page.locator('.legend .key').allTextContents()).toEqual(['in progress', 'partial']);
    const said = async (share: number): Promise<string | undefined> => {
      const { x, y } = await spot(page, share);
      await page.mouse.move(x, y);
      return (await tooltip(page)).at(-1);
    };
    expect(await said(0.1)).toBe('partial: the history starts in it');
    expect(await said(0.9)).toBe('in progress');
    expect(await said(0.4)).toBe('Pulls\n70');
    await page.getByText('Show data table').click();
    const rows = await page.locator('figure details tbody th').allInnerTexts();
    expect(rows).toEqual(['2026-03-09 (in progress)', '2026-03-02', '2026-02-23', '2026-02-16 (partial: the history starts in it)']);
  });
});

/** The texts that are drawn into the picture. */
async function textsOfPng(page: Page): Promise<string[]> {
  await page.evaluate(`window.drawnTexts = [];
    const draw = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...at) { window.drawnTexts.push(text); return draw.call(this, text, ...at); };`);
  await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'PNG' }).click()]);
  return page.evaluate('window.drawnTexts');
}

describe('saving a chart', () => {
  it('as PNG has title, range, filter, the lines that are shown and the marks', async () => {
    const { page } = await open('/?split=registry&q=acme&range=30d', {
      readings: [...large, ...small, ...reads('quay', 'acme/third', [1, 2], '2026-03-13')],
    });
    await page.getByRole('button', { name: 'quay' }).click();

    expect(await textsOfPng(page)).toEqual([
      'Daily pulls',
      '30 days: 2026-03-01 to 2026-03-14 · history begins 2026-03-01 · filter “acme”',
      'dockerhub',
      'ghcr',
      'in progress',
      'no data',
    ]);
  });

  it('as SVG has the same, and the theme of the page', async () => {
    const { page } = await open('/?repo=acme/large&repo=acme/small', { readings: [...large, ...small] });
    await page.getByLabel('Theme').selectOption('dark');

    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'SVG', exact: true }).click()]);

    expect(download.suggestedFilename()).toBe('daily-pulls-of-2-images.svg');
    const svg = await readFile(await download.path(), 'utf8');
    expect(svg).toContain('>90 days: 2026-03-01 to 2026-03-07 · history begins 2026-03-01</text>');
    expect(svg).toContain('>acme/small</text>');
    expect(svg).toContain('fill="#171e26"');
  });
});

describe('other ways to see a page', () => {
  it('is printed in the light theme, with open tables and without controls', async () => {
    const { page } = await open('/?split=registry', { readings: [...large, ...small] });
    await page.getByLabel('Theme').selectOption('dark');
    const look = (): Promise<unknown> =>
      page.evaluate(`({
        ground: getComputedStyle(document.body).backgroundColor,
        controls: document.querySelector('form.controls').checkVisibility(),
        table: document.querySelector('figure details table').checkVisibility(),
        cut: getComputedStyle(document.querySelector('.scroll')).overflowX,
      })`);
    const before = await look();

    await page.emulateMedia({ media: 'print' });
    await expect.poll(look).toEqual({ ground: 'rgb(245, 246, 248)', controls: false, table: true, cut: 'visible' });
    await page.emulateMedia({ media: 'screen' });
    await expect.poll(look).toEqual(before);
    expect((await page.pdf()).subarray(0, 4).toString()).toBe('%PDF');
  });

  it('keeps its meaning in forced colors: marks, lines and bars can be told apart', async () => {
    await site.start({ readings: [...large, ...reads('ghcr', 'acme/small', [10, 30, 5, 40])] });
    const { page, complaints } = await site.open('/?split=registry', { forcedColors: 'active', colorScheme: 'dark' });
    await page.locator('.plot.drawn canvas').waitFor();

    const swatches = await page
      .locator('.series .swatch')
      .evaluateAll((all) => all.map((each) => each.ownerDocument.defaultView?.getComputedStyle(each).background));
    expect(new Set(swatches).size).toBe(2);
    expect(await page.evaluate("getComputedStyle(document.querySelector('.key.reset'), '::before').backgroundColor")).not.toBe(
      await page.evaluate("getComputedStyle(document.querySelector('.chart')).backgroundColor"),
    );
    expect((await barHeights(page, [second]))[0]).toBeGreaterThan(0.05);
    expect(complaints).toEqual([]);
  });

  it('offers the registries that are configured or have images, and no others', async () => {
    const registries = [registryStatus('dockerhub', 'Docker Hub'), registryStatus('ghcr', 'GHCR', { state: 'off' })];
    const { page } = await open('/', { readings: large, status: { registries } });
    await expect.poll(() => page.locator('[name=registry]').count()).toBe(0);

    const known = await open('/?registry=dockerhub', { readings: [...large, ...small], status: { registries } });
    expect(await known.page.locator('[name=registry] option').allTextContents()).toEqual([
      'All registries',
      'Docker Hub',
      'GitHub Container Registry',
    ]);
    await known.page.goto(new URL('/images/acme/large', known.page.url()).href);
    expect(await known.page.locator('[name=badge] option').allTextContents()).toEqual(['All registries', 'Docker Hub']);
  });
});

describe('keyboard shortcuts', () => {
  it('are listed at ?, and work', async () => {
    const { page, complaints } = await open('/', { readings: [...large, ...small] });
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await dialog.waitFor();
    expect(await dialog.locator('dt').allInnerTexts()).toEqual(expect.arrayContaining(['?', '/', 'w', 'z']));
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('w');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('');

    await page.keyboard.press('w');
    await page.waitForURL(/kind=weekly/);
    await page.locator('figcaption', { hasText: 'Weekly pulls' }).waitFor();
    await page.keyboard.press('p');
    await page.waitForURL(/previous=on/);
    await page.keyboard.press('/');
    await page.keyboard.type('daw', { delay: 20 });
    await page.waitForURL(/q=daw/);
    expect(new URL(page.url()).searchParams.get('kind')).toBe('weekly');
    expect(complaints).toEqual([]);
  });

  it('can be turned off', async () => {
    const { page } = await open('/', { readings: large });
    await page.getByRole('button', { name: 'keyboard shortcuts' }).click();
    await page.getByLabel('Use single-key shortcuts').uncheck();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.keyboard.press('?');
    await page.keyboard.press('m');

    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    expect(await page.locator('[name=kind]').inputValue()).toBe('daily');
    await page.getByRole('button', { name: 'keyboard shortcuts' }).click();
    expect(await page.getByLabel('Use single-key shortcuts').isChecked()).toBe(false);
  });
});

describe('the names of releases', () => {
  it('are drawn over the grid, beside their lines', async () => {
    const tags = [{ name: '1.2.3', lastUpdated: '2026-03-03T08:00:00Z' }];
    const readings = reads('ghcr', 'acme/app', growing(10, [10, 10, 10, 10, 10, 10])).map((each) => ({ ...each, tags }));
    const server = await site.start({ readings });
    const page = await site.newPage();
    await page.addInitScript(`window.drawn = [];
      const { fillText, stroke, moveTo } = CanvasRenderingContext2D.prototype;
      let x = 0;
      CanvasRenderingContext2D.prototype.moveTo = function (...at) { x = at[0]; return moveTo.apply(this, at); };
      CanvasRenderingContext2D.prototype.stroke = function (...path) {
        window.drawn.push({ what: this.strokeStyle, x });
        return stroke.apply(this, path);
      };
      CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
        window.drawn.push({ what: text, x: this.textAlign === 'left' ? at[0] : NaN });
        return fillText.call(this, text, ...at);
      };`);
    await page.goto(`${server.url}/images/acme/app`);
    await page.locator('.plot.drawn canvas').waitFor();
    await expect.poll(() => page.evaluate("window.drawn.some(({ what }) => what === '1.2.3')")).toBe(true);
    const drawn: { what: string; x: number }[] = await page.evaluate('window.drawn');

    const grid = '#dde2e8';
    const at = drawn.findLastIndex(({ what }) => what === '1.2.3');
    expect(drawn.some(({ what }) => what === grid)).toBe(true);
    expect(drawn.findLastIndex(({ what }) => what === grid)).toBeLessThan(at);
    // The line of the release is drawn just before its name.
    expect((drawn[at]?.x ?? 0) - (drawn[at - 1]?.x ?? 0)).toBeCloseTo(3, 0);
  });
});
