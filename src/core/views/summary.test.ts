import { describe, expect, it } from 'vitest';
import type { LatestImage } from '../model/history.ts';
import { latestOfDay } from '../numbers/testing/latest-image.ts';
import { currentImages, keepDays } from './summary.ts';

function image(repo: string, day: string): LatestImage {
  return latestOfDay({ registry: 'ghcr', repo }, day);
}

describe('the current images', () => {
  it('are those that were read on the newest day or on one of the 7 before it', () => {
    const images = [image('acme/today', '2026-03-03'), image('acme/week', '2026-02-24'), image('acme/gone', '2026-02-23')];

    const current = currentImages(images, '2026-03-03');

    expect(keepDays).toBe(7);
    expect(current.map(({ repo }) => repo)).toEqual(['acme/today', 'acme/week']);
  });

  it('keep their order and everything that is known of them', () => {
    const images: LatestImage[] = [
      { ...image('b/b', '2026-03-03'), tagCount: 3, lastUpdated: '2026-03-01T00:00:00Z' },
      image('a/a', '2026-03-01'),
    ];

    expect(currentImages(images, '2026-03-03')).toEqual(images);
  });

  it('are none where nothing is known', () => {
    expect(currentImages([], '2026-03-03')).toEqual([]);
  });
});
