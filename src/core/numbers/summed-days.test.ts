import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, toEpochDay, type Day } from '../model/day.ts';
import { snapshotDay, type Reading } from '../model/reading.ts';
import type { ImageSeries } from '../model/history.ts';
import { summedReadings, type KnownSum } from './summed-days.ts';

const publishedDays = 92;

/** What the registry publishes on the morning of this day: the counts of the 92 days before it. */
function published(countOf: (day: Day) => number, today: Day, length = publishedDays): Reading {
  const recentDays = Array.from({ length }, (_, at) => {
    const day = addDays(today, -1 - at);
    return { day, pulls: countOf(day) };
  });
  const pullCount = recentDays.reduce((sum, { pulls }) => sum + pulls, 0);
  return {
    registry: 'quay',
    repo: 'acme/app',
    pullCount,
    readAt: `${today}T06:00:00.000Z`,
    recentDays,
    totalSince: recentDays.at(-1)?.day,
  };
}

/** A store of one image. */
function createKept() {
  const rows = new Map<Day, Reading>();
  return {
    rows,
    known(): KnownSum {
      const days = [...rows.keys()].toSorted();
      const readings = days.flatMap((day) => rows.get(day) ?? []);
      const series: ImageSeries = {
        registry: 'quay',
        repo: 'acme/app',
        days: days.map(toEpochDay),
        totals: readings.map(({ pullCount }) => pullCount),
        marks: readings.map(({ mark = 'read' }) => mark),
      };
      return days.length === 0 ? {} : { series, totalSince: readings.at(-1)?.totalSince };
    },
    save(readings: readonly Reading[]): void {
      for (const reading of readings) rows.set(snapshotDay(reading), reading);
    },
    total: (day: Day): number | undefined => rows.get(day)?.pullCount,
  };
}

describe('the sum of published days', () => {
  it('begins with the first day that is published, and has a total for the end of each', () => {
    const [newest, ...past] = summedReadings(
      published(() => 10, '2026-03-14', 4),
      {},
    );

    expect(newest).toMatchObject({ day: '2026-03-13', pullCount: 40, totalSince: '2026-03-10', readAt: '2026-03-14T06:00:00.000Z' });
    expect(newest.mark).toBeUndefined();
    expect(past.map(({ day, pullCount, mark }) => [day, pullCount, mark])).toEqual([
      ['2026-03-10', 10, 'backfilled'],
      ['2026-03-11', 20, 'backfilled'],
      ['2026-03-12', 30, 'backfilled'],
    ]);
  });

  it('goes on from the stored total when the first days are published no more', () => {
    const kept = createKept();
    for (let day = 0; day < 300; day += 1)
      kept.save(
        summedReadings(
          published(() => 2, addDays('2026-03-14', day)),
          kept.known(),
        ),
      );

    expect(kept.total(addDays('2026-03-14', 298))).toBe(2 * (publishedDays + 299));
    expect(kept.known().totalSince).toBe(addDays('2026-03-14', -publishedDays));
  });

  it('goes on when retention has deleted every day before the published ones', () => {
    const kept = createKept();
    for (let day = 0; day < 300; day += 1) {
      const today = addDays('2026-03-14', day);
      kept.save(
        summedReadings(
          published((at) => toEpochDay(at) % 7, today),
          kept.known(),
        ),
      );
      for (const old of kept.rows.keys()) if (old < addDays(today, -60)) kept.rows.delete(old);
    }

    const last = addDays('2026-03-14', 298);
    let sum = 0;
    for (let day = addDays('2026-03-14', -publishedDays); day <= last; day = addDays(day, 1)) sum += toEpochDay(day) % 7;
    expect(kept.total(last)).toBe(sum);
  });

  it('takes a count that was corrected, for its day and all after it', () => {
    const kept = createKept();
    kept.save(
      summedReadings(
        published(() => 10, '2026-03-14', 4),
        kept.known(),
      ),
    );

    kept.save(
      summedReadings(
        published((day) => (day === '2026-03-12' ? 15 : 10), '2026-03-14', 4),
        kept.known(),
      ),
    );

    expect([...kept.rows.keys()].toSorted().map(kept.total)).toEqual([10, 20, 35, 45]);
  });

  it('gives only the newest day again when nothing has changed', () => {
    const kept = createKept();
    kept.save(
      summedReadings(
        published(() => 10, '2026-03-14'),
        kept.known(),
      ),
    );

    expect(
      summedReadings(
        published(() => 10, '2026-03-14'),
        kept.known(),
      ),
    ).toHaveLength(1);
  });

  it('leaves a reading with a lifetime total as it is', () => {
    const { totalSince: _, ...reading } = published(() => 10, '2026-03-14');

    expect(summedReadings(reading, {})).toEqual([reading]);
  });

  it('is the true sum whatever days are missed, pruned or corrected, as long as no day is missed by the registry itself', () => {
    const step = fc.record({ skip: fc.integer({ min: 1, max: 60 }), keepDays: fc.integer({ min: 70, max: 200 }) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), fc.array(fc.nat(500), { minLength: 7, maxLength: 7 }), (steps, week) => {
        const kept = createKept();
        const countOf = (day: Day): number => week[toEpochDay(day) % 7] ?? 0;
        let today = '2026-03-14';
        const first = addDays(today, -publishedDays);
        for (const { skip, keepDays } of steps) {
          kept.save(summedReadings(published(countOf, today), kept.known()));
          for (const old of kept.rows.keys()) if (old < addDays(today, -keepDays)) kept.rows.delete(old);
          let sum = 0;
          for (let day = first; day < today; day = addDays(day, 1)) sum += countOf(day);
          expect(kept.total(addDays(today, -1))).toBe(sum);
          today = addDays(today, skip);
        }
      }),
    );
  });
});
