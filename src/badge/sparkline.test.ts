import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sparklineSvg } from './sparkline.ts';
import { golden } from './testing/golden.ts';
import { shapeOf } from './testing/svg-shape.ts';

describe('a sparkline', () => {
  it('looks as it did', () => {
    const svg = sparklineSvg([3, 5, null, 8, null, 4, 4, 9]);

    expect(svg).toBe(golden('sparkline', svg));
  });

  it('breaks where nothing is known', () => {
    expect(sparklineSvg([1, 2, null, 3, 4]).match(/M/g)).toHaveLength(2);
    expect(sparklineSvg([])).toContain(' d="" ');
  });

  it('shows a day between two gaps', () => {
    expect(sparklineSvg([null, 7, null])).toMatch(/d="M[\d.]+ [\d.]+h0"/);
  });

  it('stays within its size, for any values', () => {
    const side = fc.integer({ min: 12, max: 400 });
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(Number.MAX_SAFE_INTEGER))), side, side, (values, width, height) => {
        const svg = sparklineSvg(values, { width, height });
        expect([...shapeOf(svg)]).toEqual(expect.arrayContaining(['svg', 'path']));
        expect(svg).toContain(`viewBox="0 0 ${width} ${height}"`);
        for (const [, x, y] of svg.matchAll(/[ML](\S+) (-?[\d.]+)/g)) {
          expect(Number(x)).toBeGreaterThanOrEqual(0);
          expect(Number(x)).toBeLessThanOrEqual(width);
          expect(Number(y)).toBeGreaterThanOrEqual(0);
          expect(Number(y)).toBeLessThanOrEqual(height);
        }
        expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      }),
    );
  });
});
