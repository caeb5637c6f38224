import { describe, expect, it } from 'vitest';
import { buildChart, isPartial, type ChartOptions } from './chart.ts';
import { toEpochDay } from '../model/day.ts';
import type { Mark } from '../model/mark.ts';
import type { ImageSeries } from '../model/history.ts';

const first = toEpochDay('2026-03-01');

/** Totals by day of March. */
function image(registry: string, repo: string, totals: Readonly<Record<number, number | readonly [number, Mark]>>): ImageSeries {
  const values = Object.values(totals).map((value): readonly [number, Mark] => (typeof value === 'number' ? [value, 'read'] : value));
  return {
    registry,
    repo,
    days: Object.keys(totals).map((day) => first + Number(day) - 1),
    totals: values.map(([total]) => total),
    marks: values.map(([, mark]) => mark),
  };
}

function chart(series: readonly ImageSeries[], options: Partial<ChartOptions> = {}) {
  return buildChart(series, { kind: 'daily', split: 'none', maxLines: 8, ...options });
}

const app = image('dockerhub', 'acme/app', { 1: 100, 2: 104, 5: 110 });
const both = [app, image('ghcr', 'acme/app', { 1: 50, 2: 51, 5: 55 }), image('ghcr', 'acme/tool', { 2: 7, 5: 9 })];

/** The parts of each day that were not simply read: how many values, and what they add up to. */
function remarksOf(...args: Parameters<typeof chart>): [string, Record<string, [number, number]>][] {
  const plain = new Set(['read', 'closed']);
  return [...chart(...args).remarks].map(([day, { parts }]) => [
    day,
    Object.fromEntries([...parts].filter(([kind]) => !plain.has(kind)).map(([kind, { values, sum }]) => [kind, [values, sum]])),
  ]);
}

