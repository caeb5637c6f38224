/** The pages in a real browser: one browser for all tests of a file, and after each test nothing of what it opened is left. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { launchBrowser, newPage, openPage, type PageOptions, type WatchedPage } from './browser.ts';
import { startPages, type LivePages, type PagesOptions } from './pages.ts';

export interface TestBrowser {
  /** Each is of a context of its own. */
  open(url: string, options?: PageOptions): Promise<WatchedPage>;
  /** The same, empty. */
  newPage(options?: BrowserContextOptions): Promise<Page>;
}

/** Called once in a file, outside of its tests. */
export function useBrowser(): TestBrowser {
  let launched: Browser | undefined;
  const browser = (): Browser => {
    if (!launched) throw new Error('the browser is there from the first test on');
    return launched;
  };

  beforeAll(async () => {
    launched = await launchBrowser();
  });

  afterEach(async () => {
    await Promise.all(
      browser()
        .contexts()
        .map((context) => context.close()),
    );
  });

  afterAll(() => launched?.close());

  return {
    open: (url, options) => openPage(browser(), url, options),
    newPage: (options) => newPage(browser(), options),
  };
}

export interface Site extends TestBrowser {
  /** Starts pages, in place of those that this test has started before. */
  start(options?: PagesOptions): Promise<LivePages>;
  /** A path of the pages that were started last, or a whole address. */
  open(path: string, options?: PageOptions): Promise<WatchedPage>;
}

/** The same with pages of each test's own. */
export function useSite(): Site {
  let pages: LivePages | undefined;

  async function stop(): Promise<void> {
    await pages?.close(0);
    pages = undefined;
  }

  // What is registered last runs first: nobody looks at the pages any more when they are stopped.
  afterEach(stop);
  const browser = useBrowser();

  return {
    ...browser,
    async start(options) {
      await stop();
      pages = await startPages(options);
      return pages;
    },
    async open(path, options) {
      if (!pages) throw new Error('no pages were started');
      return browser.open(new URL(path, pages.url).href, options);
    },
  };
}
