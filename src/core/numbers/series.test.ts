import { describe, expect, it } from 'vitest';
import { fromEpochDay, toEpochDay, type Day } from '../model/day.ts';
import type { ImageSeries } from '../model/history.ts';
import { pullsByDay as pullRows, pullsByPeriod, totalsByDay as totalRows, type SeriesRow } from './series.ts';

function pullsByDay(...args: Parameters<typeof pullRows>): SeriesRow[] {
  return [...pullRows(...args)];
}

function totalsByDay(...args: Parameters<typeof totalRows>): SeriesRow[] {
  return [...totalRows(...args)];
}

const first = toEpochDay('2026-03-01');

/** The totals of an image by the day of March 2026. */
function image(registry: string, repo: string, totals: Readonly<Record<number, number>>): ImageSeries {
  return {
    registry,
    repo,
    days: Object.keys(totals).map((dayOfMarch) => first + Number(dayOfMarch) - 1),
    totals: Object.values(totals),
    marks: Object.values(totals).map(() => 'read'),
  };
}

function row(dayOfMarch: number, value: number, repo = 'acme/app') {
  return { day: march(dayOfMarch), repo, value };
}

function march(dayOfMarch: number): Day {
  return fromEpochDay(first + dayOfMarch - 1);
}

describe('an image that one registry could not be read for on a day', () => {
  const series = [image('dockerhub', 'acme/app', { 1: 100, 2: 104, 3: 110 }), image('ghcr', 'acme/app', { 1: 50, 3: 55 })];

  it('has pulls without a dip and without a spike', () => {
    expect(pullsByDay(series)).toEqual([row(1, 0), row(2, 4), row(3, 11)]);
  });

  it('has totals in which the last known one stands in', () => {
    expect(totalsByDay(series)).toEqual([row(1, 150), row(2, 154), row(3, 165)]);
  });
});

describe('the running totals', () => {
  it('are those of the known days, and a missing day has no row', () => {
    expect(totalsByDay([image('ghcr', 'acme/app', { 1: 5, 4: 9 })])).toEqual([row(1, 5), row(4, 9)]);
  });

  it('have a row where a real total is 0', () => {
    expect(totalsByDay([image('dockerhub', 'acme/app', { 1: 0 })])).toEqual([row(1, 0)]);
  });

  it('do not count a registry before its first known day', () => {
    const series = [image('dockerhub', 'acme/app', { 1: 100, 2: 101 }), image('ghcr', 'acme/app', { 2: 7 })];

    expect(totalsByDay(series)).toEqual([row(1, 100), row(2, 108)]);
  });

  it('carry the last known total for as long as the other registry is read', () => {
    const series = [image('dockerhub', 'acme/app', { 1: 100, 2: 101, 3: 102, 4: 103 }), image('ghcr', 'acme/app', { 1: 7 })];

    expect(totalsByDay(series)).toEqual([row(1, 107), row(2, 108), row(3, 109), row(4, 110)]);
  });

  it('follow a counter that went down', () => {
    expect(totalsByDay([image('ghcr', 'acme/app', { 1: 9, 2: 4 })])).toEqual([row(1, 9), row(2, 4)]);
  });

  it('are summed over any number of registries', () => {
    const series = ['dockerhub', 'ghcr', 'quay'].map((registry, at) => image(registry, 'acme/app', { 1: 10 ** at }));

    expect(totalsByDay(series)).toEqual([row(1, 111)]);
  });

  it('are exact beyond 2^31', () => {
    const series = [image('dockerhub', 'acme/app', { 1: 11_391_000_431 }), image('ghcr', 'acme/app', { 1: 2 })];

    expect(totalsByDay(series)).toEqual([row(1, 11_391_000_433)]);
  });
});

