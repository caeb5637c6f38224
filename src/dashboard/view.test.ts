import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toEpochDay } from '../core/model/day.ts';
import {
  chartCsvPath,
  chartOptions,
  chartTitle,
  keysOf,
  kinds,
  parseView,
  ranges,
  scales,
  sorts,
  splits,
  values,
  viewQuery,
  withoutZoom,
  type View,
} from './view.ts';

const registries = ['dockerhub', 'ghcr'];
const today = toEpochDay('2026-03-14');

function parse(query: string): View {
  return parseView(new URLSearchParams(query), registries);
}

const usual = parse('');

describe('a view', () => {
  it('is the usual one where the address says nothing', () => {
    expect(usual).toEqual({
      registry: '',
      search: '',
      sort: 'total',
      descending: true,
      range: '90d',
      from: '',
      to: '',
      kind: 'daily',
      split: 'none',
      repos: [],
      values: 'absolute',
      scale: 'linear',
      previous: false,
      zoomed: '',
      day: '',
      rows: 100,
    });
    expect(viewQuery(usual)).toBe('');
  });

  it.each([
    ['7d', '2026-03-08'],
    ['30d', '2026-02-13'],
    ['90d', '2025-12-15'],
    ['1y', '2025-03-15'],
    ['mtd', '2026-03-01'],
    ['ytd', '2026-01-01'],
    ['all', undefined],
    ['custom&from=2026-02-03', '2026-02-03'],
  ])('with the range %s begins on %s', (range, from) => {
    expect(chartOptions(parse(`range=${range}`), today, 8)).toMatchObject({ from, to: undefined });
  });

  it('is read from the address, in any spelling of a name', () => {
    expect(
      parse('registry=ghcr&q=+app+&sort=name&range=1y&kind=total&split=image&repo=Acme/App&repo=acme/charts/app&repo=acme/app'),
    ).toEqual({
      ...usual,
      registry: 'ghcr',
      search: 'app',
      sort: 'name',
      descending: false,
      range: '1y',
      kind: 'total',
      split: 'image',
      repos: ['acme/app', 'acme/charts%2Fapp'],
    });
    expect(parse('from=2026-01-01')).toMatchObject({ range: 'custom', from: '2026-01-01', to: '' });
  });

  it.each([
    ['rows=-1', '"rows" is "-1": valid is all, or a number from 1 to 10000'],
    ['registry=quai', '"registry" is "quai": valid are dockerhub, ghcr'],
    ['kind=hourly', '"kind" is "hourly": valid are total, daily, average, weekly, monthly'],
    ['sort=-size', '"sort" is "size": valid are name, total, day, week, month, tags, pushed'],
    ['from=soon', '"from" is "soon": valid is a date such as 2026-03-14'],
    ['values=double', '"values" is "double": valid are absolute, indexed'],
    ['day=yesterday', '"day" is "yesterday": valid is a date such as 2026-03-14'],
    ['from=2026-03-01&zoomed=5d', '"zoomed" is "5d": valid is a range such as 90d, or dates such as 2026-03-01..2026-03-14'],
    ['from=2026-03-02&to=2026-03-01', '"from" must not be after "to"'],
  ])('%s is refused, and it is said what is valid', (query, message) => {
    expect(() => parse(query)).toThrow(message);
  });

  it('is the same again when its own address is read', () => {
    const date = fc.integer({ min: 0, max: 3_000 }).map((days) => new Date(Date.UTC(2020, 0, 1 + days)).toISOString().slice(0, 10));
    const dates = fc.tuple(date, date).map(([a, b]) => (a < b ? [a, b] : [b, a]));
    const anyView = fc
      .record({
        registry: fc.constantFrom('', ...registries),
        search: fc.string({ maxLength: 20 }).map((text) => text.trim()),
        sort: fc.constantFrom(...keysOf(sorts)),
        descending: fc.boolean(),
        range: fc.constantFrom(...keysOf(ranges)),
        dates,
        kind: fc.constantFrom(...keysOf(kinds)),
        split: fc.constantFrom(...keysOf(splits)),
        values: fc.constantFrom(...keysOf(values)),
        scale: fc.constantFrom(...keysOf(scales)),
        previous: fc.boolean(),
        zoomed: fc.constantFrom('', '30d', '2026-01-01..', '2026-01-01..2026-02-01'),
        day: fc.constantFrom('', '2026-03-01'),
        rows: fc.constantFrom(100, 200, 1_000),
        repos: fc.uniqueArray(fc.constantFrom('acme/app', 'acme/charts%2Fapp', 'a/b')),
      })
      .map(({ dates: [from = '', to = ''], ...rest }): View => ({
        ...rest,
        from: rest.range === 'custom' ? from : '',
        to: rest.range === 'custom' ? to : '',
        zoomed: rest.range === 'custom' ? rest.zoomed : '',
      }));
    fc.assert(
      fc.property(anyView, (view) => {
        expect(parse(viewQuery(view))).toEqual(view);
      }),
    );
  });
});

describe('the chart of a view', () => {
  it('reaches from the first day of its range', () => {
    expect(chartOptions(parse('range=30d'), today, 8)).toMatchObject({ from: '2026-02-13', to: undefined, maxLines: 8 });
    expect(chartOptions(parse('range=all'), today, 8)).toMatchObject({ from: undefined, to: undefined });
    expect(chartOptions(parse('from=2026-03-01&to=2026-03-05'), today, 8)).toMatchObject({ from: '2026-03-01', to: '2026-03-05' });
    expect(chartOptions(parse('to=2026-03-05'), today, 8)).toMatchObject({ from: undefined, to: '2026-03-05' });
  });

  it('has a line for each of several images, and ends with yesterday where it is an average', () => {
    expect(chartOptions(parse('repo=a/b&repo=a/c'), today, 8).split).toBe('image');
    expect(chartOptions(parse('repo=a/b&repo=a/c&split=registry'), today, 8).split).toBe('registry');
    expect(chartOptions(parse('kind=average'), today, 8).to).toBe('2026-03-13');
    expect(chartOptions(parse('kind=average&to=2026-03-05'), today, 8).to).toBe('2026-03-05');
  });

  it('goes back from a zoom to the range before', () => {
    expect(withoutZoom(parse('from=2026-03-01&to=2026-03-05&zoomed=1y'))).toEqual(parse('range=1y'));
    expect(withoutZoom(parse('from=2026-03-01&to=2026-03-05&zoomed=2026-02-01..'))).toEqual(parse('from=2026-02-01'));
  });

  it('is called after what it shows', () => {
    expect(chartTitle(usual)).toBe('Daily pulls');
    expect(chartTitle(parse('kind=total&repo=acme/charts/app'))).toBe('Cumulative pulls of acme/charts/app');
    expect(chartTitle(parse('kind=average'))).toBe('Pulls a day, 7-day average');
    expect(chartTitle(parse('kind=weekly&repo=a/b&repo=a/c'))).toBe('Weekly pulls of 2 images');
  });

  it('has the same rows as CSV', () => {
    expect(chartCsvPath(usual, today, [])).toBe('/api/pulls/daily?format=csv&from=2025-12-15&details=true');
    expect(chartCsvPath(parse('kind=total&registry=ghcr&split=registry&from=2026-03-01&to=2026-03-05'), today, ['a/b', 'c/d%2Fe'])).toBe(
      '/api/pulls?format=csv&registry=ghcr&repo=a%2Fb&repo=c%2Fd%252Fe&from=2026-03-01&to=2026-03-05&split=registry',
    );
  });
});
