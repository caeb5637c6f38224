import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../core/model/day.ts';
import { seriesChartSvg, type SeriesDrawing } from './series-chart.ts';
import { golden } from './testing/golden.ts';
import { shapeOf } from './testing/svg-shape.ts';

const count = 30;
const wave = (size: number, phase: number): number[] =>
  Array.from({ length: count }, (_, at) => Math.round(size * (1.4 + Math.sin(at / 4 + phase))));
const lines = [
  { label: 'acme/app', values: wave(4_000, 0), previous: wave(3_000, 1) },
  { label: 'acme/tool', values: wave(900, 2).map((value, at) => (at === 11 ? null : value)) },
  { label: 'acme/library-with-a-longer-name', values: wave(30, 4) },
];

function drawing(more: Partial<SeriesDrawing> = {}): SeriesDrawing {
  const days = Array.from({ length: count }, (_, at) => addDays('2026-02-01', at));
  const partial = { first: false, last: false };
  const title = 'Daily pulls of 3 images';
  return { title, subtitle: '30 days', days, lines, kind: 'daily', look: 'lines', scale: 'linear', partial, theme: 'light', ...more };
}

describe('a chart of several series', () => {
  it.each([
    ['lines', { partial: { first: false, last: true } }],
    ['lines-log-dark', { scale: 'log', theme: 'dark' }],
    ['stacked', { look: 'bars', partial: { first: true, last: true } }],
    ['stacked-dark', { look: 'bars', theme: 'dark' }],
  ] satisfies [string, Partial<SeriesDrawing>][])('looks as it did: %s', (name, more) => {
    const svg = seriesChartSvg(drawing(more));

    expect(svg).toBe(golden(`series-${name}`, svg));
  });

  it('names every line, and says its newest value to those who do not see it', () => {
    const svg = seriesChartSvg(drawing());

    for (const { label } of lines) expect(svg).toContain(`>${label}</text>`);
    expect(svg).toContain('>previous period</text>');
    expect(svg).toMatch(/<desc>30 days; acme\/app: [\d,]+; acme\/tool: [\d,]+; /);
  });

  it.each([
    ['linear', ['2026-02-01: a 7', '2026-02-06: a 9', '2026-02-04: b 5']],
    // Which has no place for 0.
    ['log', ['2026-02-01: a 7', '2026-02-06: a 9', '2026-02-02: b 3', '2026-02-04: b 5']],
  ] as const)('marks values between two gaps, on a %s scale', (scale, expected) => {
    const some = [
      { label: 'a', values: [7, null, 3, 4, null, 9] },
      { label: 'b', values: [0, 3, null, 5, null, null] },
    ];
    const days = Array.from({ length: 6 }, (_, at) => addDays('2026-02-01', at));
    const svg = seriesChartSvg(drawing({ lines: some, days, scale }));

    expect(Array.from(svg.matchAll(/<circle[^>]*><title>([^<]*)/g), ([, text]) => text)).toEqual(expected);
  });

  it('stacks bars whose heights are their values, and says which are partial', () => {
    const two = [
      { label: 'a', values: [10, 30] },
      { label: 'b', values: [20, null] },
    ];
    const svg = seriesChartSvg(
      drawing({ look: 'bars', lines: two, days: ['2026-03-01', '2026-03-02'], partial: { first: true, last: false } }),
    );
    const bars = [...svg.matchAll(/<rect x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"[^>]*><title>([^<]*)/g)].map(
      ([, top, height, text]) => ({ top: Number(top), height: Number(height), text }),
    );

    expect(bars.map(({ text }) => text)).toEqual([
      '2026-03-01: a 10, partial: the history starts in it',
      '2026-03-01: b 20, partial: the history starts in it',
      '2026-03-02: a 30',
    ]);
    const [a, b, alone] = bars;
    expect((b?.height ?? 0) / (a?.height ?? 1)).toBeCloseTo(2, 1);
    expect((b?.top ?? 0) + (b?.height ?? 0)).toBeCloseTo(a?.top ?? 0, 0);
    expect(alone?.height).toBeCloseTo((a?.height ?? 0) + (b?.height ?? 0), 0);
  });

  it('marks an axis that does not begin at 0, and has none to mark on a logarithmic scale', () => {
    const high = [
      { label: 'a', values: [1_000, 1_010] },
      { label: 'b', values: [1_020, 1_005] },
    ];
    const days = ['2026-03-01', '2026-03-02'];

    expect(seriesChartSvg(drawing({ lines: high, days }))).toMatch(/<title>axis starts at [\d.]+k?<\/title>/);
    expect(seriesChartSvg(drawing({ lines: high, days, scale: 'log' }))).not.toContain('axis starts');
    expect(seriesChartSvg(drawing({ lines: high, days, look: 'bars' }))).not.toContain('axis starts');
  });

  it('is well-formed and has only numbers for coordinates, whatever it draws', () => {
    const value = fc.option(fc.oneof(fc.nat(50), fc.integer({ min: 0, max: 1e12 })));
    const line = fc.record({
      label: fc.string({ unit: 'binary', maxLength: 80 }),
      values: fc.array(value, { minLength: 3, maxLength: 3 }),
      previous: fc.option(fc.array(value, { minLength: 3, maxLength: 3 }), { nil: undefined }),
    });
    const looks = fc.record({
      look: fc.constantFrom('bars', 'lines'),
      scale: fc.constantFrom('linear', 'log'),
      title: fc.string({ unit: 'binary' }),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 9 }), looks, (drawn, look) => {
        const svg = seriesChartSvg(drawing({ ...look, lines: drawn, days: ['2026-03-01', '2026-03-02', '2026-03-03'] }));
        expect(() => shapeOf(svg)).not.toThrow();
        expect(svg).not.toMatch(/NaN|Infinity|undefined|="[^"]*e\+/);
      }),
    );
  });
});
