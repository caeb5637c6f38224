import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toEpochDay } from '../model/day.ts';
import type { ImageSeries } from '../model/history.ts';
import { buildChart } from './chart.ts';
import { dayMakers } from './day-makers.ts';

const first = toEpochDay('2026-03-01');

function image(repo: string, totals: Readonly<Record<number, number>>): ImageSeries {
  const days = Object.keys(totals).map((day) => first + Number(day) - 1);
  return { registry: 'ghcr', repo, days, totals: Object.values(totals), marks: days.map(() => 'read' as const) };
}

describe('what made a day', () => {
  const series = [image('acme/app', { 1: 10, 2: 14, 5: 20 }), image('acme/tool', { 1: 0, 2: 9, 3: 9 }), image('acme/new', { 5: 3 })];

  it('lists the images with a value on it, the largest first, and what the values are made of', () => {
    expect(dayMakers(series, '2026-03-02', 'daily').map(({ repo, parts }) => [repo, parts.value])).toEqual([
      ['acme/tool', 9],
      ['acme/app', 4],
    ]);
    const [app, fresh] = dayMakers(series, '2026-03-05', 'total');
    expect([app?.repo, app?.parts.value, app?.parts.parts.get('severalDays')?.days]).toEqual(['acme/app', 6, 3]);
    expect([fresh?.repo, fresh?.parts.value]).toEqual(['acme/new', 0]);
    expect(dayMakers(series, '2026-03-04', 'daily')).toEqual([]);
  });

  it('takes the whole week or month of the day', () => {
    expect(dayMakers(series, '2026-03-05', 'weekly').map(({ repo, parts }) => [repo, parts.value])).toEqual([
      ['acme/app', 10],
      ['acme/tool', 9],
      ['acme/new', 0],
    ]);
    expect(dayMakers(series, '2026-03-31', 'monthly').map(({ parts }) => parts.value)).toEqual([10, 9, 0]);
  });

  it('adds up to what the chart shows', () => {
    const totals = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 30 }).chain((days) =>
      fc.array(fc.nat(1000), { minLength: days.length, maxLength: days.length }).map((values) => {
        const sorted = days.toSorted((a, b) => a - b);
        return Object.fromEntries(sorted.map((day, at) => [day, values[at] ?? 0]));
      }),
    );
    fc.assert(
      fc.property(fc.array(totals, { minLength: 1, maxLength: 4 }), fc.constantFrom('daily', 'weekly', 'monthly'), (images, kind) => {
        const made = images.map((each, at) => image(`acme/${at}`, each));
        const { days, lines } = buildChart(made, { kind, split: 'none', maxLines: 1 });
        for (const [at, day] of days.entries()) {
          const sum = dayMakers(made, day, kind).reduce((all, { parts }) => all + parts.value, 0);
          expect(sum).toBe(lines[0]?.values[at] ?? 0);
        }
      }),
    );
  });
});
