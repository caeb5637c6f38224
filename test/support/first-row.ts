/** Where a list is on the screen. */
import type { Page } from 'playwright-core';

/** In pixels below the top of the window. */
export function topOfFirstRow(page: Page): Promise<number> {
  return page
    .locator('.scroll tbody tr')
    .first()
    .evaluate((row) => row.getBoundingClientRect().top);
}

export function isOnScreen(top: number): boolean {
  return top >= 0 && top < 900;
}
