import { describe, expect, it } from 'vitest';
import { toEpochDay } from './day.ts';
import { eventsOf } from './events.ts';
import { marks, type Mark } from './model.ts';
import type { ImageSeries } from './ports.ts';

const first = toEpochDay('2026-03-01');

function image(repo: string, values: readonly (readonly [number, Mark?])[], registry = 'ghcr'): ImageSeries {
  return {
    registry,
    repo,
    days: values.map((_, at) => first + at),
    totals: values.map(([total]) => total),
    marks: values.map(([, mark = 'read']) => marks.indexOf(mark)),
  };
}

function told(...series: readonly ImageSeries[]): string[] {
  return eventsOf(series).map(({ day, registry, repo, kind }) => `${day} ${registry} ${repo} ${kind}`);
}

describe('events', () => {
  it('say when an image was first read, not since when its history was reconstructed', () => {
    expect(told(image('acme/app', [[8, 'backfilled'], [9, 'backfilled'], [10], [11]]))).toEqual(['2026-03-03 ghcr acme/app first_seen']);
    expect(told(image('acme/app', [[8, 'backfilled']]))).toEqual([]);
    expect(eventsOf([image('acme/app', [[10]])])).toEqual([
      { day: '2026-03-01', registry: 'ghcr', repo: 'acme/app', kind: 'first_seen', text: 'first seen, with 10 pulls' },
    ]);
  });

  it('say when a counter went down, and from what to what', () => {
    const [, down, ...others] = eventsOf([image('acme/app', [[130], [130], [80], [90]])]);

    expect(down).toMatchObject({ day: '2026-03-03', kind: 'counter_went_down', text: 'counter went down from 130 to 80' });
    expect(others).toEqual([]);
  });

  it('say once when a counter froze, and again when it does so later', () => {
    const app = image('acme/app', [[10], [10, 'frozen'], [10, 'frozen'], [20], [20, 'frozen']]);

    expect(told(app)).toEqual([
      '2026-03-01 ghcr acme/app first_seen',
      '2026-03-02 ghcr acme/app frozen',
      '2026-03-05 ghcr acme/app frozen',
    ]);
    expect(eventsOf([app])[1]?.text).toContain('stands still');
  });

  it('say once when a total was restated', () => {
    const [, restated, ...others] = eventsOf([image('acme/app', [[10], [900, 'restated'], [910, 'restated']])]);

    expect(restated).toMatchObject({ day: '2026-03-02', kind: 'restated', text: expect.stringContaining('no longer agrees') });
    expect(others).toEqual([]);
  });

  it('come by day, then registry, then repo', () => {
    const series = [image('b/x', [[1]]), image('a/x', [[2], [1]]), image('c/x', [[1]], 'dockerhub')];

    expect(told(...series)).toEqual([
      '2026-03-01 dockerhub c/x first_seen',
      '2026-03-01 ghcr a/x first_seen',
      '2026-03-01 ghcr b/x first_seen',
      '2026-03-02 ghcr a/x counter_went_down',
    ]);
  });

  it('are cut to the range, both ends within, after they were worked out', () => {
    const app = image('acme/app', [[10], [5], [4], [3]]);

    expect(eventsOf([app], { from: first + 1, to: first + 2 }).map(({ text }) => text)).toEqual([
      'counter went down from 10 to 5',
      'counter went down from 5 to 4',
    ]);
    expect(eventsOf([app], { to: first }).map(({ kind }) => kind)).toEqual(['first_seen']);
  });
});
