/** Nothing moves when the script draws, and one answer holds page and chart. */
import type { Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/core/model/day.ts';
import { useSite } from '../support/site.ts';

const site = useSite();

const readings = ['dockerhub', 'ghcr'].flatMap((registry) =>
  Array.from({ length: 40 }, (_, at) => {
    const day = addDays('2026-02-03', at);
    return { registry, repo: 'acme/app', pullCount: 100 * at, readAt: `${day}T10:00:00.000Z` };
  }),
);

const top = "document.querySelector('table.images').getBoundingClientRect().top + scrollY";

describe('the drawing of a chart', () => {
  it.each([
    ['/', 1440],
    ['/?split=registry', 1440],
    ['/', 390],
    ['/?split=registry&kind=total', 390],
  ])('on %s at %i pixels moves nothing below it', async (path, width) => {
    const server = await site.start({ readings });
    const page = await site.newPage({ viewport: { width, height: 900 } });
    // The page without its script, as it is before that has come.
    const waiting: Route[] = [];
    await page.route(/main-[0-9a-f]+\.js$/, (route) => void waiting.push(route));
    await page.goto(server.url + path, { waitUntil: 'commit' });
    await page.locator('table.images tbody tr').waitFor();
    const before = await page.evaluate(top);
    await expect.poll(() => waiting.length).toBe(1);
    await waiting[0]?.continue();
    await page.locator('.plot.drawn canvas').waitFor();

    expect(Math.abs(Number(await page.evaluate(top)) - Number(before))).toBeLessThan(2);
  });

  it('needs no request of its own, and another view is one answer', async () => {
    await site.start({ readings });
    const { page } = await site.open('/');
    await page.locator('.plot.drawn canvas').waitFor();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));

    await page.locator('[name=kind]').selectOption('weekly');
    await page.locator('figcaption', { hasText: 'Weekly pulls' }).waitFor();
    await page.locator('[name=split]').selectOption('registry');
    await page.locator('.series', { hasText: 'ghcr' }).waitFor();

    expect(asked).toEqual(['/', '/']);
  });
});
