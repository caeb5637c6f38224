import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toEpochDay } from '../model/day.ts';
import type { ImageSeries } from '../model/history.ts';
import { buildChart, type Chart, type ChartKind, type ChartOptions } from './chart.ts';
import { indexStart, previousPeriod, summarizeLines, toIndex, withPrevious } from './comparison.ts';

function image(repo: string, first: string, totals: readonly number[]): ImageSeries {
  const start = toEpochDay(first);
  return { registry: 'ghcr', repo, days: totals.map((_, at) => start + at), totals, marks: totals.map(() => 'read' as const) };
}

function chartOf(...lines: readonly (readonly (number | null)[])[]): Chart {
  const days = (lines[0] ?? []).map((_, at) => `2026-03-${String(at + 1).padStart(2, '0')}`);
  return { days, lines: lines.map((values, at) => ({ label: `line ${at}`, values })), remarks: new Map(), startsPartial: false };
}

/** Totals that grow by 1, 2, 3 … a day. */
const growing = Array.from({ length: 100 }, (_, at) => (at * (at + 1)) / 2);

/** Of the pulls from the one day to the other. */
function sum(from: number, to: number): number {
  return (growing[to] ?? 0) - (growing[from - 1] ?? 0);
}

const today = toEpochDay('2026-03-10');

function compared(series: readonly ImageSeries[], options: ChartOptions): Chart {
  const period = previousPeriod(options, today);
  const chart = buildChart(series, options);
  return period ? withPrevious(chart, buildChart(series, period.options), options.kind, period.steps) : chart;
}

function previousOf(kind: ChartKind, from: string, to?: string): Record<string, number | null> {
  const series = [image('acme/app', '2025-12-01', growing)];
  const options = { kind, split: 'none', maxLines: 8, from, to } as const;
  const chart = compared(series, options);
  return Object.fromEntries(chart.days.map((day, at) => [day, chart.lines[0]?.previous?.[at] ?? null]));
}

describe('an index', () => {
  it('begins with 100 at the first value above 0, and keeps gaps', () => {
    expect(toIndex(chartOf([null, 0, 40, null, 60])).lines[0]?.values).toEqual([null, null, 100, null, 150]);
    expect(toIndex(chartOf([0, 0])).lines[0]?.values).toEqual([null, null]);
  });

  it('is the same whatever the unit, and never invents a value', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.integer({ min: 1, max: 1e6 })), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 2, max: 1000 }),
        (values, factor) => {
          const [one, other] = toIndex(
            chartOf(
              values,
              values.map((value) => value && value * factor),
            ),
          ).lines;
          expect(other?.values).toEqual(one?.values);
          expect(one?.values.map((value) => value === null)).toEqual(values.map((value) => value === null));
          const [start = indexStart] = one?.values.filter((value) => value !== null) ?? [];
          expect(start).toBe(indexStart);
        },
      ),
    );
  });
});

describe('the previous period', () => {
  it('is as long as the range, and lies under it day by day', () => {
    // The day with n pulls is n days after the first.
    expect(previousOf('daily', '2026-03-05', '2026-03-08')).toEqual({
      '2026-03-05': 90,
      '2026-03-06': 91,
      '2026-03-07': 92,
      '2026-03-08': 93,
    });
    expect(previousOf('total', '2026-03-09')).toEqual({ '2026-03-09': growing[96], '2026-03-10': growing[97] });
  });

  it('steps back by whole weeks and months', () => {
    // 2026-03-02 is a Monday, 91 days after the first.
    expect(previousOf('weekly', '2026-03-04', '2026-03-10')).toEqual({ '2026-03-02': sum(77, 83), '2026-03-09': sum(84, 90) });
    expect(previousOf('monthly', '2026-03-01')).toEqual({ '2026-03-01': sum(62, 89) });
    expect(previousOf('monthly', '2026-01-15')).toEqual({ '2026-01-01': null, '2026-02-01': null, '2026-03-01': sum(1, 30) });
  });

  it('is missing where the range is open, or nothing was known', () => {
    const series = [image('acme/app', '2026-03-01', [1, 2, 3])];
    const options = { kind: 'daily', split: 'none', maxLines: 8 } as const;

    expect(previousPeriod(options, today)).toBeUndefined();
    expect(previousPeriod({ ...options, from: '0001-01-01' }, today)).toBeUndefined();
    expect(previousPeriod({ ...options, from: '2026-03-12' }, today)).toBeUndefined();
    expect(compared(series, { ...options, from: '2026-03-01' }).lines[0]?.previous).toBeUndefined();
  });

  it('belongs to the line of the same image', () => {
    const series = [image('acme/app', '2026-03-01', [0, 1, 2, 3, 4]), image('acme/tool', '2026-03-01', [0, 5, 10, 15, 20])];
    const options = { kind: 'daily', split: 'image', maxLines: 8, from: '2026-03-04', to: '2026-03-05' } as const;
    const { lines } = compared(series, options);

    expect(lines.map(({ label, previous }) => [label, previous])).toEqual([
      ['acme/tool', [5, 5]],
      ['acme/app', [1, 1]],
    ]);
  });
});

describe('the summary of lines', () => {
  it('has the sum of pulls, the last total or the mean, and the share', () => {
    const chart = chartOf([10, null, 20], [5, 5, 0]);

    expect(summarizeLines(chart, 'daily').map(({ value, share }) => [value, share])).toEqual([
      [30, 0.75],
      [10, 0.25],
    ]);
    expect(summarizeLines(chart, 'total').map(({ value }) => value)).toEqual([20, 0]);
    expect(summarizeLines(chart, 'average').map(({ value }) => value)).toEqual([15, 3.3]);
    expect(summarizeLines(chartOf([null], [0]), 'daily').map(({ value, share }) => [value, share])).toEqual([
      [undefined, undefined],
      [0, undefined],
    ]);
  });

  it('shares out all of it', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(1e6), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 8 }), (lines) => {
        const shares = summarizeLines(chartOf(...lines), 'daily').flatMap(({ share }) => share ?? []);
        const isNothing = lines.flat().every((value) => value === 0);
        expect(shares).toHaveLength(isNothing ? 0 : lines.length);
        expect(shares.reduce((all, share) => all + share, 0)).toBeCloseTo(isNothing ? 0 : 1, 9);
      }),
    );
  });
});
