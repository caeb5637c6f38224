/** The totals of series day by day, where these are there anyway. */
import type { DailyTotals, DailyTotalsOptions, DayNote, DayTotals, ImageSeries } from '../core/model/history.ts';
import { compareImagesByName } from '../core/model/image.ts';
import type { Mark } from '../core/model/mark.ts';
import { toEpochDays, type DayRange } from '../core/model/query.ts';
import { positionOf } from '../core/numbers/freezes.ts';

export function dailyTotalsOf(
  series: readonly ImageSeries[],
  range: DayRange = {},
  { withMarks = false }: DailyTotalsOptions = {},
): DailyTotals {
  const images = series.toSorted(compareImagesByName);
  const [first, last] = toEpochDays(range);
  const before = images.map(({ days }) => Array.from(days).findLastIndex((day) => day < first));
  return {
    images: images.map(({ registry, repo }) => ({ registry, repo })),
    before: {
      days: Float64Array.from(images, ({ days }, position) => days[before[position] ?? -1] ?? Number.NaN),
      totals: Float64Array.from(images, ({ totals }, position) => totals[before[position] ?? -1] ?? Number.NaN),
    },
    days: daysOf(images, [first, last], withMarks),
  };
}

async function* daysOf(
  images: readonly ImageSeries[],
  [first, last]: readonly [number, number],
  withMarks: boolean,
): AsyncGenerator<DayTotals> {
  const days = new Set(images.flatMap((image) => Array.from(image.days)));
  for (const day of [...days].toSorted((a, b) => a - b)) {
    if (day < first || day > last) continue;
    const at = images.map((image) => positionOf(image, day) ?? -1);
    const notes = new Map<number, DayNote>();
    for (const [position, image] of images.entries()) {
      const note = image.notes?.get(day);
      if (note && at[position] !== -1) notes.set(position, note);
    }
    yield {
      day,
      totals: Float64Array.from(images, ({ totals }, position) => totals[at[position] ?? -1] ?? Number.NaN),
      marks: withMarks ? images.map(({ marks }, position) => markAt(marks, at[position] ?? -1)) : undefined,
      notes,
    };
  }
}

function markAt(marks: ImageSeries['marks'], at: number): Mark | undefined {
  return at < 0 ? undefined : (marks.at(at) ?? 'read');
}
