import { describe, expect, it } from 'vitest';
import type { PartKind, ValueParts } from '../core/numbers/value-parts.ts';
import { toRemark } from './remarks.ts';

function parts(
  value: number,
  values: number,
  known: Partial<Record<PartKind, readonly [values: number, sum: number, days?: number]>>,
): ValueParts {
  const kinds: readonly PartKind[] = [
    'read',
    'closed',
    'backfilled',
    'imported',
    'inconsistent',
    'frozen',
    'reset',
    'still',
    'severalDays',
  ];
  const found = kinds.flatMap((kind) => {
    const part = known[kind];
    return part ? [[kind, { values: part[0], sum: part[1], days: part[2] ?? 1 }] as const] : [];
  });
  return { value, values, parts: new Map(found) };
}

describe('a remark', () => {
  it('says how many days a value covers, and draws it', () => {
    expect(toRemark(parts(60, 1, { read: [1, 60], severalDays: [1, 60, 3] }))).toEqual({
      shapes: ['severalDays'],
      days: 3,
      texts: ['covers 3 days'],
    });
  });

  it('says how much of a sum covers several days', () => {
    expect(toRemark(parts(1_300, 2, { read: [2, 1_300], severalDays: [1, 1_200, 2] })).texts).toEqual(['1,200 of it: covers 2 days']);
    expect(toRemark(parts(1_300, 3, { read: [3, 1_300], severalDays: [2, 1_200, 4] })).texts).toEqual(['1,200 of it: covers up to 4 days']);
  });

  it('draws nothing for less than a tenth, but says it', () => {
    expect(toRemark(parts(1_000, 100, { read: [99, 991], backfilled: [1, 9] }))).toEqual({
      shapes: [],
      days: undefined,
      texts: ["9 of it: backfilled from the registry's daily counts"],
    });
    expect(toRemark(parts(1_000, 10, { read: [10, 1_000], severalDays: [1, 5, 8] })).days).toBeUndefined();
  });

  it('counts values where the sum is 0', () => {
    expect(toRemark(parts(0, 2, { read: [1, 0], backfilled: [1, 0] })).texts).toEqual([
      "1 of 2 values: backfilled from the registry's daily counts",
    ]);
  });

  it('says once that totals are inconsistent, frozen or not, and how many were reset', () => {
    expect(toRemark(parts(0, 2, { frozen: [1, 0], inconsistent: [1, 0], reset: [2, 40] }))).toEqual({
      shapes: ['doubtful', 'reset'],
      days: undefined,
      texts: ["1 of 2 values: total inconsistent with the registry's daily counts", '2 values: counter reset; counted as 0'],
    });
  });
});
