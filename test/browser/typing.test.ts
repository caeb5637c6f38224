/** Typing, choosing and going back, as a person does it, over a service that takes its time. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/app/system-clock.ts';
import type { Reading } from '../../src/core/model/reading.ts';
import type { LivePages } from '../support/pages.ts';
import { useSite } from '../support/site.ts';

const site = useSite();

const latencyMs = 150;
const repos = ['acme/app', 'acme/backup-agent', 'acme/backup-server', 'acme/charts/backup-agent', 'beta/tool'];

function read(repo: string, day: string, pullCount: number): Reading {
  return { registry: 'ghcr', repo, pullCount, readAt: `${day}T10:00:00.000Z` };
}

let server: LivePages;

async function open(path: string): Promise<Page> {
  const readings = repos.flatMap((repo, at) => [read(repo, '2026-03-12', 100 + at), read(repo, '2026-03-13', 200 + at)]);
  server = await site.start({ readings });
  server.setBefore(() => systemClock.sleep(latencyMs));
  const { page } = await site.open(path, { hasOwnClock: true });
  await page.locator('.plot.drawn canvas').first().waitFor();
  return page;
}

function names(page: Page): Promise<string[]> {
  return page.locator('table.images tbody th a').allTextContents();
}

function historyLength(page: Page): Promise<unknown> {
  return page.evaluate('history.length');
}

/** From now on nothing is answered until what it returns is called. */
function holdAnswers(): () => void {
  const held: { release?: () => void } = {};
  const released = new Promise<void>((resolve) => (held.release = resolve));
  server.setBefore(() => released);
  return () => held.release?.();
}

describe('the filter', () => {
  // Between two letters: faster than the pause, slower than the pause, and about as long as an answer takes.
  it.each([40, 120, 400])('keeps every letter that comes %i ms after the one before, as one step of the history', async (delay) => {
    const page = await open('/');
    const before = Number(await historyLength(page));

    await page.getByLabel('Filter by name').click();
    await page.keyboard.type('backup-agent', { delay });
    await page.waitForURL(/q=backup-agent$/);

    expect(await page.getByLabel('Filter by name').inputValue()).toBe('backup-agent');
    await expect.poll(() => names(page)).toEqual(['acme/charts/backup-agent', 'acme/backup-agent']);
    expect(await page.evaluate('document.activeElement.name')).toBe('q');
    expect(await historyLength(page)).toBe(before + 1);
    await page.goBack();
    await expect.poll(() => names(page)).toHaveLength(repos.length);
    expect(await page.getByLabel('Filter by name').inputValue()).toBe('');
  });

  it('makes another step of the history when someone goes on after a pause', async () => {
    const page = await open('/');
    const before = Number(await historyLength(page));

    await page.getByLabel('Filter by name').click();
    await page.keyboard.type('backup', { delay: 50 });
    await page.waitForURL(/q=backup$/);
    await page.clock.runFor(2_300);
    await page.keyboard.type('-server', { delay: 50 });
    await page.waitForURL(/q=backup-server$/);

    expect(await historyLength(page)).toBe(before + 2);
    await page.goBack();
    await expect.poll(() => names(page)).toHaveLength(3);
    expect(await page.getByLabel('Filter by name').inputValue()).toBe('backup');
  });

  it('keeps caret and letters in the middle of the text', async () => {
    const page = await open('/?q=acme/ba');

    await page.getByLabel('Filter by name').focus();
    await page.keyboard.press('Home');
    for (let step = 0; step < 5; step += 1) await page.keyboard.press('ArrowRight');
    await page.keyboard.type('charts/', { delay: 420 });
    await page.waitForURL(/q=acme%2Fcharts%2Fba$/);

    await expect.poll(() => names(page)).toHaveLength(1);
    expect(await page.evaluate('document.activeElement.selectionStart')).toBe('acme/charts/'.length);
  });

  it('keeps what was chosen while the answer to the letters was on its way', async () => {
    const page = await open('/');

    await page.getByLabel('Filter by name').click();
    const asked = page.waitForRequest(/q=backup/);
    const release = holdAnswers();
    await page.keyboard.type('backup', { delay: 30 });
    await asked;
    await page.locator('[name=kind]').selectOption('weekly');
    release();
    await page.waitForURL(/q=backup&kind=weekly$/);

    await page.locator('figcaption', { hasText: 'Weekly pulls' }).waitFor();
    expect(await page.getByLabel('Filter by name').inputValue()).toBe('backup');
  });
});

describe('other fields', () => {
  it("keep the focus and every letter of a badge's label", async () => {
    const page = await open('/images/acme/app');

    await page.getByLabel('Label').click();
    await page.keyboard.type('total downloads', { delay: 330 });
    await page.waitForURL(/label=total\+downloads$/);

    expect(await page.getByLabel('Label').inputValue()).toBe('total downloads');
    expect(await page.evaluate('document.activeElement.name')).toBe('label');
    await page.locator('img[src*="label=total+downloads"]').waitFor();
  });

  it('take a date that is typed slowly', async () => {
    const page = await open('/?range=custom');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).search));

    await page.locator('[name=from]').focus();
    await page.keyboard.type('03122026', { delay: 400 });
    await page.waitForURL(/from=2026-03-12/);
    await page.locator('[name=to]').focus();
    await page.keyboard.type('03132026', { delay: 400 });
    await page.waitForURL(/to=2026-03-13/);

    expect(await page.locator('[name=from]').inputValue()).toBe('2026-03-12');
    expect(await page.locator('[name=to]').inputValue()).toBe('2026-03-13');
    expect(asked.filter((query) => /=0/.test(query))).toEqual([]);
  });
});
