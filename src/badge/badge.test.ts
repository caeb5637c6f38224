import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { badgeSvg, parseBadgeOptions, periods, shieldsEndpoint, styles, type BadgeOptions, type BadgeValue } from './badge.ts';

const usual: BadgeOptions = { period: 'total', label: 'pulls', color: 'blue', labelColor: undefined, style: 'flat' };

function parse(query: string): BadgeOptions {
  return parseBadgeOptions(new URLSearchParams(query));
}

describe('the options of a badge', () => {
  it('are the usual ones where nothing is said', () => {
    expect(parse('')).toEqual(usual);
    expect(parse('period=&label=&color=&style=&other=x')).toEqual(usual);
  });

  it('are taken from the address', () => {
    expect(parse('period=week&label=Downloads&color=%232496ED&labelColor=abc&style=for-the-badge')).toEqual({
      period: 'week',
      label: 'Downloads',
      color: '#2496ed',
      labelColor: '#abc',
      style: 'for-the-badge',
    });
  });

  it.each([
    ['period=year', '"period" is "year": valid are total, day, week, month'],
    ['style=round', '"style" is "round": valid are flat, flat-square, plastic, for-the-badge, social'],
    ['color=url(x)', '"color" is "url(x)": valid are brightgreen'],
    ['labelColor=12345', 'and colours such as 2496ed'],
    [`label=${'x'.repeat(65)}`, '"label" has 65 characters: valid are at most 64'],
  ])('are refused when they are none: %s', (query, message) => {
    expect(() => parse(query)).toThrow(message);
  });

  it('have no control characters in their label', () => {
    expect(parse(`label=${encodeURIComponent('a\u0000b\u001B[31mc\n')}`).label).toBe('ab[31mc');
    expect(parse('label=%00').label).toBe('pulls');
  });
});

describe('a badge', () => {
  it.each([
    [1_234_567, 'total', 'pulls: 1.23M'],
    [815, 'day', 'pulls: 815/day'],
    [8_400, 'week', 'pulls: 8.4k/week'],
    ['not known yet', 'total', 'pulls: not known yet'],
    ['not tracked', 'month', 'pulls: not tracked'],
  ] as const)('of %s for the period %s says "%s"', (value, period, text) => {
    expect(badgeSvg(value, { ...usual, period })).toContain(`aria-label="${text}"`);
  });

  it('is grey where there is no count', () => {
    expect(shieldsEndpoint('not tracked', usual, 300)).toEqual({
      schemaVersion: 1,
      label: 'pulls',
      message: 'not tracked',
      color: 'lightgrey',
      style: 'flat',
      isError: true,
      cacheSeconds: 300,
    });
    expect(shieldsEndpoint(3, { ...usual, labelColor: '#abc' }, 60)).toMatchObject({ color: 'blue', labelColor: '#abc', message: '3' });
    expect(shieldsEndpoint('not known yet', usual, 60)).not.toHaveProperty('isError');
  });

  it.each([
    ['flat', 1_234_567],
    ['for-the-badge', 'not tracked'],
  ] as const)('in the style %s looks as it did', async (style, value) => {
    await expect(badgeSvg(value, { ...usual, style, period: 'week' })).toMatchFileSnapshot(`golden/badge-${style}.svg`);
  });

  it('has the same elements whatever its address says', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 64 }),
      fc.constantFrom('"><script>', "'/><a href=x>", '&lt;', '<!--', ']]>', '${x}', '%3Csvg'),
    );
    const value: fc.Arbitrary<BadgeValue> = fc.oneof(fc.nat(), fc.constant('not tracked' as const));
    fc.assert(
      fc.property(text, fc.constantFrom(...periods), fc.constantFrom(...styles), value, (label, period, style, count) => {
        const options = parseBadgeOptions(new URLSearchParams({ label, period, style }));
        expect(shapeOf(badgeSvg(count, options))).toEqual(shapeOf(badgeSvg(count, { ...usual, period, style })));
      }),
    );
  });
});

/** The names of a document's elements and attributes; it throws where the document is not well formed. */
function shapeOf(svg: string): string[] {
  const names: string[] = [];
  const rest = svg.replaceAll(/<(\/?[\w:]+)((?:\s+[\w:-]+="[^"<]*")*)\s*\/?>/g, (_, name: string, attributes: string) => {
    names.push(name, ...[...attributes.matchAll(/\s([\w:-]+)="[^"]*"/g)].map(([, attribute = '']) => attribute));
    return '';
  });
  if (/[<>]/.test(rest) || /&(?!(amp|lt|gt|quot|apos|#\d+);)/.test(svg)) throw new Error(`not well formed: ${svg}`);
  return names;
}
