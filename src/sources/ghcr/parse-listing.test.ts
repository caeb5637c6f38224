import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../core/model/errors.ts';
import { anyText, damaged, fixture, tokensOf } from './fixture.ts';
import { parseListingPage, type ListingPage } from './parse-listing.ts';

const base = 'https://github.com';
const org = fixture('listing-org');

function parse(html: string, at = base): ListingPage {
  return parseListingPage(html, 'acme-corp', at);
}

function page(heading: string, names: readonly string[], prefix = ''): string {
  const links = names.map((name) => `<li><a href="${prefix}/orgs/Acme-Corp/packages/container/package/${name}">x</a></li>`);
  return `<html><body>${heading}<ul>${links.join('')}</ul></body></html>`;
}

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_response') return error.message;
    throw error;
  }
  return 'not refused';
}

describe('a page of the list of packages', () => {
  it('names the containers of the owner, decoded, each once, whatever the case of the owner', () => {
    expect(parse(org)).toEqual({
      names: ['widget', 'charts/app', 'tool_2.x'],
      linkCount: 3,
      repeatedRows: 0,
      printedCount: 3,
      hasNext: true,
    });
  });

  it('is empty when it prints 0 packages', () => {
    expect(parse(fixture('listing-empty'))).toEqual({ names: [], linkCount: 0, repeatedRows: 0, printedCount: 0, hasNext: false });
  });

  it.each([
    ['<h3>1 package</h3>', 1],
    ['<h3>\n <svg></svg>1,002\n packages </h3>', 1002],
    ['<h2><span>12</span> packages</h2>', 12],
  ])('prints its number as %s', (heading, printedCount) => {
    expect(parse(page(heading, ['app']))).toMatchObject({ printedCount, linkCount: 1 });
  });

  it('may print the number of all pages, which is more than it links', () => {
    expect(parse(page('<h3>165 packages</h3>', ['app', 'tool']))).toMatchObject({ names: ['app', 'tool'], printedCount: 165 });
  });

  it('may print a row twice, and counts it twice in its heading', () => {
    expect(parse(page('<h3>3 packages</h3>', ['p01', 'p02', 'p02']))).toMatchObject({
      names: ['p01', 'p02'],
      linkCount: 2,
      repeatedRows: 1,
    });
  });

  it('may stand under a path, as behind a proxy', () => {
    expect(parse(page('<h3>1 package</h3>', ['app'], '/gh'), 'http://proxy.test/gh').names).toEqual(['app']);
    expect(parse(page('<h3>1 package</h3>', ['app']), 'http://proxy.test/gh').names).toEqual(['app']);
  });

  it.each([
    ['/users/acme-corp/packages/container/package/App', ['app']],
    ['https://github.com/orgs/ACME-CORP/packages/container/package/app', ['app']],
    ['/orgs/acme-corp/packages/container/package/app?tab=versions#x', ['app']],
    ['/orgs/other/packages/container/package/app', []],
    ['/teams/acme-corp/packages/container/package/app', []],
    ['/x/orgs/acme-corp/packages/container/package/app', []],
    ['/orgs/acme-corp/projects/container/package/app', []],
    ['/orgs/acme-corp/packages/npm/package/app', []],
    ['/orgs/acme-corp/packages/container/app/app', []],
    ['/orgs/acme-corp/packages/container/package/app/versions', []],
    ['/orgs/acme-corp/packages/container/package/', []],
    ['https://evil.example/orgs/acme-corp/packages/container/package/app', []],
    ['https://[', []],
  ])('takes a link to %s for the packages %o', (href, expected) => {
    const html = `<h3>9 packages</h3><a name="x">x</a><a href="/orgs/acme-corp/packages/container/package/first">x</a><a href="${href}">x</a>`;

    expect(parse(html).names).toEqual(['first', ...expected]);
  });

  it.each([
    ['<a rel="next" href="?page=2">Next</a>', true],
    ['<a rel="nofollow  NEXT">Next</a>', true],
    ['<a rel="prev">Back</a>', false],
    ['<a>next</a>', false],
    ['<link rel="next" href="?page=2">', false],
  ])('has a next page with %s: %s', (link, hasNext) => {
    expect(parse(page('<h3>1 package</h3>', ['app']) + link).hasNext).toBe(hasNext);
  });

  it('tells that it links a package whose name cannot be used', () => {
    const names = ['app', '..', '.hidden', 'a%20b', 'a%252Fb', '%E0%A4%A', 'charts%2F..%2Fx', '%3Cscript%3E'];

    const { names: usable, linkCount } = parse(page('<h3>7 packages</h3>', names));

    expect(usable).toEqual(['app']);
    // The link to ".." leads somewhere else altogether.
    expect(linkCount).toBe(7);
  });

  it('is still read without a heading, so that its names are not lost', () => {
    expect(parse(page('', ['app']))).toEqual({ names: ['app'], linkCount: 1, repeatedRows: 0, printedCount: undefined, hasNext: false });
  });

  it.each([
    ['neither a heading nor links, as the profile of an organization', fixture('profile'), 'prints no number of packages'],
    ['nothing', '', 'prints no number of packages'],
    ['a heading with a rounded number and no links', '<h3>1.2k packages</h3>', 'prints no number of packages'],
    ['more links than it prints', page('<h3>1 package</h3>', ['app', 'tool']), 'prints 1 packages and links 2'],
    ['a number and no links', page('<h3>24 packages</h3>', []), 'prints 24 packages and links none'],
    ['two numbers', page('<h3>1 package</h3><h3>2 packages</h3>', ['app']), 'prints 2 different numbers'],
    [
      'far too many links',
      page(
        '<h3>101 packages</h3>',
        Array.from({ length: 101 }, (_, at) => `p${at}`),
      ),
      'links 101 packages',
    ],
  ])('is refused with %s', (_what, html, message) => {
    expect(refusal(() => parse(html))).toContain(message);
  });

  it('ends as a page of believable names or as invalid_response, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), anyText, damaged(Array.from(org)), damaged(tokensOf(org))), (html) => {
        let read: ListingPage | undefined;
        const message = refusal(() => (read = parse(html)));

        expect(read === undefined).toBe(message !== 'not refused');
        for (const name of read?.names ?? []) expect(name).toMatch(/^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/);
      }),
      { numRuns: 100 },
    );
  });
});
