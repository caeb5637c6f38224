import { describe, expect, it } from 'vitest';
import { createPages, type PagesOptions } from '../../test/support/pages.ts';
import { addDays } from '../core/model/day.ts';
import type { Reading, Tag } from '../core/model/reading.ts';

function read(repo: string, day: string, more: Partial<Reading> = {}): Reading {
  return { registry: 'ghcr', repo, pullCount: 100, readAt: `${day}T10:00:00.000Z`, ...more };
}

function tagsOf(count: number): Tag[] {
  return Array.from({ length: count }, (_, at) => ({ name: `1.${at}`, lastUpdated: `${addDays('2025-01-01', at)}T08:00:00Z` }));
}

/** A day on which two tags are counted. */
function counted(day: string, pulls: number): Reading {
  return read('acme/app', day, {
    tags: [
      { name: '1.0', versionId: '1', pullCount: 100 + pulls },
      { name: 'edge', versionId: '2', pullCount: 50 + 2 * pulls },
    ],
  });
}

interface Answer {
  readonly status: number;
  readonly html: string;
  /** Without markup. */
  readonly text: string;
  /** The tags of the table. */
  readonly tags: readonly string[];
}

async function ask(address: string, options: PagesOptions): Promise<Answer> {
  const { fetch } = await createPages(options);
  const answer = await fetch(address);
  const html = await answer.text();
  const text = html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
  return { status: answer.status, html, text, tags: Array.from(html.matchAll(/rowheader"[^>]*>([^<]+)</g), ([, name = '']) => name) };
}

/** The address of a link of the page, by its text. */
function linkOf({ html }: Answer, text: string): string | undefined {
  return new RegExp(`<a href="([^"]+)"[^>]*>${text}</a>`).exec(html)?.[1]?.replaceAll('&amp;', '&');
}

describe('the page of tags', () => {
  it('has a hundred tags, the newest first, and leads on and back through all of them', async () => {
    const options = { readings: [read('acme/app', '2026-03-14', { tags: tagsOf(250), tagCount: 250 })] };
    const first = await ask('/tags/Acme/App', options);
    const second = await ask(linkOf(first, 'Next') ?? '', options);
    const third = await ask(linkOf(second, 'Next') ?? '', options);

    expect([first, second, third].map(({ tags }) => [tags.length, tags[0], tags.at(-1)])).toEqual([
      [100, '1.249', '1.150'],
      [100, '1.149', '1.50'],
      [50, '1.49', '1.0'],
    ]);
    expect(first.text).toContain('1–100 of 250 tags');
    expect(third.text).toContain('201–250 of 250 tags');
    expect([linkOf(first, 'Previous'), linkOf(first, 'First'), linkOf(third, 'Next')]).toEqual([undefined, undefined, undefined]);
    expect(linkOf(second, 'Previous')).toBe('/tags/acme/app');
    expect((await ask(linkOf(third, 'Previous') ?? '', options)).tags).toEqual(second.tags);
  });

  it('keeps search and sort on the next page, and says how many match', async () => {
    const options = { readings: [read('acme/app', '2026-03-14', { tags: tagsOf(250), tagCount: 250 })] };
    const first = await ask('/tags/acme/app?q=1&sort=name', options);
    const next = await ask(linkOf(first, 'Next') ?? '', options);

    expect(linkOf(first, 'Next')).toMatch(/^\/tags\/acme\/app\?q=1&sort=name&cursor=/);
    expect([first.tags[0], first.tags[2], next.tags[0]]).toEqual(['1.0', '1.2', '1.100']);
    const some = await ask('/tags/acme/app?q=1.24', options);
    expect([some.tags.length, some.text.includes('11 matching tags')]).toEqual([11, true]);
    expect((await ask('/tags/acme/app?q=2.0', options)).text).toContain('No tags match “2.0”');
  });

  it.each<[string, Partial<Reading>, string]>([
    ['whose registry has none', { tags: [], tagCount: 0 }, 'The registry has no tags of this image.'],
    ['whose tags were not read', {}, 'No tags are known: none were read in the last 7 days.'],
    [
      'whose tags had no room',
      { tagsCut: 812, tagCount: 812 },
      'None of 812 tags is stored. The lists of all images together have room for 4 MiB',
    ],
    ['of which only the newest are stored', { tags: tagsOf(2), tagsCut: 810, tagCount: 812 }, '2 of 812 tags are stored.'],
    [
      'of which only the newest are published',
      { tags: tagsOf(2), tagCount: 18 },
      '2 of 18 tags: the others are not published by the registry',
    ],
  ])('of an image %s says so', async (_, more, expected) => {
    const { status, text } = await ask('/tags/acme/app', { readings: [read('acme/app', '2026-03-14', more)] });

    expect(status).toBe(200);
    expect(text).toContain(expected);
  });

  it('of an image that was never read says when its numbers come, and of one that is not tracked what to do', async () => {
    const options = { configured: [{ registry: 'ghcr', repo: 'acme/app' }] };

    expect((await ask('/tags/acme/app', options)).text).toContain('Not read yet: its numbers appear with the next run.');
    expect(await ask('/tags/acme/none', options)).toMatchObject({ status: 404, text: expect.stringContaining('acme/none is not tracked') });
  });

  it.each([
    ['sort=digest', 'valid are name, pushed, size, pulls'],
    ['kind=total', 'valid are daily, average, weekly, monthly'],
    ['cursor=abc', 'is not one that this endpoint gave'],
  ])('says what is valid in place of %s', async (query, expected) => {
    const { status, text } = await ask(`/tags/acme/app?${query}`, { readings: [read('acme/app', '2026-03-14')] });

    expect([status, text.includes(expected)]).toEqual([400, true]);
  });

  it('of a group has the tags of all its images, with the places where they are, and of one registry if that is chosen', async () => {
    const options: PagesOptions = {
      readings: [
        read('acme/app', '2026-03-14', { tags: tagsOf(2), tagCount: 2 }),
        read('acme/tool', '2026-03-14', { registry: 'dockerhub', tags: tagsOf(1), tagCount: 1 }),
        read('acme/other', '2026-03-14', { tags: tagsOf(9), tagCount: 9 }),
      ],
      groups: [
        {
          name: 'both',
          members: [
            { registry: 'ghcr', repo: 'acme/app' },
            { registry: 'dockerhub', repo: 'acme/tool' },
          ],
        },
      ],
    };
    const { text, tags } = await ask('/tags/both', options);

    expect(tags).toEqual(['1.1', '1.0', '1.0']);
    expect(text).toContain('Docker Hub: acme/tool');
    expect((await ask('/tags/both?registry=dockerhub', options)).tags).toEqual(['1.0']);
  });

  it('has no more than eight lines, and says of how many they are', async () => {
    const tags = Array.from({ length: 11 }, (_, at) => ({ name: `1.${at}`, versionId: String(at), pullCount: 100 }));
    const grown = tags.map((tag, at) => ({ ...tag, pullCount: tag.pullCount + at }));
    const { html, text } = await ask('/tags/acme/app', {
      readings: [read('acme/app', '2026-03-13', { tags }), read('acme/app', '2026-03-14', { tags: grown })],
    });
    const labels = Array.from(html.matchAll(/"label":"([^"]+)"/g), ([, label]) => label);

    expect(labels).toEqual(['1.10', '1.9', '1.8', '1.7', '1.6', '1.5', '1.4', '1.3']);
    expect(text).toContain('The 8 lines with the most pulls of 11; filter to see others');
  });

  it('has a line for each tag with a count, also as an image for those without JavaScript', async () => {
    const readings = [counted('2026-03-12', 0), counted('2026-03-13', 7), counted('2026-03-14', 9)];
    const { html, text } = await ask('/tags/acme/app', { readings });
    const [, data = ''] = /<script type="application\/json">([\s\S]*?)<\/script>/.exec(html) ?? [];

    expect(JSON.parse(data)).toMatchObject({
      look: 'lines',
      isOverlapping: true,
      days: ['2026-03-12', '2026-03-13', '2026-03-14'],
      lines: [
        { label: 'edge', values: [0, 14, 4] },
        { label: '1.0', values: [0, 7, 2] },
      ],
    });
    expect(text).toContain('Daily pulls of tags of acme/app');
    expect(html).not.toContain('class="note"');
    const [, image = ''] = /<img src="([^"]*tags\.svg[^"]*)"/.exec(html) ?? [];
    const { fetch } = await createPages({ readings });
    const svg = await fetch(image.replaceAll('&amp;', '&'));
    expect([svg.status, svg.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    expect(await svg.text()).toContain('edge: 4; 1.0: 2');
  });
});
