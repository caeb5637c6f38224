/** The newest values of images, for tests. */
import { fromEpochDay, toEpochDay } from '../../model/day.ts';
import type { ImageSeries, LatestImage } from '../../model/history.ts';
import type { ImageName } from '../../model/image.ts';
import { seriesValues } from '../series-values.ts';

/** Those of a series. */
export function latestOfSeries(series: ImageSeries, details: Partial<LatestImage> = {}): LatestImage {
  const { registry, repo, days, totals } = series;
  const at = days.length - 1;
  return { registry, repo, day: fromEpochDay(days[at] ?? 0), pullCount: totals[at] ?? 0, ...seriesValues(series), ...details };
}

/** Those of an image with one total, on this day. */
export function latestOfDay({ registry, repo }: ImageName, day: string, details: Partial<LatestImage> = {}): LatestImage {
  const { pullCount = 5, mark = 'read' } = details;
  return latestOfSeries({ registry, repo, days: [toEpochDay(day)], totals: [pullCount], marks: [mark] }, details);
}
