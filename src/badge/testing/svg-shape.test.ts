import { describe, expect, it } from 'vitest';
import { shapeOf } from './svg-shape.ts';

describe('the shape of a document', () => {
  it('has its elements and attributes', () => {
    expect([...shapeOf('<svg a="1"><g b="&lt;" c=""/>text<g>&#39;</g></svg>\n')]).toEqual(['svg', 'svg@a', 'g', 'g@b', 'g@c']);
  });

  it.each([
    ['<svg><g></svg></g>', 'closes another element'],
    ['<svg>', 'not closed'],
    ['<svg/><svg/>', '2 roots'],
    ['text<svg/>', 'not well formed'],
    ['<svg><!-- --></svg>', 'not well formed'],
    ['<svg a="<"/>', 'not well formed'],
    ['<svg a=1/>', 'not well formed'],
    ['<svg a="1" a="2"/>', 'an attribute twice'],
    ['<svg>&nbsp;</svg>', 'an ampersand that is none'],
    ['<svg>\u0000</svg>', 'invalid in XML'],
    ['<svg>\uD800</svg>', 'invalid in XML'],
  ])('is not told of %s', (svg, message) => {
    expect(() => shapeOf(svg)).toThrow(message);
  });
});
