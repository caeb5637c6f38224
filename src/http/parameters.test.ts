import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDay } from '../core/model/day.ts';
import { AppError } from '../core/model/errors.ts';
import type { DayRange } from '../core/model/query.ts';
import { parseDate, parseFilter, parseRange } from './parameters.ts';

const registries = ['dockerhub', 'ghcr'];

/** The filter that a query string asks for, as sorted lists; null for none. */
function filterOf(query: string): { registries: string[] | null; repos: string[] | null } {
  const filter = parseFilter(new URLSearchParams(query), { registries });
  return { registries: filter.registries ? [...filter.registries] : null, repos: filter.repos ? [...filter.repos] : null };
}

/** The days of a query with these values; undefined: without the parameter. */
function rangeOf(from?: string, to?: string): DayRange {
  const query = new URLSearchParams();
  if (from !== undefined) query.set('from', from);
  if (to !== undefined) query.set('to', to);
  return parseRange(query);
}

function dateOf(date: string): string | undefined {
  return parseDate(new URLSearchParams({ date }));
}

function outcomeOf<T>(run: () => T): T | Error {
  try {
    return run();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

describe('the repo filter', () => {
  it.each([
    '',
    'repo=',
    'repo=%20',
    'repo=*',
    'repo=All',
    'repo=$__all',
    'repo={$__all}',
    'repo={}',
    'repo={*}',
    'repo=,',
    'repo={,}',
    'repo=a/x&repo=',
    'repo=a/x&repo=$__all',
    'repo=a/x,$__all',
  ])('is off for "%s"', (query) => {
    expect(filterOf(query).repos).toBeNull();
  });

  it.each([
    ['repo=a/x', ['a/x']],
    ['repo=a/x,b/y', ['a/x', 'b/y']],
    ['repo={a/x,b/y}', ['a/x', 'b/y']],
    ['repo=%7Ba%2Fx%2Cb%2Fy%7D', ['a/x', 'b/y']],
    ['repo=a/x&repo=b/y', ['a/x', 'b/y']],
    ['repo= a/x , b/y ,', ['a/x', 'b/y']],
    ['repo={a/x', ['a/x']],
    ['repo=a/x}', ['a/x']],
    ['repo=A/X', ['a/x']],
    ['repo=a/x,a/x', ['a/x']],
    ['repo=acme/charts/app', ['acme/charts%2Fapp']],
    ['repo=acme/charts%252Fapp', ['acme/charts%2Fapp']],
    ['repo=acme/charts%252fapp', ['acme/charts%2Fapp']],
    ['repo=no-such-thing', ['no-such-thing']],
  ])('of "%s" is %o', (query, repos) => {
    expect(filterOf(query).repos).toEqual(repos);
  });
});

describe('the registry filter', () => {
  it.each(['', 'registry=', 'registry=*', 'registry=All', 'registry=$__all', 'registry={$__all}'])('is off for "%s"', (query) => {
    expect(filterOf(query).registries).toBeNull();
  });

  it.each([
    ['registry=ghcr', ['ghcr']],
    ['registry={ghcr}', ['ghcr']],
    ['registry=dockerhub,ghcr', ['dockerhub', 'ghcr']],
    ['registry={dockerhub,ghcr}', ['dockerhub', 'ghcr']],
    ['registry=dockerhub&registry=ghcr', ['dockerhub', 'ghcr']],
  ])('of "%s" is %o', (query, names) => {
    expect(filterOf(query).registries).toEqual(names);
  });

  it('refuses a name that is no registry, and says which are', () => {
    expect(() => filterOf('registry=ghcr,quai')).toThrow('unknown registry "quai": valid are dockerhub, ghcr');
  });
});

describe('the range', () => {
  it.each([
    ['2026-03-14', '2026-03-14'],
    ['2026-03-14T23:59:59Z', '2026-03-14'],
    ['2026-03-14T10:00:00.7Z', '2026-03-14'],
    ['2026-03-14T10:00:00.123456789Z', '2026-03-14'],
    ['2026-03-14T10:00Z', '2026-03-14'],
    ['2026-03-14T23:00:00-02:00', '2026-03-15'],
    ['1773446400000', '2026-03-14'],
    ['1773532799999', '2026-03-14'],
    ['0', '1970-01-01'],
  ])('takes %s as the day %s', (text, day) => {
    expect(rangeOf(text)).toEqual({ from: day, to: undefined });
    expect(rangeOf(undefined, text)).toEqual({ from: undefined, to: day });
  });

  it.each([[undefined], [''], [' ']])('is open where a parameter is %o', (value) => {
    expect(rangeOf(value, value)).toEqual({ from: undefined, to: undefined });
  });

  it.each([
    'yesterday',
    '2026-02-30',
    '2026-3-14',
    '14.03.2026',
    '2026-03-14T25:00:00Z',
    '-1',
    '1e3',
    '99999999999999999',
    '2026-02-30T10:00:00Z',
    'now-30d',
  ])('refuses %s and says what is valid', (text) => {
    expect(() => rangeOf(text)).toThrow(`"from" is ${JSON.stringify(text)}: valid is a date such as 2026-03-14`);
  });

  it('refuses a range that ends before it begins, and takes one of a single day', () => {
    expect(() => rangeOf('2026-03-15', '2026-03-14')).toThrow('"from" must not be after "to"');
    expect(rangeOf('2026-03-14', '2026-03-14').from).toBe('2026-03-14');
  });

  it('throws nothing but AppError, and gives only days that can be written', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.nat().map(String),
          fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
        ),
        (text) => {
          const result = outcomeOf(() => rangeOf(text));
          const isRefused = result instanceof AppError && result.code === 'invalid_input';
          const day = result instanceof Error ? '' : (result.from ?? '1970-01-01');
          expect(isRefused || isDay(day)).toBe(true);
        },
      ),
    );
  });
});

describe('the date', () => {
  it('is a calendar date, or absent', () => {
    expect(dateOf('2026-03-14')).toBe('2026-03-14');
    expect([parseDate(new URLSearchParams()), dateOf('')]).toEqual([undefined, undefined]);
  });

  it.each(['2026-1-5', '2026-02-30', '../2026-03-14', ' 2026-03-14', '2026-03-14.json', 'today'])('refuses "%s"', (text) => {
    expect(() => dateOf(text)).toThrow('valid is a date such as 2026-03-14');
  });
});
