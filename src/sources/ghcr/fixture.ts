/** For tests: the small pages in fixtures/ and random damage to them. */
import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';

export function fixture(name: string): string {
  return readFileSync(new URL(`./fixtures/${name}.html`, import.meta.url), 'utf8');
}

/** Texts of any UTF-16 units. */
export const anyText = fc.string({ unit: fc.nat(0xff_ff).map((unit) => String.fromCodePoint(unit)) });

/** Pieces that make parsers stumble. */
const debris = ['<!--', '-->', '<', '>', '"', "'", '</div>', '<div>', '</li>', '<li>', '<script>', '</script>', '<template>', '<textarea>']
  .concat(['<h3 title="7">7</h3>', '<span>Issues</span>', '<a rel="next" href="/x?tag=%">', '<![CDATA[', '&#x0;', '\u0000', '\u{1F600}'])
  .concat(['<rect data-date="2026-03-02" data-merge-count="9">', '<h3>9 packages</h3>', '</span>', '</h3>', '<svg/>', '<p>', '&amp;']);

/** The text with some pieces dropped, repeated elsewhere or put in. */
export function damaged(pieces: readonly string[]): fc.Arbitrary<string> {
  const at = fc.nat(pieces.length);
  const wound = fc.record({
    kind: fc.constantFrom('drop', 'repeat', 'insert'),
    at,
    length: fc.integer({ min: 1, max: 40 }),
    to: at,
    what: fc.constantFrom(...debris),
  });
  return fc.array(wound, { minLength: 1, maxLength: 6 }).map((wounds) => {
    const result = [...pieces];
    for (const { kind, at: from, length, to, what } of wounds) {
      if (kind === 'drop') result.splice(from, length);
      else if (kind === 'repeat') result.splice(to, 0, ...result.slice(from, from + length));
      else result.splice(to, 0, what);
    }
    return result.join('');
  });
}

/** The pieces of a page: comments and elements with hidden content whole, else single tags and texts. */
export function tokensOf(html: string): string[] {
  return html.match(/<!--[^]*?-->|<(script|style|template|textarea|noscript|title)\b[^]*?<\/\1>|<[^>]*>|[^<]+/g) ?? [];
}
