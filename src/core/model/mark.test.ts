import { describe, expect, it } from 'vitest';
import { certainty, compareMarks, isInconsistent, isMark, marks, wasRead, type Mark } from './mark.ts';

describe('the marks', () => {
  it('stand in the order in which a kept index counts them', () => {
    expect(marks).toEqual(['read', 'backfilled', 'frozen', 'restated', 'imported']);
  });

  it.each(['', 'Read', 'toString', '__proto__', 0, undefined, null])('are not %j', (value) => {
    expect(isMark(value)).toBe(false);
  });

  it('are known by their names', () => {
    expect(marks.filter(isMark)).toEqual(marks);
  });

  it.each<[Mark | undefined, number]>([
    ['backfilled', 0],
    ['imported', 1],
    ['read', 2],
    ['frozen', 2],
    ['restated', 2],
    [undefined, 2],
  ])('have a certainty, which the database stores: %j has %d', (mark, expected) => {
    expect(certainty(mark)).toBe(expected);
  });

  it('let what was read replace what was imported, and that what was backfilled', () => {
    const order: readonly Mark[] = ['backfilled', 'imported', 'read'];

    expect(order.toReversed().toSorted(compareMarks)).toEqual(order);
    expect(compareMarks('imported', 'backfilled')).toBeGreaterThan(0);
    expect(compareMarks('backfilled', 'read')).toBeLessThan(0);
    expect([compareMarks('frozen', 'restated'), compareMarks(undefined, 'read'), compareMarks('frozen', undefined)]).toEqual([0, 0, 0]);
  });

  it('say whether somebody read the total, and whether it disagrees with the daily counts', () => {
    expect(marks.filter(wasRead)).toEqual(['read', 'frozen', 'restated', 'imported']);
    expect(marks.filter(isInconsistent)).toEqual(['frozen', 'restated']);
    expect([wasRead(undefined), isInconsistent(undefined)]).toEqual([true, false]);
  });
});
