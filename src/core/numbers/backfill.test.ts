import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areStale, backfillReadings } from './backfill.ts';
import { addDays, toEpochDay } from '../model/day.ts';
import type { Reading } from '../model/reading.ts';
import type { ImageSeries } from '../model/history.ts';

const today = '2026-03-14';

function reading(pullCount: number, pulls: readonly number[], newest = today): Reading {
  return {
    registry: 'ghcr',
    repo: 'acme/app',
    pullCount,
    readAt: `${today}T10:00:00.000Z`,
    recentDays: pulls.map((count, index) => ({ day: addDays(newest, -index), pulls: count })),
  };
}

function known(totals: Readonly<Record<string, number>>): ImageSeries {
  const days = Object.keys(totals).toSorted();
  return {
    registry: 'ghcr',
    repo: 'acme/app',
    days: days.map(toEpochDay),
    totals: days.map((day) => totals[day] ?? 0),
    marks: days.map(() => 'read'),
  };
}

function totalsOf(readings: readonly Reading[]): Record<string, number> {
  return Object.fromEntries(readings.map(({ readAt, pullCount }) => [readAt.slice(0, 10), pullCount]));
}

describe('backfill', () => {
  it('gives the total at the end of each published day but the unfinished first', () => {
    const readings = backfillReadings(reading(1000, [5, 20, 30, 40]), undefined);

    expect(totalsOf(readings)).toEqual({ '2026-03-13': 995, '2026-03-12': 975, '2026-03-11': 945 });
    expect(readings[0]).toEqual({
      registry: 'ghcr',
      repo: 'acme/app',
      pullCount: 995,
      readAt: '2026-03-13T23:59:59.999Z',
      mark: 'backfilled',
    });
  });

  it('gives 29 days of a page with 30', () => {
    expect(
      backfillReadings(
        reading(
          1000,
          Array.from({ length: 30 }, () => 1),
        ),
        undefined,
      ),
    ).toHaveLength(29);
  });

  it('leaves every day alone that has a value', () => {
    const readings = backfillReadings(reading(1000, [5, 20, 30, 40]), known({ '2026-03-12': 970 }));

    expect(Object.keys(totalsOf(readings))).toEqual(['2026-03-13', '2026-03-11']);
  });

  it('leaves out a total above a later one that was read, and one below an earlier one', () => {
    const above = backfillReadings(reading(1000, [5, 20, 30, 40]), known({ '2026-03-12': 940 }));
    const below = backfillReadings(reading(1000, [5, 20, 30, 40]), known({ '2026-03-11': 980 }));

    expect(Object.keys(totalsOf(above))).toEqual(['2026-03-13']);
    expect(Object.keys(totalsOf(below))).toEqual(['2026-03-13']);
  });

  it('gives the same total to days between which nothing was pulled', () => {
    const readings = backfillReadings(reading(1000, [0, 30, 0, 0, 0]), known({ '2026-03-11': 970 }));

    expect(totalsOf(readings)).toEqual({ '2026-03-13': 1000, '2026-03-12': 970, '2026-03-10': 970 });
  });

  it('never gives less than 0, however large the published days are', () => {
    expect(totalsOf(backfillReadings(reading(50, [5, 20, 30, 40]), undefined))).toEqual({ '2026-03-13': 45, '2026-03-12': 25 });
  });

  it('goes back to the first day without a single pull, and no further', () => {
    expect(totalsOf(backfillReadings(reading(50, [5, 20, 25, 0, 0, 0]), undefined))).toEqual({
      '2026-03-13': 45,
      '2026-03-12': 25,
      '2026-03-11': 0,
    });
    expect(backfillReadings(reading(0, [0, 0, 0]), undefined)).toEqual([]);
  });

  it.each([
    ['2026-03-13', true],
    ['2026-03-15', true],
    ['2026-03-12', false],
    ['2026-03-16', false],
  ])('believes a page whose newest day is %s: %s', (newest, isBelieved) => {
    const readings = backfillReadings(reading(1000, [5, 20], newest), undefined);

    expect(readings.map(({ readAt }) => readAt.slice(0, 10))).toEqual(isBelieved ? [addDays(newest, -1)] : []);
    expect(areStale(reading(1, [1], newest).recentDays ?? [], today)).toBe(!isBelieved);
  });

  it('has nothing to say about a reading without published days', () => {
    expect(backfillReadings({ ...reading(1, []), recentDays: undefined }, undefined)).toEqual([]);
    expect(areStale([], today)).toBe(true);
  });

  it('rebuilds the very totals from which the days were made', () => {
    const history = fc.array(fc.nat(10_000), { minLength: 2, maxLength: 30 });
    const before = fc.integer({ min: 1, max: 1e9 });
    fc.assert(
      fc.property(history, before, (pulls, start) => {
        const sum = pulls.reduce((total, count) => total + count, start);
        const readings = backfillReadings(reading(sum, pulls), undefined);
        for (const { readAt, pullCount } of readings) {
          const later = pulls.slice(0, toEpochDay(today) - toEpochDay(readAt.slice(0, 10)));
          expect(pullCount).toBe(sum - later.reduce((total, count) => total + count, 0));
        }
        expect(readings).toHaveLength(pulls.length - 1);
      }),
    );
  });
});
