import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toEpochDay } from '../model/day.ts';
import type { ImageSeries } from '../model/history.ts';
import { buildChart } from './chart.ts';
import { dailyTotalsOf } from '../../store/daily-totals.ts';
import { dayMakers, findMakers, makersPeriod, maxMakers } from './day-makers.ts';

const first = toEpochDay('2026-03-01');

function image(repo: string, totals: Readonly<Record<number, number>>): ImageSeries {
  const days = Object.keys(totals).map((day) => first + Number(day) - 1);
  return { registry: 'ghcr', repo, days, totals: Object.values(totals), marks: days.map(() => 'read' as const) };
}

describe('what made a day', () => {
  const series = [image('acme/app', { 1: 10, 2: 14, 5: 20 }), image('acme/tool', { 1: 0, 2: 9, 3: 9 }), image('acme/new', { 5: 3 })];

  it('lists the images with a value on it, the largest first, and what the values are made of', () => {
    expect(dayMakers(series, '2026-03-02', 'daily').makers.map(({ repo, parts }) => [repo, parts.value])).toEqual([
      ['acme/tool', 9],
      ['acme/app', 4],
    ]);
    const [app, fresh] = dayMakers(series, '2026-03-05', 'total').makers;
    expect([app?.repo, app?.parts.value, app?.parts.parts.get('severalDays')?.days]).toEqual(['acme/app', 6, 3]);
    expect([fresh?.repo, fresh?.parts.value]).toEqual(['acme/new', 0]);
    expect(dayMakers(series, '2026-03-04', 'daily')).toEqual({ sum: 0, images: 0, makers: [] });
  });

  it('takes the whole week or month of the day', () => {
    expect(dayMakers(series, '2026-03-05', 'weekly').makers.map(({ repo, parts }) => [repo, parts.value])).toEqual([
      ['acme/app', 10],
      ['acme/tool', 9],
      ['acme/new', 0],
    ]);
    expect(dayMakers(series, '2026-03-31', 'monthly').makers.map(({ parts }) => parts.value)).toEqual([10, 9, 0]);
  });

  it('finds the largest of very many, and what the wanted ones made together', async () => {
    const many = Array.from({ length: 200 }, (_, at) => image(`acme/${String(at).padStart(3, '0')}`, { 1: 0, 2: at }));
    const found = await findMakers(dailyTotalsOf(many, makersPeriod('2026-03-02', 'daily')), ({ repo }) => repo !== 'acme/199');
    expect([found.sum, found.images, found.largest.length]).toEqual([(198 * 199) / 2, 199, maxMakers]);
    expect(found.largest.slice(0, 2).map(({ repo }) => repo)).toEqual(['acme/198', 'acme/197']);
  });

  it('adds up to what the chart shows', async () => {
    const totals = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 30 }).chain((days) =>
      fc.array(fc.nat(1000), { minLength: days.length, maxLength: days.length }).map((values) => {
        const sorted = days.toSorted((a, b) => a - b);
        return Object.fromEntries(sorted.map((day, at) => [day, values[at] ?? 0]));
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(totals, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('daily', 'weekly', 'monthly'),
        async (images, kind) => {
          const made = images.map((each, at) => image(`acme/${at}`, each));
          const { days, lines } = buildChart(made, { kind, split: 'none', maxLines: 1 });
          for (const [at, day] of days.entries()) {
            const { makers, ...found } = dayMakers(made, day, kind);
            expect(found.sum).toBe(lines[0]?.values[at] ?? 0);
            const { largest, ...same } = await findMakers(dailyTotalsOf(made, makersPeriod(day, kind)), () => true);
            expect(same).toEqual(found);
            expect(largest).toEqual(makers.map(({ registry, repo }) => ({ registry, repo })));
          }
        },
      ),
    );
  });
});
