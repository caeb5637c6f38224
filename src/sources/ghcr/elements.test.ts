import { describe, expect, it } from 'vitest';
import { visibleElements } from './elements.ts';
import { fixture } from './fixture.ts';
import { parsePackagePage } from './parse-package.ts';

const mebibyte = 1024 * 1024;
const linked = fixture('package-linked');

function tree(html: string): string[] {
  return visibleElements(html).map(({ tagName, parent, text }) => `${parent?.tagName ?? ''}>${tagName} ${text.trim()}`);
}

function filled(piece: string, length: number): string {
  return piece.repeat(Math.ceil(length / piece.length));
}

describe('the elements of a page', () => {
  it.each([
    ['hold what stands between their tags', '<div>a<b>b</b>c</div>d', ['>DIV abc', 'DIV>B b']],
    ['hold nothing where nothing can be in them', '<p>a<br>b<img src="x">c</p>', ['>P abc', 'P>BR ', 'P>IMG ']],
    ['close themselves in SVG only', '<svg><path/><g>x</g></svg><i/>y', ['>SVG x', 'SVG>PATH ', 'SVG>G x', '>I y']],
    ['are HTML again in a foreign object', '<svg><foreignObject><i/>x', ['>SVG x', 'SVG>FOREIGNOBJECT x', 'FOREIGNOBJECT>I x']],
    ['may hide a title of SVG that is empty', '<svg><title/><g>x</g></svg>', ['>SVG x', 'SVG>TITLE ', 'SVG>G x']],
    ['are closed with the one that holds them', '<ul><li>a<li>b</ul>c', ['>UL ab', 'UL>LI ab', 'LI>LI b']],
    ['are not closed by a tag that belongs to none', '<p>a</i></p></p>b', ['>P a']],
    ['end with the page', '<p>a<b>b', ['>P ab', 'P>B b']],
    ['keep no NUL', '<p>a\u0000b</p>', ['>P ab']],
    ['are not those of a template, whatever is closed in it', '<p>a<template></p><b>x</b></template>c</p>', ['>P ac']],
    ['go on after a CDATA section, also one without an end of a tag', '<p>a<![CDATA[x]]>c</p><![CDATA[]]><i>d</i>', ['>P ac', '>I d']],
  ])('%s', (_what, html, expected) => {
    expect(tree(html)).toEqual(expected);
  });

  it.each([
    ['a tag', '<p>a</p><b title="x'],
    ['a comment that begins oddly', '<p>a</p></ x'],
    ['a template', '<template><p>a</p>'],
    ['a plain text', '<p>a</p><plaintext>x</plaintext>'],
    ['a comment in a script', '<script><!-- <script></script>'],
    ['a type of document', '<!DOCTYPE html'],
  ])('are not believed when %s is not closed', (_what, html) => {
    expect(() => visibleElements(html)).toThrow('the web page is damaged or ends too early');
  });

  it('keep of a text that is too long only that it is too long', () => {
    const [outer, inner] = visibleElements(`<div>Total downloads<p>${'x'.repeat(300)}</p></div>`);

    expect(outer?.text).toHaveLength(200);
    expect(inner?.text).toBe('x'.repeat(200));
    expect(visibleElements(`<p>Total downloads${'&nbsp;'.repeat(1000)}today</p>`)[0]?.text).toBe('Total downloads today');
  });
});

describe('a page that is read in pieces', () => {
  it('is the same wherever a piece ends', () => {
    const whole = parsePackagePage(linked);

    for (let padding = 64 * 1024 - linked.length; padding < 64 * 1024; padding += 61) {
      expect(parsePackagePage(`<!--${' '.repeat(padding)}-->${linked}`)).toEqual(whole);
    }
  });

  it('has its CDATA sections cut out wherever a piece ends', () => {
    for (let padding = 64 * 1024 - 40; padding < 64 * 1024; padding += 1) {
      expect(tree(`${' '.repeat(padding)}<p>a<![CDATA[ x > <b>y</b> ]]>c</p>`)).toEqual(['>P ac']);
    }
  });
});

describe('a page that is far too large', () => {
  const [head = '', tail = ''] = linked.split('<aside>');
  const withReadme = (readme: string): string => `${head}<article>${readme}</article><aside>${tail}`;

  it('is read when it is large because of a README', () => {
    const table = filled('<tr><td>cell</td><td><a href="https://example.test/page">link</a></td></tr>\n', 2 * mebibyte);
    const text = filled('many words of a text &amp; so on\n', 2 * mebibyte);

    expect(parsePackagePage(withReadme(`<table>${table}</table>`)).pullCount).toBe(48_213);
    expect(parsePackagePage(withReadme(`<p>${text}</p>`)).pullCount).toBe(48_213);
  });

  it.each([
    ['4 MB of <b>', filled('<b>', 4 * mebibyte), 'more than 200000 elements'],
    ['4 MB of nested texts', filled('<b>x', 4 * mebibyte), 'more than 200000 elements'],
    [
      'a tag with 4 MB of attributes',
      `<p ${Array.from({ length: 500_000 }, (_, at) => at.toString(36)).join(' ')}>`,
      'a tag or text that is too long',
    ],
    ['a comment of 4 MB', `<!--${filled('x', 4 * mebibyte)}-->`, 'a tag or text that is too long'],
  ])('is refused with %s', (_what, html, message) => {
    expect(() => visibleElements(html)).toThrow(`the web page has ${message}`);
  });

  it('takes no longer for end tags that belong to nothing', () => {
    expect(visibleElements(`${filled('<b>', 60_000)}${filled('</i>', 2 * mebibyte)}`)).toHaveLength(20_000);
  });
});
