import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../core/model/errors.ts';
import { badgeSvg, shieldsEndpoint, type BadgeValue } from './badge.ts';
import { parseBadgeOptions, periods, styles, type BadgeOptions } from './options.ts';
import { golden } from './testing/golden.ts';
import { shapeOf } from './testing/svg-shape.ts';

const defaults: BadgeOptions = { period: 'total', label: 'pulls', color: 'blue', labelColor: undefined, style: 'flat' };

function parse(query: string): BadgeOptions {
  return parseBadgeOptions(new URLSearchParams(query));
}

describe('the options of a badge', () => {
  it('have defaults', () => {
    expect(parse('')).toEqual(defaults);
    expect(parse('period=&label=&color=&style=&other=x')).toEqual(defaults);
  });

  it('are taken from the address', () => {
    expect(parse('period=week&label=Downloads&color=%232496ED&labelColor=abc&style=for-the-badge')).toEqual({
      period: 'week',
      label: 'Downloads',
      color: '#2496ed',
      labelColor: '#abc',
      style: 'for-the-badge',
    });
    expect(parse('color=LightGray').color).toBe('lightgray');
  });

  it.each([
    ['period=year', '"period" is "year": valid are total, day, week, month'],
    ['style=round', '"style" is "round": valid are flat, flat-square, plastic, for-the-badge, social'],
    ['color=url(x)', '"color" is "url(x)": valid are brightgreen'],
    ['labelColor=12345', 'and hex colors such as 2496ed'],
    [`label=${'x'.repeat(65)}`, '"label" has 65 characters: the maximum is 64'],
  ])('are refused when they are none: %s', (query, message) => {
    expect(() => parse(query)).toThrow(expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(message) }));
  });

  it('have a label of at most 64 characters, also of those that a program counts twice', () => {
    expect(parse(`label=${'🐳'.repeat(64)}`).label).toHaveLength(128);
    expect(() => parse(`label=${'🐳'.repeat(65)}`)).toThrow('has 65 characters');
  });

  it('have no control characters in their label', () => {
    expect(parse(`label=${encodeURIComponent('a\u0000b\u001B[31mc\u202E\n')}`).label).toBe('ab[31mc');
    expect(parse('label=%00').label).toBe('pulls');
  });
});

describe('a badge', () => {
  it.each([
    [1_234_567, 'total', 'pulls: 1.2M'],
    [999_950, 'total', 'pulls: 1M'],
    [0, 'total', 'pulls: 0'],
    [1_234, 'day', 'pulls: 1.2k/day'],
    [8_400, 'week', 'pulls: 8.4k/week'],
    [36_000, 'month', 'pulls: 36k/month'],
    ['no data yet', 'total', 'pulls: no data yet'],
    ['not tracked', 'month', 'pulls: not tracked'],
  ] as const)('of %s for the period %s says "%s"', (value, period, text) => {
    expect(badgeSvg(value, { ...defaults, period })).toContain(`aria-label="${text}"`);
    expect(shieldsEndpoint(value, { ...defaults, period }, 60).message).toBe(text.slice('pulls: '.length));
  });

  it('is gray where there is no count', () => {
    expect(shieldsEndpoint('not tracked', defaults, 300)).toEqual({
      schemaVersion: 1,
      label: 'pulls',
      message: 'not tracked',
      color: 'lightgrey',
      style: 'flat',
      isError: true,
      cacheSeconds: 300,
    });
    expect(shieldsEndpoint(3, { ...defaults, labelColor: '#abc' }, 60)).toMatchObject({ color: 'blue', labelColor: '#abc', message: '3' });
    expect(shieldsEndpoint('no data yet', defaults, 60)).toMatchObject({ color: 'lightgrey' });
    expect(shieldsEndpoint('no data yet', defaults, 60)).not.toHaveProperty('isError');
  });

  it.each(styles)('in the style %s looks as it did', (style) => {
    const svg = badgeSvg(1_234_567, { ...defaults, style, period: 'week' });

    expect(svg).toBe(golden(`badge-${style}`, svg));
  });

  it.each([
    ['not tracked', 'badge-not-tracked'],
    ['no data yet', 'badge-no-data'],
  ] as const)('that is %s looks as it did', (value, file) => {
    const svg = badgeSvg(value, defaults);

    expect(svg).toBe(golden(file, svg));
  });
});

const hostile = fc.constantFrom(
  '"><script>',
  "'/><a href=x>",
  '&lt;',
  '<!--',
  ']]>',
  '${x}',
  '%3Csvg',
  'url(#a)',
  '#fff"/>',
  'red;x:y',
  '</title>',
);
const anyText = fc.oneof(fc.string({ maxLength: 64 }), fc.string({ unit: 'binary', maxLength: 40 }), hostile);
const value: fc.Arbitrary<BadgeValue> = fc.oneof(fc.nat(), fc.constant('not tracked' as const), fc.constant('no data yet' as const));

describe('the address of a badge', () => {
  it('brings no element and no attribute into it', () => {
    const color = fc.oneof(
      { arbitrary: fc.constantFrom('', 'red', 'lightgrey', 'fff', '#000', 'ffff00'), weight: 4 },
      { arbitrary: anyText, weight: 1 },
    );
    fc.assert(
      fc.property(
        anyText,
        color,
        color,
        fc.constantFrom(...periods),
        fc.constantFrom(...styles),
        value,
        (label, main, second, period, style, count) => {
          const options = parsed(new URLSearchParams({ label, color: main, labelColor: second, period, style }));
          expect([...shapeOf(badgeSvg(count, options))].filter((each) => !expectedShape.has(each))).toEqual([]);
        },
      ),
    );
  });

  it('is read or refused, whatever it says', () => {
    const entry = fc.tuple(fc.constantFrom('label', 'color', 'labelColor', 'style', 'period', 'x'), anyText);
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const options = parsed(new URLSearchParams(entries));
        expect(options.label).not.toMatch(/^$|\p{C}/u);
      }),
    );
  });
});

/** The defaults where the address is rejected, as it should be. */
function parsed(query: URLSearchParams): BadgeOptions {
  try {
    return parseBadgeOptions(query);
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_input') return defaults;
    throw error;
  }
}

/** All that badges are made of; light colors give their texts a darker fill. */
const expectedShape: ReadonlySet<string> = new Set(
  styles.flatMap((style) =>
    ['blue', '#ffffff'].flatMap((color) => [...shapeOf(badgeSvg(1, { ...defaults, style, color, labelColor: color }))]),
  ),
);
