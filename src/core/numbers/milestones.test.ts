import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { milestoneAfter, milestoneAt } from './milestones.ts';

describe('milestones', () => {
  it.each([
    [0, 0, 1000],
    [999, 0, 1000],
    [1000, 1000, 2500],
    [2499, 1000, 2500],
    [2500, 2500, 5000],
    [9999, 5000, 10_000],
    [5_000_000, 5_000_000, 10_000_000],
    [11_391_000_431, 10_000_000_000, 25_000_000_000],
  ])('of %i: passed %i, next %i', (total, passed, next) => {
    expect(milestoneAt(total)).toBe(passed);
    expect(milestoneAfter(total)).toBe(next);
  });

  it('lie on both sides of every total', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 2 ** 50 }), (total) => {
        expect(milestoneAt(total)).toBeLessThanOrEqual(total);
        expect(milestoneAfter(total)).toBeGreaterThan(total);
        expect(milestoneAt(milestoneAfter(total))).toBe(milestoneAfter(total));
        expect(milestoneAt(milestoneAfter(total) - 1)).toBe(milestoneAt(total));
      }),
    );
  });
});
