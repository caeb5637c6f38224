import { describe, expect, it } from 'vitest';
import { reading } from '../testing/readings.ts';
import { createIndex } from './index.ts';

describe('the index', () => {
  it('replaces the values of a day, and forgets an image that has no other', () => {
    const index = createIndex();
    index.setDay('2026-03-13', [reading('acme/app', 9, '2026-03-13')], []);
    index.setDay('2026-03-14', [reading('acme/app', 10, '2026-03-14'), reading('acme/gone', 1, '2026-03-14')], []);

    index.setDay('2026-03-14', [reading('acme/new', 2, '2026-03-14')], []);

    expect(index.days()).toEqual(['2026-03-13', '2026-03-14']);
    expect(index.latest({})).toMatchObject([
      { repo: 'acme/app', day: '2026-03-13', pullCount: 9 },
      { repo: 'acme/new', day: '2026-03-14', pullCount: 2 },
    ]);
  });

  it('knows a day whose snapshot holds no total', () => {
    const index = createIndex();

    index.setDay('2026-03-14', [], []);

    expect(index.days()).toEqual(['2026-03-14']);
    expect(index.totals({})).toEqual([]);
  });

  it('forgets the details of a day with the day', () => {
    const index = createIndex();
    index.setDay('2026-03-13', [reading('acme/app', 9, '2026-03-13', { tagCount: 5, lastUpdated: '2026-03-01T00:00:00Z' })], []);
    index.setDay('2026-03-14', [reading('acme/app', 10, '2026-03-14', { tagCount: 6 })], []);

    index.removeDay('2026-03-13');

    expect(index.latest({})).toMatchObject([{ pullCount: 10, tagCount: 6, lastUpdated: undefined }]);
  });
});