describe('a chart', () => {
  it('has every day between the first and the last, and null where nothing is known', () => {
    expect(chart([app])).toMatchObject({
      days: ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04', '2026-03-05'],
      lines: [{ label: 'all', values: [0, 4, null, null, 6] }],
    });
    expect(chart([])).toEqual({ days: [], lines: [], remarks: new Map(), startsPartial: false });
  });

  it.each(['total', 'daily', 'average', 'weekly', 'monthly'] as const)(
    'of %s ends with the last known value of an image that vanished, and its line does beside others',
    (kind) => {
      const gone = image('ghcr', 'acme/gone', Object.fromEntries(Array.from({ length: 20 }, (_, at) => [at + 1, 100 + 10 * at])));
      const alive = image('ghcr', 'acme/app', Object.fromEntries(Array.from({ length: 60 }, (_, at) => [at + 1, 1000 + 100 * at])));
      const alone = chart([gone], { kind, to: '2026-04-29' });
      const beside = chart([gone, alive], { kind, split: 'image' });
      const ended = beside.lines.find(({ label }) => label === 'acme/gone')?.values ?? [];
      const last = { total: '2026-03-20', daily: '2026-03-20', average: '2026-03-20', weekly: '2026-03-16', monthly: '2026-03-01' }[kind];

      expect(alone.days.at(-1)).toBe(last);
      expect(alone.lines[0]?.values.at(-1)).toBeGreaterThan(0);
      const end = beside.days.indexOf(last);
      expect(ended.slice(end + 1).every((value) => value === null)).toBe(true);
      expect(ended[end]).toBe(alone.lines[0]?.values.at(-1));
      expect(beside.days.at(-1)).not.toBe(last);
    },
  );

  it.each(['total', 'daily', 'weekly', 'monthly'] as const)(
    'of %s is not made wide by days on which there were no pulls yet, or cannot be',
    (kind) => {
      const [usual, early, late] = [
        app,
        image('dockerhub', 'acme/early', { [-730_000]: 1, 1: 2 }),
        image('dockerhub', 'acme/late', { 1: 1, [2_900_000]: 2 }),
      ];

      expect(chart([usual, early], { kind }).days).toEqual(chart([usual], { kind }).days);
      expect(chart([usual, late], { kind }).days.length).toBeLessThanOrEqual(36_600);
      expect(chart([image('ghcr', 'acme/early', { [-730_000]: 1 })], { kind }).days).toEqual([]);
    },
  );

  it('of totals shows what stood at the end of each day', () => {
    expect(chart([app], { kind: 'total' }).lines[0]?.values).toEqual([100, 104, null, null, 110]);
  });

  it('sums all images and registries, or has a line for each, the largest first', () => {
    expect(chart(both).lines).toEqual([{ label: 'all', values: [0, 5, null, null, 12] }]);
    expect(chart(both, { split: 'registry' }).lines).toEqual([
      { label: 'dockerhub', values: [0, 4, null, null, 6] },
      { label: 'ghcr', values: [0, 1, null, null, 6] },
    ]);
    expect(chart(both, { split: 'image' }).lines.map(({ label }) => label)).toEqual(['acme/app', 'acme/tool']);
  });

  it('sums the smallest where there would be too many lines', () => {
    const many = [5, 9, 7, 3].map((total, at) => image('ghcr', `acme/${at}`, { 1: total, 2: total * 2 }));

    const { lines } = chart(many, { split: 'image', maxLines: 3 });

    expect(lines).toEqual([
      { label: 'acme/1', values: [0, 9] },
      { label: 'acme/2', values: [0, 7] },
      { label: 'others', values: [0, 8] },
    ]);
    expect(chart(many, { split: 'image', maxLines: 4 }).lines).toHaveLength(4);
  });

  it('steps by weeks and months', () => {
    const long = image('ghcr', 'acme/app', { 1: 10, 2: 11, 40: 15, 62: 16 });

    expect(chart([long], { kind: 'monthly' })).toMatchObject({
      days: ['2026-03-01', '2026-04-01', '2026-05-01'],
      lines: [{ values: [1, 4, 1] }],
    });
    expect(chart([long], { kind: 'weekly' }).days.slice(0, 3)).toEqual(['2026-02-23', '2026-03-02', '2026-03-09']);
  });

  it.each([
    // 2026-03-05 is a Thursday.
    ['daily', 5, 6],
    ['total', 5, 6],
    ['weekly', 8, 9],
    ['monthly', 31, 32],
  ] as const)('of the kind %s goes on until the end of its last day, week or month', (kind, lastDay, nextDay) => {
    const shown = chart([app], { kind });

    expect(isPartial(shown, kind, first + lastDay - 1)).toBe(true);
    expect(isPartial(shown, kind, first + nextDay - 1)).toBe(false);
    expect(isPartial({ days: [] }, kind, first)).toBe(false);
  });

  it('is cut to its range after the differences were taken', () => {
    expect(chart([app], { from: '2026-03-02', to: '2026-03-03' })).toMatchObject({ days: ['2026-03-02'], lines: [{ values: [4] }] });
  });

  it('remarks how many values of a day were backfilled, reset or inconsistent, and how much they are', () => {
    const odd = [
      image('ghcr', 'acme/app', { 1: [10, 'backfilled'], 2: 12, 3: 5, 4: [5, 'frozen'] }),
      image('ghcr', 'acme/tool', { 1: [1, 'backfilled'], 2: 1, 3: 1, 4: [1, 'inconsistent'] }),
    ];

    expect(remarksOf(odd)).toEqual([
      ['2026-03-01', { backfilled: [2, 0] }],
      ['2026-03-03', { reset: [1, 7] }],
      ['2026-03-04', { frozen: [1, 0], inconsistent: [1, 0] }],
    ]);
    expect(remarksOf(odd, { kind: 'total' })[0]).toEqual(['2026-03-01', { backfilled: [2, 11] }]);
    expect(remarksOf(odd, { kind: 'monthly' })).toEqual([
      ['2026-03-01', { backfilled: [2, 0], reset: [1, 7], frozen: [1, 0], inconsistent: [1, 0] }],
    ]);
    expect(remarksOf(odd, { from: '2026-03-02', to: '2026-03-02' })).toEqual([]);
  });

  it('remarks a value that covers several days, also in a sum', () => {
    expect(remarksOf([app])).toEqual([['2026-03-05', { severalDays: [1, 6] }]]);
    expect(remarksOf([app, image('ghcr', 'acme/app', { 1: 50, 2: 51, 3: 52, 4: 53, 5: 55 })])).toEqual([
      ['2026-03-05', { severalDays: [1, 6] }],
    ]);
    expect(remarksOf([app], { kind: 'total' })).toEqual([]);
  });
});
