/** Takes the pictures of docs/images from the real pages over the demo's world; its day is always the same. */
import { mkdir } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { prepareDemo } from '../src/app/demo.ts';
import { systemClock } from '../src/app/system-clock.ts';
import { launchBrowser } from '../test/support/browser.ts';
import { createRecordingLog } from '../test/support/recording-log.ts';

const directory = 'docs/images';
const shift = Date.parse('2026-03-14T12:00:00.000Z') - Date.now();
const clock = { ...systemClock, now: () => Date.now() + shift };

interface Picture {
  readonly name: string;
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme: 'light' | 'dark';
}

const pictures: readonly Picture[] = [
  { name: 'overview-light', path: '/', width: 1440, height: 1000, colorScheme: 'light' },
  { name: 'overview-dark', path: '/', width: 1440, height: 1000, colorScheme: 'dark' },
  { name: 'image', path: '/images/acme/photo-frame?kind=total&split=registry', width: 1440, height: 1000, colorScheme: 'light' },
  { name: 'tags', path: '/tags/acme/photo-frame?registry=ghcr', width: 1440, height: 1000, colorScheme: 'light' },
  { name: 'status', path: '/status', width: 1440, height: 800, colorScheme: 'light' },
  { name: 'phone', path: '/?kind=weekly&split=registry', width: 390, height: 844, colorScheme: 'dark' },
];
const firstMinute: Picture = { name: 'first-minute', path: '/?registry=ghcr&range=30d', width: 1440, height: 760, colorScheme: 'light' };

async function take(browser: Browser, shown: readonly Picture[], withHistory: boolean): Promise<void> {
  const log = createRecordingLog();
  const service = await prepareDemo({ clock, log, withHistory, settings: { listen: { host: '127.0.0.1', port: 0 } } });
  await service.app.start();
  while (!log.lines.some(({ message }) => message === 'run done')) await systemClock.sleep(50);
  for (const { name, path, width, height, colorScheme } of shown) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme });
    const page = await context.newPage();
    await page.goto(service.app.url() + path);
    await drawn(page, path);
    await page.screenshot({ path: `${directory}/${name}.png` });
    await context.close();
  }
  await service.stop();
}

async function drawn(page: Page, path: string): Promise<void> {
  if (path !== '/status') await page.locator('.plot.drawn canvas').waitFor();
  await page.waitForLoadState('networkidle');
}

await mkdir(directory, { recursive: true });
const browser = await launchBrowser();
await take(browser, pictures, true);
await take(browser, [firstMinute], false);
await browser.close();
