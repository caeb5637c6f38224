import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../core/model/day.ts';
import { marks, type Mark } from '../core/model/mark.ts';
import { chartSvg, type ChartDrawing, type ChartPoint } from './chart.ts';
import { golden } from './testing/golden.ts';
import { shapeOf } from './testing/svg-shape.ts';

function points(values: readonly (number | null)[], first = '2026-03-01', step = 1): ChartPoint[] {
  return values.flatMap((value, at) => (value === null ? [] : [{ day: addDays(first, at * step), value }]));
}

function marked(mark: Mark, all: readonly ChartPoint[]): ChartPoint[] {
  return all.map((point) => ({ ...point, mark }));
}

function drawing(more: Partial<ChartDrawing>): ChartDrawing {
  return { title: 'Pulls by day of acme/app', points: [], kind: 'daily', theme: 'light', ...more };
}

const week = points([12, 15, null, 9, 22, 18, 20]);
const backfilled = marked('backfilled', points([100, 112, 130]));
const mixed = [
  ...backfilled,
  ...points([140, 155, null, null, 180, null, 181, 190], '2026-03-04'),
  ...marked('frozen', points([190, 190], '2026-03-12')),
];
/** Two years of totals that grow faster in the middle, and their differences. */
const long = points(
  Array.from({ length: 730 }, (_, at) => Math.round(1_000_000 + at * 900 + 120_000 * Math.tanh((at - 365) / 60))),
  '2024-03-01',
);
const months = Array.from({ length: 14 }, (_, at): ChartPoint => ({
  day: new Date(Date.UTC(2025, at, 1)).toISOString().slice(0, 10),
  value: 300 + ((at * 137) % 211),
}));
const quarter = points(
  Array.from({ length: 90 }, (_, at) => (at % 31 === 17 ? null : 8_000 + ((at * 7919) % 3_001) - (at % 7 > 4 ? 3_500 : 0))),
  '2026-01-05',
);

