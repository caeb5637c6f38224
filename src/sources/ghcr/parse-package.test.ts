import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../core/model/errors.ts';
import { isPullCount } from '../../core/model/reading.ts';
import { anyText, damaged, fixture, tokensOf } from './fixture.ts';
import { parsePackagePage, type PackagePage } from './parse-package.ts';

const linked = fixture('package-linked');
const total = 48_213;
const label = /<span[^>]*>\s*Total\s+downloads\s*<\/span>/;
const heading = '<h3 title="48213">48.2K</h3>';

/** The page with its real label replaced; the decoys in comments, scripts and templates stay. */
function withLabel(markup: string): string {
  const at = linked.indexOf('<aside>');
  return linked.slice(0, at) + linked.slice(at).replace(label, markup);
}

function withTitle(title: string): string {
  return linked.replace('<h3 title="48213">', `<h3 ${title}>`);
}

function parseOrError(html: string): PackagePage | AppError {
  try {
    return parsePackagePage(html);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

describe('the total of a package page', () => {
  it('is the exact number of the heading after its label, not the rounded text, nor the number of a neighbor', () => {
    expect(parsePackagePage(linked).pullCount).toBe(total);
  });

  it('may be zero', () => {
    expect(parsePackagePage(fixture('package-unlinked')).pullCount).toBe(0);
  });

  it.each([
    ['other classes', '<b class="new">Total downloads</b>'],
    ['a part of it marked up', '<span>Total <em>downloads</em></span>'],
    ['non-breaking and other white space', '<span>\tTotal&nbsp;\n downloads </span>'],
    ['a comment in it', '<span>Total <!-- all time -->downloads</span>'],
  ])('is found by a label with %s', (_what, markup) => {
    expect(parsePackagePage(withLabel(markup)).pullCount).toBe(total);
  });

  it('is found in tags of upper case and past attributes that look like tags', () => {
    const html = `<p data-x="<h3 title='1'>"></p><DIV><SPAN>Total downloads</SPAN><H3 TITLE="5">5</H3></DIV>`;

    expect(parsePackagePage(html).pullCount).toBe(5);
  });

  it.each([
    ['no label', fixture('package-no-label'), 'has no "Total downloads" label'],
    ['two labels', fixture('package-two-labels'), 'has 2 "Total downloads" labels'],
    ['a title that is no number', fixture('package-rounded-title'), 'has no whole number in the title of the "Total downloads" heading'],
    ['the profile page instead', fixture('profile'), 'has no "Total downloads" label'],
    ['nothing in it', '', 'has no "Total downloads" label'],
    ['a longer label', withLabel('<span>Total downloads today</span>'), 'has no "Total downloads" label'],
    ['a label of another case', withLabel('<span>TOTAL DOWNLOADS</span>'), 'has no "Total downloads" label'],
    ['a wrapper round the label', withLabel('<div><span>Total downloads</span></div>'), 'has no heading right after'],
    ['a wrapper round the heading', linked.replace(heading, `<div>${heading}</div>`), 'has no heading right after'],
    ['an element between label and heading', linked.replace(heading, `<i></i>${heading}`), 'has no heading right after'],
    ['a text between label and heading', linked.replace(heading, `last week ${heading}`), 'has no heading right after'],
    ['no heading, but the one of a neighbor', linked.replace(heading, ''), 'has no heading right after'],
    ['the label in the heading itself', linked.replace(heading, '').replace('>17</h3>', '>Total downloads</h3>'), 'labels'],
    [
      'the label only in a comment that is not closed',
      `<!-- ${withLabel('<span>Total downloads</span>')}`.replaceAll('-->', ''),
      'is damaged or ends too early',
    ],
    ['the label only in a script that is not closed', `<script>${linked.replaceAll('</script>', '')}`, 'is damaged or ends too early'],
  ])('is refused on a page with %s', (_what, html, message) => {
    const error = parseOrError(html);

    expect(error).toMatchObject({ code: 'invalid_response' });
    expect(error).toHaveProperty('message', expect.stringContaining(message));
  });

  it.each([
    ['title=""'],
    ['title'],
    ['data-title="48213"'],
    ['title="-1"'],
    ['title="+1"'],
    ['title=" 48213"'],
    ['title="48,213"'],
    ['title="48213.0"'],
    ['title="4.8e4"'],
    ['title="0x10"'],
    ['title="048213"'],
    ['title="٤٨"'],
    ['title="9007199254740992"'],
    ['title="48213482134821348213"'],
    ['title="NaN"'],
  ])('is refused with a heading %s', (title) => {
    expect(parseOrError(withTitle(title))).toMatchObject({ code: 'invalid_response' });
  });

  it('may be the largest safe integer', () => {
    expect(parsePackagePage(withTitle('title="9007199254740991"')).pullCount).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('the time of the newest push', () => {
  it('is turned from Pacific time into UTC', () => {
    expect(parsePackagePage(linked).lastPublished).toBe('2026-03-13T01:30:00.000Z');
    expect(parsePackagePage(fixture('package-unlinked')).lastPublished).toBe('2026-01-05T17:00:00.000Z');
  });

  it.each([
    ['no offset', '2026-03-12T18:30:00'],
    ['no such day', '2026-02-30T18:30:00Z'],
    ['no such hour', '2026-02-20T27:30:00Z'],
    ['a date alone', '2026-03-12'],
    ['a text', 'yesterday'],
  ])('is absent when it has %s, and the total is read all the same', (_what, title) => {
    const page = parsePackagePage(linked.replace('2026-03-12T18:30:00-07:00', title));

    expect(page).toMatchObject({ pullCount: total, lastPublished: undefined });
  });

  it('is absent without its label, or with two of them', () => {
    expect(parsePackagePage(linked.replace('Last published', 'Pushed')).lastPublished).toBeUndefined();
    expect(parsePackagePage(linked.replace('Issues', 'Last published')).lastPublished).toBeUndefined();
  });
});

describe('the bars of the last days', () => {
  it('are given newest first, with their zeros', () => {
    expect(parsePackagePage(linked).recentDays).toEqual([
      { day: '2026-03-02', pulls: 41 },
      { day: '2026-03-01', pulls: 97 },
      { day: '2026-02-28', pulls: 0 },
      { day: '2026-02-27', pulls: 3 },
    ]);
  });

  it.each([
    ['a day is there twice', 'data-date="2026-03-01"', 'data-date="2026-03-02"'],
    ['the order is not newest first', 'data-date="2026-02-27"', 'data-date="2026-03-03"'],
    ['a day is missing', 'data-date="2026-02-27"', 'data-date="2026-02-26"'],
    ['a day does not exist', 'data-date="2026-02-28"', 'data-date="2026-02-30"'],
    ['a bar has no day', 'data-date="2026-02-28"', ''],
    ['a bar has no count', 'data-merge-count="97"', ''],
    ['a count is negative', 'data-merge-count="97"', 'data-merge-count="-97"'],
    ['a count is rounded', 'data-merge-count="97"', 'data-merge-count="1.2K"'],
    ['the chart is called otherwise', 'Downloads for the last 30 days', 'Downloads for the last 14 days'],
    ['there are two charts', '<svg width="120"', '<svg aria-label="Downloads for the last 30 days" width="120"'],
  ])('are dropped when %s, and the total is read all the same', (_what, from, to) => {
    const page = parsePackagePage(linked.replace(from, to));

    expect(page).toMatchObject({ pullCount: total, recentDays: undefined });
  });

  it('may have other shapes among them', () => {
    expect(
      parsePackagePage(linked.replace('<svg width="120"', '<svg><rect width="1"></rect></svg><svg width="120"')).recentDays,
    ).toHaveLength(4);
  });
});

describe('every package page', () => {
  const region = linked.slice(linked.search(/<span[^>]*>\s*Total\s+downloads\s*<\/span>\s*<h3 title="48213"/));
  const kept = region.slice(0, region.indexOf(heading) + heading.length);
  const [before = '', after = ''] = linked.split(kept);

  it('ends as a page or as invalid_response, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), anyText, damaged(Array.from(linked)), damaged(tokensOf(linked))), (html) => {
        const result = parseOrError(html);

        const isExpected = result instanceof AppError ? result.code === 'invalid_response' : isPullCount(result.pullCount);
        expect(isExpected).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('gives its true total or none when tags round the label and its heading are lost, doubled or put in', () => {
    fc.assert(
      fc.property(damaged(tokensOf(before)), damaged(tokensOf(after)), (head, tail) => {
        const result = parseOrError(head + kept + tail);

        expect(result instanceof AppError ? total : result.pullCount).toBe(total);
      }),
      { numRuns: 60 },
    );
  });

  it('gives its true total or none when it is cut anywhere but in the label and its heading', () => {
    const visible = tokensOf(before).filter((token) => !token.includes('Total downloads'));

    fc.assert(
      fc.property(damaged(Array.from(visible.join(''))), damaged(Array.from(after)), (head, tail) => {
        const result = parseOrError(head + kept + tail);

        expect(result instanceof AppError ? total : result.pullCount).toBe(total);
      }),
      { numRuns: 60 },
    );
  });
});
