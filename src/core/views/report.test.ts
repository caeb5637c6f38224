import { describe, expect, it } from 'vitest';
import { toEpochDay } from '../model/day.ts';
import { parseGroup } from './groups.ts';
import type { KnownHistory } from './images.ts';
import { latestOfSeries } from '../numbers/testing/latest-image.ts';
import { buildReport } from './report.ts';

const now = Date.parse('2026-03-14T10:00:00Z');
const today = toEpochDay('2026-03-14');

/** Images by `registry repo`, with their totals of days in a row that end `daysAgo` before today. */
function known(images: Readonly<Record<string, readonly number[]>>, daysAgo = 1): KnownHistory {
  const series = Object.entries(images).map(([key, totals]) => {
    const [registry = '', repo = ''] = key.split(' ');
    const days = totals.map((_, at) => today - daysAgo - totals.length + 1 + at);
    return { registry, repo, days, totals, marks: totals.map(() => 'read' as const) };
  });
  const latest = series.map((image) => latestOfSeries(image));
  return { series, latest, newestDay: '2026-03-13' };
}

function report(images: KnownHistory, from = '2026-03-11', groups: readonly string[] = []) {
  return buildReport(images, { now, from, groups: groups.map((text) => parseGroup(text, ['dockerhub', 'ghcr'])) });
}

describe('the report', () => {
  it('has the pulls of the days from the first to yesterday, and their change', () => {
    const { from, to, rows, total, growth } = report(known({ 'ghcr acme/app': [10, 11, 12, 13, 23, 33, 43] }));

    expect([from, to, total]).toEqual(['2026-03-11', '2026-03-13', 43]);
    expect(rows).toEqual([
      {
        name: 'acme/app',
        registries: ['ghcr'],
        total: 43,
        growth: { pulls: 30, change: 27, before: 3 },
        daily: [10, 10, 10],
        milestone: 1000,
        // 33 pulls in 6 days are 5.5 a day: 957 more take 174 days.
        milestoneDay: '2026-09-04',
      },
    ]);
    expect(growth).toEqual({ pulls: 30, change: 27, before: 3 });
  });

  it('puts registries of a name together, the largest total first', () => {
    const { rows } = report(known({ 'ghcr acme/app': [10, 20], 'dockerhub acme/app': [5, 6], 'ghcr acme/big': [900, 900] }));

    expect(rows.map(({ name, registries, total, daily }) => [name, registries.length, total, daily])).toEqual([
      ['acme/big', 1, 900, [null, 0, 0]],
      ['acme/app', 2, 26, [null, 0, 11]],
    ]);
  });

  it('ends with another day, with the totals of that day', () => {
    const images = known({ 'ghcr acme/app': [10, 11, 12, 13, 23, 33, 43], 'ghcr acme/new': [7] });
    const { from, to, rows } = buildReport(images, { now, from: '2026-03-10', to: '2026-03-11', groups: [] });

    expect([from, to]).toEqual(['2026-03-10', '2026-03-11']);
    expect(rows.map(({ name, total, daily, growth }) => [name, total, daily, growth.pulls])).toEqual([['acme/app', 23, [1, 10], 11]]);
  });

  it('is about some images or groups, by owner, by registry, or each image of each registry', () => {
    const images = known({ 'ghcr acme/app': [10, 20], 'dockerhub acme/app': [5, 6], 'ghcr acme/big': [900, 900], 'ghcr other/x': [1, 2] });
    const names = (options: Partial<Parameters<typeof buildReport>[1]>): unknown =>
      buildReport(images, { now, from: '2026-03-11', groups: [parseGroup('ours=ghcr:acme/big', ['ghcr'])], ...options }).rows.map(
        ({ name, total }) => [name, total],
      );

    expect(names({ repos: new Set(['ours', 'other/x']) })).toEqual([
      ['ours', 900],
      ['other/x', 2],
    ]);
    expect(names({ groupBy: 'registry' })).toEqual([
      ['ghcr', 922],
      ['dockerhub', 6],
    ]);
    expect(names({ groupBy: 'owner' })).toEqual([
      ['acme', 926],
      ['other', 2],
    ]);
    expect(names({ groupBy: 'none', repos: new Set(['acme/app']) })).toEqual([
      ['ghcr:acme/app', 20],
      ['dockerhub:acme/app', 6],
    ]);
  });

  it('is sorted by total, pulls, change or name, and what is not known comes last', () => {
    const images = known({
      'ghcr b/big': [900, 900, 900, 900, 901, 902, 903],
      'ghcr a/app': [10, 20, 30, 40, 50, 60, 70],
      'ghcr c/new': [7],
    });
    const order = (sort: NonNullable<Parameters<typeof buildReport>[1]['sort']>): unknown =>
      buildReport(images, { now, from: '2026-03-11', groups: [], sort }).rows.map(({ name }) => name);

    expect(order('total')).toEqual(['b/big', 'a/app', 'c/new']);
    expect(order('pulls')).toEqual(['a/app', 'b/big', 'c/new']);
    expect(order('change')).toEqual(['b/big', 'a/app', 'c/new']);
    expect(order('name')).toEqual(['a/app', 'b/big', 'c/new']);
  });

  it('has no forecast where nothing is pulled, or where it would take ten years', () => {
    const { rows } = report(known({ 'ghcr acme/still': [100, 100, 100], 'ghcr acme/slow': [500_000, 500_000, 500_001] }));

    expect(rows.map(({ milestone, milestoneDay }) => [milestone, milestoneDay])).toEqual([
      [1_000_000, undefined],
      [1000, undefined],
    ]);
  });

  it('leaves out what was not read for a week, but not in a group', () => {
    const old = known({ 'dockerhub old/name': [70, 80], 'dockerhub old/other': [1, 2] }, 60);
    const current = known({ 'ghcr acme/app': [1, 2] });
    const both = { ...current, series: [...old.series, ...current.series], latest: [...old.latest, ...current.latest] };

    const { rows } = report(both, '2026-03-11', ['app=ghcr:acme/app+dockerhub:old/name']);

    expect(rows).toMatchObject([{ name: 'app', registries: ['dockerhub', 'ghcr'], total: 82, daily: [null, 0, 1] }]);
  });

  it('is empty where nothing is stored', () => {
    expect(report({ latest: [], series: [], newestDay: undefined })).toMatchObject({ rows: [], total: 0 });
  });
});
