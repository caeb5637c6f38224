import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findInconsistency } from './cross-check.ts';
import { addDays, fromEpochDay, toEpochDay } from '../model/day.ts';
import type { Mark } from '../model/mark.ts';
import { type Reading } from '../model/reading.ts';
import type { ImageSeries } from '../model/history.ts';

const today = '2026-03-30';

interface History {
  /** Published pulls, newest first: the first is today's. */
  readonly published: readonly number[];
  /** Day of the newest published one. */
  readonly newest?: string;
  readonly total: number;
  /** Totals by days before today. */
  readonly known: Readonly<Record<number, number | readonly [number, Mark]>>;
}

function inconsistency({ published, newest = today, total, known }: History) {
  const recentDays = published.map((pulls, index) => ({ day: addDays(newest, -index), pulls }));
  const reading: Reading = { registry: 'ghcr', repo: 'acme/app', pullCount: total, readAt: `${today}T12:00:00Z`, recentDays };
  const ago = Object.keys(known)
    .map(Number)
    .toSorted((a, b) => b - a);
  const values = ago.map((each): readonly [number, Mark] => {
    const value = known[each] ?? 0;
    return typeof value === 'number' ? [value, 'read'] : value;
  });
  const series: ImageSeries = {
    registry: 'ghcr',
    repo: 'acme/app',
    days: ago.map((each) => toEpochDay(today) - each),
    totals: values.map(([each]) => each),
    marks: values.map(([, mark]) => mark),
  };
  return findInconsistency(reading, series);
}

const tenADay = Array.from({ length: 30 }, () => 10);
const nothingADay = Array.from({ length: 30 }, () => 0);

describe('a total that was read', () => {
  it('agrees while it grows as the published days do', () => {
    expect(inconsistency({ published: tenADay, total: 1000, known: { 6: 940, 7: 930 } })).toBeUndefined();
    expect(inconsistency({ published: nothingADay, total: 1000, known: { 6: 1000 } })).toBeUndefined();
  });

  it('is frozen when it stands still although the days move', () => {
    expect(inconsistency({ published: tenADay, total: 1000, known: { 6: 1000 } })).toBe('frozen');
  });

  it('is frozen when it moves although the days stand still', () => {
    expect(inconsistency({ published: nothingADay, total: 1000, known: { 6: 940 } })).toBe('frozen');
  });

  it('is restated when it grew far more or far less than the days say, or went down', () => {
    expect(inconsistency({ published: tenADay, total: 1200, known: { 6: 940 } })).toBe('restated');
    expect(inconsistency({ published: tenADay, total: 950, known: { 6: 940 } })).toBe('restated');
    expect(inconsistency({ published: tenADay, total: 500, known: { 6: 940 } })).toBe('restated');
  });

  it('is allowed the days at both ends, wholly or not at all, and some pulls more', () => {
    // Certain are the 3 days within, possible are the 8 with those at the ends.
    expect(inconsistency({ published: tenADay, total: 1000 + 22, known: { 6: 1000 } })).toBeUndefined();
    expect(inconsistency({ published: tenADay, total: 1000 + 21, known: { 6: 1000 } })).toBe('restated');
    expect(inconsistency({ published: tenADay, total: 1000 + 93, known: { 6: 1000 } })).toBeUndefined();
    expect(inconsistency({ published: tenADay, total: 1000 + 94, known: { 6: 1000 } })).toBe('restated');
  });

  it('agrees over a handful of pulls', () => {
    const oneADay = tenADay.map(() => 1);
    const fiveWithin = [0, 0, 0, 2, 2, 0, 0, ...nothingADay.slice(7)];

    expect(inconsistency({ published: oneADay, total: 100, known: { 6: 100 } })).toBeUndefined();
    expect(inconsistency({ published: fiveWithin, total: 100, known: { 6: 100 } })).toBeUndefined();
    expect(inconsistency({ published: [0, 0, 0, 3, 2, 0, ...nothingADay.slice(6)], total: 100, known: { 6: 100 } })).toBe('frozen');
    expect(inconsistency({ published: nothingADay, total: 104, known: { 6: 100 } })).toBeUndefined();
    expect(inconsistency({ published: nothingADay, total: 105, known: { 6: 100 } })).toBe('frozen');
  });

  it('is compared with one of six days ago or more, since a disagreement has to last', () => {
    expect(inconsistency({ published: tenADay, total: 1000, known: { 5: 1000 } })).toBeUndefined();
    expect(inconsistency({ published: tenADay, total: 1000, known: { 5: 1000, 9: 910 } })).toBeUndefined();
    expect(inconsistency({ published: tenADay, total: 1000, known: { 1: 1000, 9: 1000 } })).toBe('frozen');
  });

  it('is compared with one that was read, never with one that was reconstructed from the same days', () => {
    expect(inconsistency({ published: tenADay, total: 1000, known: { 7: [1000, 'backfilled'] } })).toBeUndefined();
    expect(inconsistency({ published: tenADay, total: 1000, known: { 7: [940, 'backfilled'], 8: [1000, 'frozen'] } })).toBe('frozen');
  });

  it('is not compared where the published days do not reach back, are of another time, or are none', () => {
    expect(inconsistency({ published: tenADay, total: 1000, known: { 29: 1000 } })).toBeUndefined();
    expect(inconsistency({ published: tenADay, total: 1000, known: { 28: 1000 } })).toBe('frozen');
    expect(inconsistency({ published: tenADay, newest: '2026-03-28', total: 1000, known: { 6: 1000 } })).toBeUndefined();
    expect(inconsistency({ published: [], total: 1000, known: { 6: 1000 } })).toBeUndefined();
    expect(inconsistency({ published: tenADay, total: 1000, known: {} })).toBeUndefined();
    expect(
      findInconsistency({ registry: 'ghcr', repo: 'acme/app', pullCount: 1, readAt: `${today}T12:00:00Z` }, undefined),
    ).toBeUndefined();
  });
});

