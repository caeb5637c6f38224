import * as fc from 'fast-check';
import { toEpochDay } from '../model/day.ts';
import { describe, expect, it } from 'vitest';
import { milestoneAfter, milestoneAt, nextMilestone } from './milestones.ts';

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

describe('the next milestone', () => {
  const today = toEpochDay('2026-03-14');

  it('comes when the pace brings the total there', () => {
    expect(nextMilestone(980, 2.5, today)).toEqual({ milestone: 1_000, day: '2026-03-22' });
    expect(nextMilestone(999, 5_000, today)).toEqual({ milestone: 1_000, day: '2026-03-15' });
  });

  it('has no day without a pace, and none that is more than ten years off', () => {
    expect(nextMilestone(980, 0, today)).toEqual({ milestone: 1_000, day: undefined });
    expect(nextMilestone(5_001, 0.1, today)).toEqual({ milestone: 10_000, day: undefined });
  });
});
