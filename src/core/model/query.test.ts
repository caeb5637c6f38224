import { describe, expect, it } from 'vitest';
import { includesDay, matches, matchesEvent, toEpochDays } from './query.ts';

const app = { registry: 'ghcr', repo: 'acme/app' };

describe('a query', () => {
  it('matches an image that is in both of its lists, where it has them', () => {
    expect(matches({}, app)).toBe(true);
    expect(matches({ registries: new Set(['ghcr']), repos: new Set(['acme/app']) }, app)).toBe(true);
    expect(matches({ registries: new Set(['quay']) }, app)).toBe(false);
    expect(matches({ repos: new Set(['acme/tool']) }, app)).toBe(false);
    expect(matches({ registries: new Set(['ghcr']), repos: new Set() }, app)).toBe(false);
  });

  it('matches the events of its images', () => {
    expect(matchesEvent({ repos: new Set(['acme/app']) }, app)).toBe(true);
    expect(matchesEvent({ repos: new Set(['acme/tool']) }, app)).toBe(false);
  });

  it('matches the events of its registries, unless it names images', () => {
    expect(matchesEvent({}, { registry: 'ghcr' })).toBe(true);
    expect(matchesEvent({ registries: new Set(['ghcr']) }, { registry: 'ghcr' })).toBe(true);
    expect(matchesEvent({ registries: new Set(['quay']) }, { registry: 'ghcr' })).toBe(false);
    expect(matchesEvent({ repos: new Set(['acme/app']) }, { registry: 'ghcr' })).toBe(false);
  });
});

describe('a range of days', () => {
  it.each([
    [{ from: '2026-03-02', to: '2026-03-04' }, ['2026-03-02', '2026-03-03', '2026-03-04']],
    [{ from: '2026-03-04' }, ['2026-03-04', '2026-03-05']],
    [{ to: '2026-03-02' }, ['2026-03-01', '2026-03-02']],
    [{}, ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04', '2026-03-05']],
  ])('%j holds both of its ends, and is open where it has none', (range, expected) => {
    const days = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04', '2026-03-05'];

    expect(days.filter((day) => includesDay(range, day))).toEqual(expected);
  });

  it('has numbers for its ends', () => {
    expect(toEpochDays({ from: '1970-01-01', to: '1970-01-03' })).toEqual([0, 2]);
    expect(toEpochDays({})).toEqual([-Infinity, Infinity]);
  });
});
