/** A real browser, and pages in it. */
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { chromiumPath } from './chromium.ts';

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await chromiumPath(),
    // It runs as root on build machines, and must not call home.
    args: ['--no-sandbox', '--disable-background-networking', '--disable-gpu', '--hide-scrollbars'],
    // Without a real locale it calls its language "en-US@posix", which no Intl understands.
    env: { ...process.env, LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8' },
    headless: true,
  });
}

export interface WatchedPage {
  readonly page: Page;
  /** Errors, console messages and requests to other places, as they came. */
  readonly complaints: readonly string[];
}

/** As long as the whole test may take: what a busy machine is slow with does not fail. */
const patienceMs = 600_000;

/** An empty page of a context of its own. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  context.setDefaultTimeout(patienceMs);
  return context.newPage();
}

export interface PageOptions extends BrowserContextOptions {
  /** Whether `page.clock` can move its time on. */
  readonly hasOwnClock?: boolean;
}

/** A page that remembers everything that should not happen. */
export async function openPage(browser: Browser, url: string, { hasOwnClock, ...options }: PageOptions = {}): Promise<WatchedPage> {
  const page = await newPage(browser, options);
  if (hasOwnClock) await page.clock.install();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL(url).origin) && !request.url().startsWith('blob:')) complaints.push(`asked ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
}
