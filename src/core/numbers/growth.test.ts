import { describe, expect, it } from 'vitest';
import { seriesGrowth } from './growth.ts';
import type { ImageSeries } from '../model/history.ts';

/** Totals by a day's number. */
function image(totals: Readonly<Record<number, number>>): ImageSeries {
  const days = Object.keys(totals).map(Number);
  return { registry: 'ghcr', repo: 'acme/app', days, totals: Object.values(totals), marks: days.map(() => 'read') };
}

const steady = image({ 1: 10, 2: 12, 3: 15, 4: 19, 5: 24 });

describe('growth', () => {
  it('is what the days of the period brought, beside as many days before', () => {
    expect(seriesGrowth(steady, 5, 1)).toEqual({ pulls: 5, change: 1 });
    expect(seriesGrowth(steady, 5, 2)).toEqual({ pulls: 9, change: 4 });
    expect(seriesGrowth(steady, 4, 1)).toEqual({ pulls: 4, change: 1 });
  });

  it('has no change unless the image was known all through the period before', () => {
    expect(seriesGrowth(steady, 4, 2)).toEqual({ pulls: 7, change: undefined });
    expect(seriesGrowth(steady, 5, 30)).toEqual({ pulls: 14, change: undefined });
  });

  it('is not known before there are two totals, and where no day of the period has one', () => {
    expect(seriesGrowth(image({ 5: 10 }), 5, 7)).toEqual({ pulls: undefined, change: undefined });
    expect(seriesGrowth(image({}), 5, 7)).toEqual({ pulls: undefined, change: undefined });
    expect(seriesGrowth(steady, 12, 7)).toEqual({ pulls: undefined, change: undefined });
    expect(seriesGrowth(steady, 6, 1)).toEqual({ pulls: undefined, change: undefined });
    expect(seriesGrowth(image({ 1: 1, 2: 2, 9: 9 }), 9, 3)).toEqual({ pulls: 7, change: undefined });
  });

  it('may be less than before', () => {
    expect(seriesGrowth(image({ 1: 10, 2: 20, 3: 21 }), 3, 1)).toEqual({ pulls: 1, change: -9 });
  });

  it('counts a decrease as nothing', () => {
    expect(seriesGrowth(image({ 1: 10, 2: 4, 3: 6 }), 3, 1)).toEqual({ pulls: 2, change: 2 });
  });

  it('books the difference across a gap on the day that ends it', () => {
    expect(seriesGrowth(image({ 1: 10, 6: 30 }), 6, 1)).toEqual({ pulls: 20, change: undefined });
  });
});
