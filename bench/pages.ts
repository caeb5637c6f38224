/** The dashboard in a real browser: what it weighs, and when the first view is there. */
import type { Locator, Request } from 'playwright-core';
import { launchBrowser } from '../test/support/browser.ts';
import { median } from './report.ts';

export interface PageFigures {
  /** Bytes over the wire of the first view with all its files, compressed. */
  readonly bytes: number;
  /** Of these, the files that a browser keeps. */
  readonly assetBytes: number;
  /** From asking until the table is to be seen, and until the chart is drawn; medians in milliseconds. */
  readonly firstViewMs: number;
  readonly chartMs: number;
  /** From choosing another chart, and from sorting, until the page shows it; medians in milliseconds. */
  readonly selectMs: number;
  readonly sortMs: number;
}

const rounds = 7;

export async function measurePage(url: string): Promise<PageFigures> {
  const browser = await launchBrowser();
  try {
    const views: number[] = [];
    const charts: number[] = [];
    const selects: number[] = [];
    const sorts: number[] = [];
    let [bytes, assetBytes] = [0, 0];
    for (let round = 0; round < rounds; round += 1) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      const page = await context.newPage();
      [bytes, assetBytes] = [0, 0];
      const count = async (request: Request): Promise<void> => {
        const { responseBodySize } = await request.sizes();
        bytes += responseBodySize;
        if (request.url().includes('/assets/')) assetBytes += responseBodySize;
      };
      page.on('requestfinished', count);
      const begun = performance.now();
      await page.goto(url, { waitUntil: 'commit' });
      await page.locator('table.images tbody tr').first().waitFor();
      views.push(performance.now() - begun);
      await page.locator('.plot.drawn canvas').waitFor();
      charts.push(performance.now() - begun);
      await page.waitForLoadState('networkidle');
      page.off('requestfinished', count);
      selects.push(
        await timed(() => page.locator('[name=kind]').selectOption('weekly'), page.locator('figcaption', { hasText: 'Weekly' })),
      );
      sorts.push(await timed(() => page.locator('thead a', { hasText: 'Image' }).click(), page.locator('th[aria-sort=ascending]')));
      await context.close();
    }
    return { bytes, assetBytes, firstViewMs: median(views), chartMs: median(charts), selectMs: median(selects), sortMs: median(sorts) };
  } finally {
    await browser.close();
  }
}

async function timed(act: () => Promise<unknown>, shown: Locator): Promise<number> {
  const begun = performance.now();
  await act();
  await shown.waitFor();
  return performance.now() - begun;
}
