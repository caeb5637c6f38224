import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marks, type Mark } from '../../core/model/mark.ts';
import { createDaySeries, unpackMarks } from './day-series.ts';

describe('a series of days', () => {
  it('behaves as a sorted map of days to totals, whatever is set and deleted', () => {
    const day = fc.integer({ min: 20_000, max: 20_060 });
    const total = fc.oneof(fc.nat(), fc.constantFrom(2 ** 31, Number.MAX_SAFE_INTEGER));
    const step = fc.oneof(
      fc.record({ kind: fc.constant('set' as const), day, total, mark: fc.constantFrom(...marks) }),
      fc.record({ kind: fc.constant('delete' as const), day, total }),
    );

    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const series = createDaySeries();
        const model = new Map<number, readonly [number, Mark]>();
        for (const each of steps) {
          if (each.kind === 'set') {
            series.set(each.day, each.total, each.mark);
            model.set(each.day, [each.total, each.mark]);
          } else {
            series.delete(each.day);
            model.delete(each.day);
          }
        }
        const sorted = [...model].toSorted(([a], [b]) => a - b);
        const newest = sorted.at(-1);
        expect(Array.from(series.columns().days)).toEqual(sorted.map(([each]) => each));
        expect(Array.from(series.columns().totals)).toEqual(sorted.map(([, [each]]) => each));
        const marksOfDays = unpackMarks(series.columns().codes);
        expect(sorted.map((_, at) => marksOfDays.at(at))).toEqual(sorted.map(([, [, each]]) => each));
        expect(marksOfDays.at(sorted.length)).toBeUndefined();
        expect(series.last()).toEqual(newest && { day: newest[0], total: newest[1][0] });
      }),
    );
  });
});
