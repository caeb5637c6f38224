import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../core/day.ts';
import { chartSvg, sparklineSvg, type ChartDrawing, type ChartPoint } from './chart.ts';

const size = { width: 720, height: 240 };

function points(values: readonly (number | null)[], first = '2026-03-01', step = 1): ChartPoint[] {
  return values.flatMap((value, at) => (value === null ? [] : [{ day: addDays(first, at * step), value }]));
}

function drawing(more: Partial<ChartDrawing>): ChartDrawing {
  return { title: 'Pulls by day of acme/app', points: [], kind: 'daily', theme: 'light', ...size, ...more };
}

const week = points([12, 15, null, 9, 22, 18, 20]);
const reconstructed: ChartPoint[] = points([100, 112, 130]).map((point) => ({ ...point, mark: 'backfilled' }));

describe('a chart', () => {
  it.each([
    ['daily-light', { points: week }],
    ['daily-dark', { points: week, theme: 'dark' }],
    ['daily-backfilled', { points: [...reconstructed, ...points([90, 95], '2026-03-04')] }],
    ['weekly', { points: points([80, 95, 70], '2026-03-02', 7), kind: 'weekly' }],
    [
      'monthly',
      {
        points: [
          { day: '2026-01-01', value: 300 },
          { day: '2026-02-01', value: 410 },
        ],
        kind: 'monthly',
      },
    ],
    ['total', { points: [...reconstructed, ...points([140, 155, null, null, 180, 181], '2026-03-04')], kind: 'total' }],
    ['single-day', { points: points([42]), kind: 'total' }],
    ['empty', {}],
  ] as const)('looks as it did: %s', async (name, more) => {
    await expect(chartSvg(drawing(more))).toMatchFileSnapshot(`golden/chart-${name}.svg`);
  });

  it('says what it shows to those who do not see it', () => {
    const svg = chartSvg(drawing({ points: points([1_000, 1_234]) }));

    expect(svg).toContain('role="img"');
    expect(svg).toContain('<title>Pulls by day of acme/app</title><desc>1,234 on 2026-03-02</desc>');
    expect(svg).toContain('<title>2026-03-01: 1,000</title>');
  });

  it('has no bar for a missing day, and no line across it', () => {
    expect(chartSvg(drawing({ points: week })).match(/<rect [^>]*><title>/g)).toHaveLength(6);
    const line = chartSvg(drawing({ points: points([1, 2, null, 4, 5]), kind: 'total' }));
    expect(line.match(/stroke-width="2" stroke-linejoin/g)).toHaveLength(2);
  });

  it('tells reconstructed days by their hatching and on hover', () => {
    const svg = chartSvg(drawing({ points: reconstructed }));

    expect(svg.match(/fill="url\(#h\)"/g)).toHaveLength(3);
    expect(svg).toContain('2026-03-02: 112, reconstructed');
  });

  it('draws a long history with few points, the newest among them', () => {
    const long = points(
      Array.from({ length: 4_000 }, (_, at) => at * 10),
      '2015-01-01',
    );

    const svg = chartSvg(drawing({ points: long, kind: 'total' }));

    expect(svg.length).toBeLessThan(20_000);
    expect(svg).toContain('40k');
  });

  it('cannot be broken out of by a title', () => {
    const svg = chartSvg(drawing({ title: `</title><script>alert("1")</script>&\u0000'` }));

    expect(svg).not.toContain('<script');
    expect(svg).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;');
  });

  it('stays within its frame, whatever the values and days are', () => {
    const value = fc.oneof(fc.nat(100), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
    const day = fc.integer({ min: 0, max: 5_000 });
    const anyPoints = fc
      .uniqueArray(fc.tuple(day, value), { selector: ([at]) => at, maxLength: 60 })
      .map((pairs) =>
        pairs.toSorted(([a], [b]) => a - b).map(([at, count]): ChartPoint => ({ day: addDays('2020-01-01', at), value: count })),
      );
    fc.assert(
      fc.property(anyPoints, fc.constantFrom('total' as const, 'daily' as const, 'weekly' as const, 'monthly' as const), (all, kind) => {
        const svg = chartSvg(drawing({ points: all, kind }));
        expect(svg).not.toMatch(/NaN|Infinity|undefined/);
        for (const [, x, y] of svg.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)) {
          expect(Number(x)).toBeGreaterThanOrEqual(0);
          expect(Number(x)).toBeLessThanOrEqual(size.width);
          expect(Number(y)).toBeGreaterThanOrEqual(0);
          expect(Number(y)).toBeLessThanOrEqual(size.height);
        }
        for (const [, x, y, width, height] of svg.matchAll(/<rect x="(-?[\d.]+)" y="(-?[\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)) {
          expect(Number(x) + Number(width)).toBeLessThanOrEqual(size.width);
          expect(Number(y) + Number(height)).toBeLessThanOrEqual(size.height);
        }
      }),
    );
  });
});

describe('a sparkline', () => {
  it('breaks where nothing is known', () => {
    expect(sparklineSvg([1, 2, null, 3, 4]).match(/M/g)).toHaveLength(2);
  });

  it('is drawn for any values, also none', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(Number.MAX_SAFE_INTEGER))), (values) => {
        expect(sparklineSvg(values)).not.toMatch(/NaN|Infinity/);
      }),
    );
  });
});
