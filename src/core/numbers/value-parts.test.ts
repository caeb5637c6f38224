import { describe, expect, it } from 'vitest';
import { toEpochDay } from '../model/day.ts';
import type { ImageSeries } from '../model/history.ts';
import type { Mark } from '../model/mark.ts';
import { coveredDays } from './covered-days.ts';
import { isMarked, partsByDay, type ChartKind, type PartKind } from './value-parts.ts';

const first = toEpochDay('2026-03-01');

/** Totals by day of March. */
function image(
  repo: string,
  totals: Readonly<Record<number, number | readonly [number, Mark]>>,
  still: readonly number[] = [],
): ImageSeries {
  const values = Object.values(totals).map((value): readonly [number, Mark] => (typeof value === 'number' ? [value, 'read'] : value));
  return {
    registry: 'dockerhub',
    repo,
    days: Object.keys(totals).map((day) => first + Number(day) - 1),
    totals: values.map(([total]) => total),
    marks: values.map(([, mark]) => mark),
    still: new Set(still.map((day) => first + day - 1)),
  };
}

describe('the days that a value covers', () => {
  it('are those since the known day before, and one on the first', () => {
    const app = image('acme/app', { 1: 10, 2: 11, 5: 20 });

    expect([0, 1, 2].map((at) => coveredDays(app, at))).toEqual([1, 1, 3]);
  });

  it('include those on which the registry did not update its counter', () => {
    const app = image('acme/app', { 1: 10, 2: 11, 3: 11, 4: 11, 5: 20, 6: 21 }, [3, 4]);

    expect([1, 2, 3, 4, 5].map((at) => coveredDays(app, at))).toEqual([1, 1, 1, 3, 1]);
  });

  it('are one where the first known days are all without an update', () => {
    expect(coveredDays(image('acme/app', { 1: 10, 2: 10, 3: 30 }, [1, 2]), 2)).toBe(2);
  });
});

function marked(series: readonly ImageSeries[], kind: ChartKind, day: string): PartKind[] {
  const parts = partsByDay(series, kind).get(day);
  return parts ? [...parts.parts.keys()].filter((each) => isMarked(parts, each)).toSorted() : [];
}

describe('a mark', () => {
  const busy = Array.from({ length: 99 }, (_, at) => image(`acme/busy-${at}`, { 1: 100, 2: 110, 3: 120, 4: 130 }));

  it('belongs to the share that it is true of: one backfilled zero among a hundred images marks nothing', () => {
    const quiet = image('acme/quiet', { 1: 5, 2: [5, 'backfilled'], 3: 5, 4: 5 });

    expect(marked([quiet], 'daily', '2026-03-02')).toEqual(['backfilled']);
    expect(marked([...busy, quiet], 'daily', '2026-03-02')).toEqual(['read']);
    expect(marked([...busy, quiet], 'monthly', '2026-03-01')).toEqual(['read']);
  });

  it('counts values where all of them are 0', () => {
    const zeros = busy.map((each) => ({ ...each, totals: [100, 100, 100, 100] }));

    expect(marked([...zeros, image('acme/quiet', { 2: [5, 'backfilled'] })], 'daily', '2026-03-02')).toEqual(['read']);
    expect(marked([image('acme/a', { 2: [5, 'backfilled'] }), image('acme/b', { 2: 5 })], 'daily', '2026-03-02')).toEqual([
      'backfilled',
      'read',
    ]);
  });

  it('is on a sum in which one large value covers several days', () => {
    const large = image('acme/large', { 1: 0, 4: 900 });

    expect(marked([...busy, large], 'daily', '2026-03-04')).toContain('severalDays');
    expect(
      partsByDay([...busy, large], 'daily')
        .get('2026-03-04')
        ?.parts.get('severalDays'),
    ).toEqual({ values: 1, sum: 900, days: 3 });
    expect(marked([...busy, image('acme/small', { 1: 0, 4: 9 })], 'daily', '2026-03-04')).not.toContain('severalDays');
  });

  it('is not on a week or month that holds all of the days of a value', () => {
    // 2026-03-02 is a Monday.
    expect(marked([image('acme/app', { 2: 0, 5: 9 })], 'weekly', '2026-03-02')).toEqual(['read']);
    expect(marked([image('acme/app', { 1: 0, 5: 9 })], 'weekly', '2026-03-02')).toEqual(['read']);
    expect(marked([image('acme/app', { 6: 0, 10: 9 })], 'weekly', '2026-03-09')).toEqual(['read', 'severalDays']);
    expect(marked([image('acme/app', { 6: 0, 40: 9 })], 'monthly', '2026-04-01')).toEqual(['read', 'severalDays']);
  });

  it('of a reset weighs by how far the total fell', () => {
    expect(marked([image('acme/app', { 1: 50, 2: 10 })], 'daily', '2026-03-02')).toEqual(['read', 'reset']);
    expect(marked([...busy, image('acme/app', { 1: 50, 2: 10 })], 'daily', '2026-03-02')).toEqual(['read']);
    expect(marked([...busy, image('acme/app', { 1: 5000, 2: 10 })], 'daily', '2026-03-02')).toEqual(['read', 'reset']);
  });
});