describe('the pulls by day', () => {
  it('count 0 on the first known day, so that a new image makes no spike', () => {
    expect(pullsByDay([image('dockerhub', 'acme/app', { 2: 5000, 3: 5003 })])).toEqual([row(2, 0), row(3, 3)]);
  });

  it('count nothing for a registry on its first known day', () => {
    const series = [image('dockerhub', 'acme/app', { 1: 100, 2: 101 }), image('ghcr', 'acme/app', { 2: 7000 })];

    expect(pullsByDay(series)).toEqual([row(1, 0), row(2, 1)]);
  });

  it('are booked on the next known day where days are missing', () => {
    expect(pullsByDay([image('ghcr', 'acme/app', { 1: 5, 4: 9 })])).toEqual([row(1, 0), row(4, 4)]);
  });

  it('count a decrease as 0, and the next day from the lower total', () => {
    expect(pullsByDay([image('ghcr', 'acme/app', { 1: 90, 2: 40, 3: 41 })])).toEqual([row(1, 0), row(2, 0), row(3, 1)]);
  });

  it('hide no pulls of one registry behind the decrease of another', () => {
    const series = [image('dockerhub', 'acme/app', { 1: 100, 2: 110 }), image('ghcr', 'acme/app', { 1: 90, 2: 40 })];

    expect(pullsByDay(series)).toEqual([row(1, 0), row(2, 10)]);
  });

  it('do not count a day again while a registry is not read', () => {
    const series = [image('dockerhub', 'acme/app', { 1: 1, 2: 2, 3: 3, 4: 4 }), image('ghcr', 'acme/app', { 1: 10, 2: 20 })];

    expect(pullsByDay(series)).toEqual([row(1, 0), row(2, 11), row(3, 1), row(4, 1)]);
  });

  it('have a row for each day on which any registry was read', () => {
    const series = [image('dockerhub', 'acme/app', { 2: 1, 5: 4 }), image('ghcr', 'acme/app', { 1: 10, 3: 20 })];

    expect(pullsByDay(series)).toEqual([row(1, 0), row(2, 0), row(3, 10), row(5, 3)]);
  });
});

describe('the rows', () => {
  const series = [
    image('dockerhub', 'b/b', { 1: 1, 2: 2 }),
    image('dockerhub', 'a/z', { 2: 5, 3: 6 }),
    image('ghcr', 'b/b', { 2: 7 }),
    image('ghcr', 'a-a/a', { 2: 9 }),
  ];

  it('are ordered by day and then by repo, byte by byte', () => {
    expect(totalsByDay(series)).toEqual([row(1, 1, 'b/b'), row(2, 9, 'a-a/a'), row(2, 5, 'a/z'), row(2, 9, 'b/b'), row(3, 6, 'a/z')]);
    expect(pullsByDay(series)).toEqual([row(1, 0, 'b/b'), row(2, 0, 'a-a/a'), row(2, 0, 'a/z'), row(2, 1, 'b/b'), row(3, 1, 'a/z')]);
  });

  it('are none where nothing is known', () => {
    expect(totalsByDay([])).toEqual([]);
    expect(pullsByDay([image('ghcr', 'acme/app', {})])).toEqual([]);
    expect(totalsByDay([image('ghcr', 'acme/app', {}), image('quay', 'acme/app', {})])).toEqual([]);
  });

  it('come from typed arrays as from others', () => {
    const typed: ImageSeries = {
      registry: 'ghcr',
      repo: 'acme/app',
      days: Int32Array.of(first, first + 1),
      totals: Float64Array.of(1, 4),
      marks: { at: () => 'read' },
    };

    expect(pullsByDay([typed])).toEqual([row(1, 0), row(2, 3)]);
    expect(totalsByDay([typed, image('quay', 'acme/app', { 2: 1 })])).toEqual([row(1, 1), row(2, 5)]);
  });
});

