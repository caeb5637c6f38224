/** The page of events and the runs of the status page, as a person uses them. */
import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../src/core/model/event.ts';
import type { Reading } from '../../src/core/model/reading.ts';
import { seriousFindings } from '../support/axe.ts';
import { useSite } from '../support/site.ts';
import { isOnScreen, topOfFirstRow } from '../support/first-row.ts';

const site = useSite();

function read(repo: string, day: string, pullCount: number): Reading {
  return { registry: 'ghcr', repo, pullCount, readAt: `${day}T10:00:00.000Z` };
}

const readings = [read('acme/app', '2026-03-01', 900), read('acme/app', '2026-03-12', 2_300), read('acme/backup-agent', '2026-03-02', 40)];
const events = Array.from({ length: 120 }, (_, at): RecordedEvent => {
  const time = new Date(Date.parse('2026-03-05T06:00:00Z') + at * 3_600_000).toISOString();
  return {
    time,
    seenAt: time,
    registry: 'ghcr',
    repo: 'acme/app',
    kind: 'tag_pushed',
    detail: `1.${at}, 1 and a_name_that_is_rather_long_without_a_space`,
  };
});

describe('the status page', () => {
  it('shows the last runs, and begins one where that is allowed, without JavaScript too', async () => {
    const tokens: string[] = [];
    const trigger = { token: () => 'abc', start: async (token: string) => void tokens.push(token) };
    const run = { startedAt: '2026-03-14T11:00:00.000Z', imagesRead: 12, imagesFailed: 0, failedRegistries: [] };
    const runs = [
      { ...run, id: '3', durationMs: 4_200 },
      { ...run, id: '2', durationMs: 3_900_000, imagesFailed: 2, failedRegistries: ['GHCR'] },
    ];
    await site.start({ readings, trigger, status: { runs } });

    for (const javaScriptEnabled of [true, false]) {
      const { page } = await site.open('/status', { javaScriptEnabled });
      await page.getByRole('button', { name: 'Check now' }).click();
      await page.getByRole('heading', { level: 1, name: 'Status' }).waitFor();
      expect(new URL(page.url()).pathname).toBe('/status');
      const rows = await page.getByRole('region', { name: 'Last runs' }).locator('tbody tr').allTextContents();
      expect(rows.map((text) => text.replaceAll(/\s+/g, ' ').trim())).toEqual([
        '1 hour ago 2026-03-14 11:00 UTC 4.2 s 12 0 Succeeded',
        '1 hour ago 2026-03-14 11:00 UTC 1 h 5 min 12 2 Failed: GHCR',
      ]);
    }
    expect(tokens).toEqual(['abc', 'abc']);
    const { page } = await site.open('/status', { viewport: { width: 390, height: 900 } });
    expect(await seriousFindings(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });
});

describe('the headline of an image', () => {
  it.each([
    [1440, 'light'],
    [390, 'dark'],
  ] as const)('says the total and the next milestone, at %i pixels in a %s theme', async (width, colorScheme) => {
    await site.start({ readings });
    const { page } = await site.open('/images/acme/app?range=mtd', { viewport: { width, height: 900 }, colorScheme });

    expect(await page.locator('.headline').innerText()).toMatch(
      /^2,300 pulls · next milestone 2,500, around 2026-03-\d\d at the pace of the last 12 days/,
    );
    expect(await page.getByRole('link', { name: 'GitHub Container Registry' }).getAttribute('href')).toBe('https://github.test/acme/app');
    expect(await page.locator('select[name=range]').inputValue()).toBe('mtd');
    expect(await seriousFindings(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    const shots = process.env['SCREENSHOTS'];
    if (shots) await page.screenshot({ path: `${shots}/image-${width}-${colorScheme}.png` });
  });
});

describe('the page of events', () => {
  it('follows what is typed and chosen, in the address too', async () => {
    await site.start({ readings, events });
    const { page, complaints } = await site.open('/');
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Events' }).click();
    await page.getByText('100 of 123 events').waitFor();

    await page.getByRole('searchbox', { name: 'Image' }).pressSequentially('acme/backup-agent', { delay: 40 });
    await page.getByText('1 event', { exact: true }).waitFor();
    expect(await page.getByRole('searchbox', { name: 'Image' }).inputValue()).toBe('acme/backup-agent');
    expect(new URL(page.url()).search).toBe('?repo=acme%2Fbackup-agent');
    await page.getByRole('searchbox', { name: 'Image' }).fill('');
    await page.getByLabel('Kind').selectOption('Milestone');
    await page.getByText('passed 1,000 pulls').waitFor();
    expect(await page.locator('link[type="application/atom+xml"]').getAttribute('href')).toBeTruthy();
    expect(await page.getByRole('link', { name: 'Atom feed' }).getAttribute('href')).toBe('/feed.atom?kind=milestone');
    expect(complaints).toEqual([]);
  });

  it('keeps its form and says there that the dates are the wrong way round, with and without JavaScript', async () => {
    await site.start({ readings, events });
    for (const javaScriptEnabled of [true, false]) {
      const { page } = await site.open('/events?to=2026-03-05', { javaScriptEnabled });
      await page.getByLabel('From').pressSequentially('03092026', { delay: 40 });
      if (!javaScriptEnabled) await page.getByRole('button', { name: 'Show' }).click();

      await page.getByText('“From” (2026-03-09) is after “To” (2026-03-05)').waitFor();
      expect(await page.getByLabel('From').inputValue()).toBe('2026-03-09');
      expect(await page.locator('input[name=to]').inputValue()).toBe('2026-03-05');
      await page.locator('input[name=to]').pressSequentially('03102026', { delay: 40 });
      if (!javaScriptEnabled) await page.getByRole('button', { name: 'Show' }).click();
      await page.getByText(/\d+ events/).waitFor();
      expect(await page.locator('.problem').textContent()).toBe('');
    }
  });

  it('shows another page from its beginning', async () => {
    await site.start({ readings, events });
    const { page } = await site.open('/events?kind=tag_pushed');

    await page.getByRole('link', { name: 'Older' }).click();
    await page.getByText('101–120 of 120 events').waitFor();
    await page.getByRole('link', { name: 'Newest' }).click();
    await page.getByText('1–100 of 120 events').waitFor();
    await expect.poll(() => topOfFirstRow(page)).toSatisfy(isOnScreen);
  });

  it('goes to older events and back without JavaScript', async () => {
    await site.start({ readings, events });
    const { page } = await site.open('/events?kind=tag_pushed', { javaScriptEnabled: false });

    await page.getByRole('link', { name: 'Older' }).click();
    await expect.poll(() => page.locator('table.event-list tbody tr').count()).toBe(20);
    await page.getByRole('link', { name: 'Newest' }).click();
    expect(await page.locator('table.event-list tbody tr').first().textContent()).toContain('1.119');
    await page.getByLabel('From').fill('2026-03-09');
    await page.getByRole('button', { name: 'Show' }).click();
    expect(await page.locator('caption').textContent()).toContain('30 events');
  });

  it.each([
    [1440, 'light'],
    [390, 'dark'],
  ] as const)('fits %i pixels in a %s theme, and nobody is kept out', async (width, colorScheme) => {
    await site.start({ readings, events });
    const { page } = await site.open('/events', { viewport: { width, height: 900 }, colorScheme });

    expect(await seriousFindings(page)).toEqual([]);
    // A wide table has headings and a line for each event, a narrow one neither.
    expect(await page.getByRole('columnheader', { name: 'Kind' }).isVisible()).toBe(width > 640);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    const shots = process.env['SCREENSHOTS'];
    if (shots) await page.screenshot({ path: `${shots}/events-${width}-${colorScheme}.png` });
  });
});