describe('a chart', () => {
  it.each([
    ['daily-light', { points: week }],
    ['daily-dark', { points: week, theme: 'dark' }],
    ['daily-quarter', { points: quarter }],
    ['daily-partial', { points: quarter, isPartial: true }],
    [
      'daily-backfilled',
      { points: [...backfilled, ...points([90, 95, 0], '2026-03-04'), ...marked('frozen', points([80], '2026-03-07'))] },
    ],
    ['weekly', { points: points([80, 95, 70], '2026-03-02', 7), kind: 'weekly', title: 'Pulls by week' }],
    ['monthly', { points: months, kind: 'monthly', title: 'Pulls by month' }],
    ['total', { points: mixed, kind: 'total', title: 'Total pulls' }],
    ['total-dark', { points: mixed, kind: 'total', title: 'Total pulls', theme: 'dark' }],
    ['total-long', { points: long, kind: 'total', title: 'Total pulls', width: 960, height: 320 }],
    ['single-day', { points: points([42]), kind: 'total' }],
    ['empty', {}],
    ['small', { points: quarter, title: 'Pulls by day of acme/an-image-with-a-long-name', width: 320, height: 160 }],
  ] satisfies [string, Partial<ChartDrawing>][])('looks as it did: %s', (name, more) => {
    const svg = chartSvg(drawing(more));

    expect(svg).toBe(golden(`chart-${name}`, svg));
  });

  it('says what it shows to those who do not see it', () => {
    const svg = chartSvg(drawing({ points: points([1_000, 1_234]) }));

    expect(svg).toContain('role="img"');
    expect(svg).toContain('<title>Pulls by day of acme/app</title><desc>1,234 on 2026-03-02</desc>');
    expect(svg).toContain('<title>2026-03-01: 1,000</title>');
    expect(chartSvg(drawing({}))).toContain('<desc>no data yet</desc>');
  });

  it.each([
    ['weekly', '5 in the week of 2026-03-02'],
    ['monthly', '5 in March 2026'],
  ] as const)('of the kind %s says which one its newest value is of', (kind, text) => {
    expect(chartSvg(drawing({ points: points([5], '2026-03-02'), kind }))).toContain(`<desc>${text}</desc>`);
  });

  it('has no bar for a missing day, and a thin one for a day without pulls', () => {
    expect(barsOf(chartSvg(drawing({ points: week })))).toHaveLength(6);
    const svg = chartSvg(drawing({ points: points([4, 0, 3]) }));
    expect(barsOf(svg)).toHaveLength(3);
    expect(svg).toMatch(/height="1" [^>]*><title>2026-03-02: 0</);
  });

  it('marks a bar that covers several days, and says how many', () => {
    const several = [...points([4, 5]), { day: '2026-03-06', value: 20, days: 4 }];
    const svg = chartSvg(drawing({ points: several }));

    expect(svg).toMatch(/fill="url\(#several\)"><title>2026-03-06: 20, covers 4 days</);
    expect(svg).toContain('>several days</text>');
    expect(svg).toContain('<pattern id="several"');
    expect(chartSvg(drawing({ points: week }))).not.toContain('several');
  });

  it('has no line across a missing day', () => {
    const svg = chartSvg(drawing({ points: points([1, 2, null, 4, 5, null, 7, null, 8]), kind: 'total' }));

    expect(svg.match(/stroke-width="2" stroke-linejoin/g)).toHaveLength(2);
    expect(svg.match(/r="2"/g)).toHaveLength(2);
  });

  it('distinguishes backfilled and inconsistent bars by their looks, on hover and in a legend', () => {
    const svg = chartSvg(drawing({ points: [...backfilled, ...marked('inconsistent', points([7], '2026-03-04'))] }));

    expect(svg.match(/<rect [^>]*fill="url\(#backfilled\)"/g)).toHaveLength(3);
    expect(svg).toContain('2026-03-02: 112, backfilled');
    expect(svg).toContain('2026-03-04: 7, inconsistent');
    expect(svg).toContain('>backfilled</text>');
    expect(svg).toContain('>inconsistent</text>');
    expect(chartSvg(drawing({ points: week }))).not.toContain('</text><text x="42"');
  });

  it('breaks the line of totals only where they were backfilled, each stretch apart', () => {
    const back = [
      ...backfilled,
      ...points([140, 150, 160], '2026-03-04'),
      ...marked('backfilled', points([170], '2026-03-07')),
      ...points([180, 190], '2026-03-08'),
    ];

    const svg = chartSvg(drawing({ points: back, kind: 'total' }));

    expect(svg).toContain('<title>2026-03-01 to 2026-03-04: backfilled</title>');
    expect(svg).toContain('<title>2026-03-06 to 2026-03-08: backfilled</title>');
    expect(svg.match(/stroke-linecap="butt" stroke-dasharray/g)).toHaveLength(2);
    expect(svg.match(/stroke-linecap="round"\/>/g)).toHaveLength(2);
  });

  it.each([
    ['without a gap', 1],
    ['with a gap at every other day', 2],
  ])('draws a long history %s with few points, the newest among them', (_, step) => {
    const values = Array.from({ length: 4_000 / step }, (__, at) => at * 10);

    const svg = chartSvg(drawing({ points: points(values, '2015-01-01', step), kind: 'total' }));

    expect(verticesOf(svg)).toBeLessThanOrEqual(402);
    expect(svg).toContain(`${((values.length - 1) * 10).toLocaleString('en')} on 20`);
  });

  it('keeps a gap of months in a long history', () => {
    const holed = [
      ...points(Array.from({ length: 900 }, (_, at) => at)),
      ...points(
        Array.from({ length: 900 }, (_, at) => at + 900),
        '2029-01-01',
      ),
    ];

    expect(chartSvg(drawing({ points: holed, kind: 'total' })).match(/stroke-width="2" stroke-linejoin/g)).toHaveLength(2);
  });

  it('draws every bar of a long history, in one path', () => {
    const svg = chartSvg(
      drawing({
        points: points(
          Array.from({ length: 3_650 }, (_, at) => at % 97),
          '2016-01-01',
        ),
      }),
    );

    expect(svg).not.toContain('<rect x');
    expect(Math.max(...Array.from(svg.matchAll(/ d="([^"]+)"/g), ([, path = '']) => path.split('M').length - 1))).toBe(3_650);
    expect(svg.length).toBeLessThan(100_000);
  });

  it('writes totals that are near to each other so that no two levels read the same', () => {
    const svg = chartSvg(drawing({ points: points([1_234_000, 1_236_000, 1_241_000]), kind: 'total' }));

    const levels = Array.from(svg.matchAll(/text-anchor="end">([\d.]+M)<\/text>/g), ([, text]) => text).slice(1);
    expect(levels.length).toBeGreaterThan(2);
    expect(new Set(levels).size).toBe(levels.length);
  });

  it('cannot be broken out of by a title', () => {
    const svg = chartSvg(drawing({ title: `</title><script>"1"</script>&\u0000'`, width: 900 }));

    expect(svg).not.toContain('<script');
    expect(svg).toContain('&lt;script&gt;&quot;1&quot;&lt;/script&gt;&amp;&#39;');
  });

  it('shortens a title that has no room, and keeps it for those who cannot see', () => {
    const title = `Pulls by day of acme/${'long-'.repeat(40)}`;

    const svg = chartSvg(drawing({ title, points: week }));

    expect(svg).toContain(`<title>${title}</title>`);
    expect(svg).toMatch(/font-weight="600">Pulls by day of acme\/[long-]+…</);
  });
});

const value = fc.oneof(fc.nat(100), fc.integer({ min: 0, max: 2 ** 53 }));
const anyPoints = fc
  .uniqueArray(fc.tuple(fc.oneof(fc.nat(40), fc.nat(5_000)), value, fc.option(fc.constantFrom(...marks), { nil: undefined })), {
    selector: ([at]) => at,
    maxLength: 60,
  })
  .map((all) =>
    all.toSorted(([a], [b]) => a - b).map(([at, count, mark]): ChartPoint => ({ day: addDays('2020-01-01', at), value: count, mark })),
  );
const anyDrawing: fc.Arbitrary<ChartDrawing & { readonly width: number; readonly height: number }> = fc.record({
  title: fc.oneof(fc.string(), fc.string({ unit: 'binary' })),
  points: anyPoints,
  kind: fc.constantFrom('total' as const, 'daily' as const, 'weekly' as const, 'monthly' as const),
  theme: fc.constantFrom('light' as const, 'dark' as const),
  width: fc.integer({ min: 160, max: 1_600 }),
  height: fc.integer({ min: 120, max: 800 }),
});

describe('any chart', () => {
  it('stays within its view box, with numbers only', () => {
    fc.assert(
      fc.property(anyDrawing, (all) => {
        const svg = chartSvg({ ...all, title: 'x' });
        expect(svg).not.toMatch(/NaN|Infinity|undefined/);
        for (const [x, y] of placesOf(svg)) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x).toBeLessThanOrEqual(all.width);
          expect(y).toBeGreaterThanOrEqual(0);
          expect(y).toBeLessThanOrEqual(all.height);
        }
      }),
    );
  });

  it('is well formed and made of the same few things, without scripts and references', () => {
    const attributes =
      'x y cx cy r d width height fill fill-opacity stroke stroke-width stroke-opacity stroke-dasharray stroke-linejoin stroke-linecap text-anchor font-size font-weight rx'.split(
        ' ',
      );
    const elements = ['svg', 'title', 'desc', 'defs', 'pattern', 'rect', 'text', 'path', 'circle'];
    const root = ['xmlns', 'viewBox', 'role', 'font-family'].map((name) => `svg@${name}`);
    const pattern = ['id', 'patternUnits', 'patternTransform'].map((name) => `pattern@${name}`);
    const expected = new Set([
      ...elements,
      ...elements.flatMap((element) => attributes.map((name) => `${element}@${name}`)),
      ...root,
      ...pattern,
    ]);
    fc.assert(
      fc.property(anyDrawing, (all) => {
        const svg = chartSvg(all);
        expect([...shapeOf(svg)].filter((each) => !expected.has(each))).toEqual([]);
        expect(chartSvg({ ...all, title: '' })).not.toMatch(/url\((?!#backfilled\))|http(?!:\/\/www\.w3\.org\/2000\/svg")/);
      }),
    );
  });

  it('has day labels that never touch', () => {
    fc.assert(
      fc.property(anyDrawing, (all) => {
        const labels = Array.from(
          chartSvg({ ...all, title: '' }).matchAll(/<text x="([\d.]+)" y="[\d.]+" fill="#\w+" text-anchor="middle">([^<]+)</g),
        );
        let free = 0;
        for (const [, x, text = ''] of labels) {
          expect(Number(x) - text.length * 3.5).toBeGreaterThanOrEqual(free - 0.1);
          free = Number(x) + text.length * 3.5 + 8;
          expect(Number(x) + text.length * 3.5).toBeLessThanOrEqual(all.width + 0.1);
        }
      }),
    );
  });
});

function barsOf(svg: string): readonly string[] {
  return svg.match(/<rect [^>]*><title>/g) ?? [];
}

/** How many points the lines of totals have. */
function verticesOf(svg: string): number {
  const lines = Array.from(
    svg.matchAll(/<path d="([^"]+)" fill="none" stroke="[^"]+" stroke-width="2" stroke-linejoin/g),
    ([, path = '']) => path.split('L').length,
  );
  return lines.reduce((sum, length) => sum + length, 0) + (svg.match(/r="2"/g) ?? []).length;
}

/** Every place that something is drawn at: corners of bars, circles with their radius, texts, and the points of lines. */
function placesOf(svg: string): [number, number][] {
  const drawn = svg.slice(svg.indexOf('</defs>'));
  const places: [number, number][] = [];
  for (const [, x, y] of drawn.matchAll(/[ML](-?[\d.e+-]+) (-?[\d.e+-]+)/g)) places.push([Number(x), Number(y)]);
  for (const [, x, y] of drawn.matchAll(/<text x="([^"]+)" y="([^"]+)"/g)) places.push([Number(x), Number(y)]);
  for (const [, x, y, r] of drawn.matchAll(/<circle cx="([^"]+)" cy="([^"]+)" r="([^"]+)"/g)) {
    places.push([Number(x) - Number(r), Number(y) - Number(r)], [Number(x) + Number(r), Number(y) + Number(r)]);
  }
  for (const [, x, y, width, height] of drawn.matchAll(/<rect x="([^"]+)" y="([^"]+)" width="([^"]+)" height="([^"]+)"/g)) {
    places.push([Number(x), Number(y)], [Number(x) + Number(width), Number(y) + Number(height)]);
  }
  return places;
}