/** Pulls at random hours over 40 days, counted by our days at some hour, and by a registry whose day begins `shiftHours` later. */
function shifted(pullHours: readonly number[], shiftHours: number, readHours: readonly number[], nowHour: number) {
  const start = toEpochDay(today) - 39;
  const now = 39 * 24 + nowHour;
  const total = (hour: number): number => pullHours.filter((each) => each <= hour).length;
  const newestIndex = Math.floor((now - shiftHours) / 24);
  const recentDays = Array.from({ length: 30 }, (_, index) => {
    const day = newestIndex - index;
    const from = day * 24 + shiftHours;
    return { day: fromEpochDay(start + day), pulls: pullHours.filter((hour) => hour >= from && hour < from + 24 && hour <= now).length };
  });
  const days = readHours.map((_, index) => start + index);
  const totals = readHours.map((hour, index) => total(index * 24 + hour));
  const series: ImageSeries = { registry: 'ghcr', repo: 'acme/app', days, totals, marks: days.map(() => 'read') };
  const readAt = new Date(start * 86_400_000 + now * 3_600_000).toISOString();
  return findInconsistency({ registry: 'ghcr', repo: 'acme/app', pullCount: total(now), readAt, recentDays }, series);
}

describe('a shift between the days of the registry and ours', () => {
  it('always agrees, whenever the totals were read', () => {
    const hourOfDay = fc.double({ min: 0, max: 23.99, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 40 * 24, noNaN: true }), { maxLength: 400 }),
        fc.integer({ min: -12, max: 12 }),
        fc.array(hourOfDay, { minLength: 39, maxLength: 39 }),
        hourOfDay,
        (pullHours, shiftHours, readHours, nowHour) => {
          expect(shifted(pullHours, shiftHours, readHours, nowHour)).toBeUndefined();
        },
      ),
    );
  });
});