describe('a range of days', () => {
  const single = [image('dockerhub', 'acme/app', { 1: 10, 2: 12, 3: 15, 4: 19 })];
  const several = [...single, image('ghcr', 'acme/app', { 1: 100, 4: 103 })];

  it('holds both its ends', () => {
    expect(totalsByDay(single, { from: march(2), to: march(3) })).toEqual([row(2, 12), row(3, 15)]);
    expect(totalsByDay(single, { from: march(2), to: march(2) })).toEqual([row(2, 12)]);
  });

  it('is open where an end is missing', () => {
    expect(totalsByDay(single, { from: march(3) })).toEqual([row(3, 15), row(4, 19)]);
    expect(totalsByDay(single, { to: march(2) })).toEqual([row(1, 10), row(2, 12)]);
    expect(totalsByDay(single, {})).toHaveLength(4);
  });

  it('is cut after the differences were taken, so that its first day counts too', () => {
    expect(pullsByDay(single, { from: march(2), to: march(3) })).toEqual([row(2, 2), row(3, 3)]);
    expect(pullsByDay(several, { from: march(4) })).toEqual([row(4, 7)]);
  });

  it('is cut after the totals were carried on', () => {
    expect(totalsByDay(several, { from: march(2), to: march(3) })).toEqual([row(2, 112), row(3, 115)]);
  });

  it('before, after and outside of all days has no rows', () => {
    expect(totalsByDay(several, { to: march(0) })).toEqual([]);
    expect(totalsByDay(several, { from: march(5) })).toEqual([]);
    expect(pullsByDay(several, { from: march(3), to: march(2) })).toEqual([]);
  });

  it('may begin or end with the epoch', () => {
    const old: ImageSeries[] = [{ registry: 'ghcr', repo: 'acme/app', days: [-1, 0, 1], totals: [1, 2, 3], marks: ['read' as const] }];

    expect(totalsByDay(old, { from: '1970-01-01' }).map(({ day }) => day)).toEqual(['1970-01-01', '1970-01-02']);
    expect(totalsByDay(old, { to: '1970-01-01' }).map(({ day }) => day)).toEqual(['1969-12-31', '1970-01-01']);
  });
});

describe('rows that are split by registry', () => {
  const both = [
    image('ghcr', 'acme/app', { 1: 100, 3: 103 }),
    image('dockerhub', 'acme/app', { 1: 10, 2: 12 }),
    image('ghcr', 'a/b', { 1: 1 }),
  ];

  it('are one a registry, neither summed nor carried on, by day, repo and registry', () => {
    expect(totalsByDay(both, { split: true }).map(({ day, repo, registry, value }) => [day.slice(8), repo, registry, value])).toEqual([
      ['01', 'a/b', 'ghcr', 1],
      ['01', 'acme/app', 'dockerhub', 10],
      ['01', 'acme/app', 'ghcr', 100],
      ['02', 'acme/app', 'dockerhub', 12],
      ['03', 'acme/app', 'ghcr', 103],
    ]);
    expect(pullsByDay(both, { split: true, from: march(2) }).map(({ registry, value }) => [registry, value])).toEqual([
      ['dockerhub', 2],
      ['ghcr', 3],
    ]);
  });

  it('tell no registry where they are not split', () => {
    expect(totalsByDay(both).filter(({ registry }) => registry !== undefined)).toEqual([]);
  });
});

describe('pulls by period', () => {
  // The 2nd and the 9th of March 2026 are Mondays.
  const app = image('dockerhub', 'acme/app', { 1: 10, 2: 12, 8: 20, 9: 21, 31: 40, 32: 45 });

  it('sums the pulls of each week under its Monday', () => {
    expect([...pullsByPeriod([app], 'week')]).toEqual([row(-5, 0), row(2, 10), row(9, 1), row(30, 24)]);
  });

  it('sums the pulls of each month under its first day', () => {
    expect([...pullsByPeriod([app], 'month')]).toEqual([row(1, 30), row(32, 5)]);
  });

  it('gives every period that the range touches whole', () => {
    expect([...pullsByPeriod([app], 'week', { from: march(8), to: march(9) })]).toEqual([row(2, 10), row(9, 1)]);
    expect([...pullsByPeriod([app], 'month', { from: march(31), to: march(31) })]).toEqual([row(1, 30)]);
    expect([...pullsByPeriod([app], 'week', { from: march(10), to: march(29) })]).toEqual([row(9, 1)]);
  });

  it('sums the registries of a repo, or splits them', () => {
    const ghcr = image('ghcr', 'acme/app', { 8: 100, 9: 107, 32: 110 });

    expect([...pullsByPeriod([app, ghcr], 'month')]).toEqual([row(1, 37), row(32, 8)]);
    expect([...pullsByPeriod([app, ghcr], 'month', { split: true })].map(({ registry, value }) => [registry, value])).toEqual([
      ['dockerhub', 30],
      ['ghcr', 7],
      ['dockerhub', 5],
      ['ghcr', 3],
    ]);
  });
});
