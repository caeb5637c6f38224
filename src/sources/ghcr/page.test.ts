import { describe, expect, it } from 'vitest';
import { detached, elementsIn, headingAfter, parsePage, textBefore } from './page.ts';

function namesIn(html: string): string[] {
  return parsePage(html).elements.map((element) => element.tagName.toLowerCase());
}

describe('a page', () => {
  it('has its visible elements in document order', () => {
    expect(namesIn('<!DOCTYPE html><div><p><b>x</b></p><i></i></div><u></u>')).toEqual(['div', 'p', 'b', 'i', 'u']);
  });

  it.each([
    ['a comment', '<!-- <b>x</b> -->'],
    ['an empty comment', '<!-->'],
    ['a comment that ends oddly', '<!-- <b>x</b> --!>'],
    ['a script', '<script type="x"><b>x</b> <!-- </SCRIPT >'],
    ['a style', '<STYLE><b>x</b></style>'],
    ['a title', '<title><b>x</b></title>'],
    ['a text area', '<textarea><b>x</b></textarea>'],
    ['a noscript', '<noscript><b>x</b></noscript>'],
    ['a template in a template', '<template><template></template><b>x</b></template>'],
    ['a CDATA section', '<![CDATA[ > <b>x</b> ]]>'],
    ['a processing instruction', '<?xml x ?>'],
  ])('does not show %s', (_what, hidden) => {
    const page = parsePage(`<p>a${hidden}c</p><i></i>`);

    expect(page.elements.map((element) => element.tagName)).toEqual(['P', 'I']);
    expect(page.elements.map((element) => page.textOf(element))).toEqual(['ac', '']);
  });

  it.each(['<!-- x', '<script>x', '<script>x</scripts>', '<![CDATA[ x', '<textarea>', '<!x'])(
    'is refused when %j is not closed',
    (hidden) => {
      expect(() => parsePage(`<p>a</p>${hidden}`)).toThrow('the web page is damaged or ends too early');
    },
  );

  it('gives the texts of elements with white space collapsed and entities decoded, up to a length', () => {
    const { elements, textOf } = parsePage(`<div>\n a &amp;&nbsp;<b> b</b>\t</div><p>${'x'.repeat(1000)}</p>`);

    expect(elements.map((element) => textOf(element)).slice(0, 2)).toEqual(['a & b', 'b']);
    expect(elements.map((element) => textOf(element).length).at(2)).toBe(200);
  });

  it('may nest deeper than a stack', () => {
    const depth = 20_000;

    expect(parsePage('<b>'.repeat(depth)).elements).toHaveLength(depth);
  });
});

describe('the surroundings of an element', () => {
  const { elements } = parsePage('<div>a <!-- x -->7 <b>label</b>\n<h3>x</h3><i></i><h4></h4></div><h5></h5>');
  const find = (name: string) => elements.filter((element) => element.tagName === name);

  it('are the heading right after it and the text right before it', () => {
    expect(find('B').map((element) => [headingAfter(element)?.tagName, textBefore(element)])).toEqual([['H3', 'a 7']]);
    expect(find('H3').map((element) => [headingAfter(element), textBefore(element)])).toEqual([[undefined, '']]);
    expect(find('H4').map((element) => headingAfter(element))).toEqual([undefined]);
    expect(find('DIV').map((element) => headingAfter(element)?.tagName)).toEqual(['H5']);
  });

  it('do not count as inside it', () => {
    expect(find('DIV').map((element) => elementsIn(element).map(({ tagName }) => tagName))).toEqual([['B', 'H3', 'I', 'H4']]);
  });
});

describe('a detached value', () => {
  it('is equal to the first and not the same', () => {
    const value = { names: ['a'], none: undefined };

    expect(detached(value)).toStrictEqual(value);
    expect(detached(value)).not.toBe(value);
  });
});
