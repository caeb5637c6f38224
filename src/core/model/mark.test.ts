import { describe, expect, it } from 'vitest';
import { certainty, compareMarks, isInconsistent, isMark, marks, wasRead, type Mark } from './mark.ts';

describe('the marks', () => {
  it('stand in the order in which a kept index counts them', () => {
    expect(marks).toEqual(['read', 'backfilled', 'frozen', 'inconsistent', 'imported', 'closed', 'estimated']);
  });

  it.each(['', 'Read', 'toString', '__proto__', 0, undefined, null])('are not %j', (value) => {
    expect(isMark(value)).toBe(false);
  });

  it('are known by their names', () => {
    expect(marks.filter(isMark)).toEqual(marks);
  });

  it.each<[Mark | undefined, number]>([
    ['estimated', 0],
    ['imported', 1],
    ['read', 2],
    ['frozen', 2],
    ['inconsistent', 2],
    [undefined, 2],
    ['backfilled', 3],
    ['closed', 3],
  ])('have a certainty, which the database stores: %j has %d', (mark, expected) => {
    expect(certainty(mark)).toBe(expected);
  });

  it('let the exact end of a day replace what was read, that what was imported, and that what was estimated', () => {
    const order: readonly Mark[] = ['estimated', 'imported', 'read', 'closed'];

    expect(order.toReversed().toSorted(compareMarks)).toEqual(order);
    expect(compareMarks('imported', 'estimated')).toBeGreaterThan(0);
    expect(compareMarks('estimated', 'read')).toBeLessThan(0);
    expect(compareMarks('backfilled', 'closed')).toBe(0);
    expect([compareMarks('frozen', 'inconsistent'), compareMarks(undefined, 'read'), compareMarks('frozen', undefined)]).toEqual([0, 0, 0]);
  });

  it('say whether somebody read the total, and whether it disagrees with the daily counts', () => {
    expect(marks.filter(wasRead)).toEqual(['read', 'frozen', 'inconsistent', 'imported', 'closed']);
    expect(marks.filter(isInconsistent)).toEqual(['frozen', 'inconsistent']);
    expect([wasRead(undefined), isInconsistent(undefined)]).toEqual([true, false]);
  });
});
