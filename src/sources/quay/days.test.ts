import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../core/model/day.ts';
import { AppError } from '../../core/model/errors.ts';
import { believedDays } from './days.ts';

const today = '2026-03-14';

function stats(counts: Readonly<Record<string, number>>) {
  return Object.entries(counts).map(([date, count]) => ({ date, count }));
}

describe('the days that Quay.io publishes', () => {
  it('are sorted, newest first, also where those without an action stand at the end', () => {
    expect(believedDays(stats({ '2026-03-10': 4, '2026-03-13': 7, '2026-03-11': 0, '2026-03-12': 0 }), today)).toEqual([
      { day: '2026-03-13', pulls: 7 },
      { day: '2026-03-12', pulls: 0 },
      { day: '2026-03-11', pulls: 0 },
      { day: '2026-03-10', pulls: 4 },
    ]);
  });

  it('have no 0 for yesterday: it is counted some hours after its end', () => {
    expect(believedDays(stats({ '2026-03-11': 1, '2026-03-12': 0, '2026-03-13': 0 }), today)).toEqual([
      { day: '2026-03-12', pulls: 0 },
      { day: '2026-03-11', pulls: 1 },
    ]);
  });

  it('take the real count where a day stands twice, and nothing of today or later', () => {
    const twice = [...stats({ '2026-03-13': 7, '2026-03-14': 3, '2026-03-15': 1 }), { date: '2026-03-13', count: 0 }];

    expect(believedDays(twice, today)).toEqual([{ day: '2026-03-13', pulls: 7 }]);
  });

  it('end before a hole', () => {
    expect(believedDays(stats({ '2026-03-13': 7, '2026-03-12': 6, '2026-03-10': 4 }), today)).toHaveLength(2);
  });

  it.each([{}, { '2026-03-13': 0 }, { '2026-03-14': 9 }])('are refused when none is left: %j', (counts) => {
    expect(() => believedDays(stats(counts), today)).toThrow(AppError);
  });

  it('are days in a row, each once, whatever is published', () => {
    const entry = fc.record({ date: fc.integer({ min: -100, max: 3 }).map((days) => addDays(today, days)), count: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 120 }), (entries) => {
        fc.pre(entries.some(({ date, count }) => date < today && (count > 0 || date < addDays(today, -1))));
        const days = believedDays(entries, today);

        expect(days.every(({ day }, at) => at === 0 || day === addDays(days[at - 1]?.day ?? '', -1))).toBe(true);
        expect(days[0].day < today).toBe(true);
        for (const { day, pulls } of days) expect(entries).toContainEqual({ date: day, count: pulls });
      }),
    );
  });
});
