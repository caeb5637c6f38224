/** The totals of an index day by day. */
import { toEpochDay, type Day, type EpochDay } from '../../core/model/day.ts';
import type { DailyTotals, DailyTotalsOptions, DayNote, DayTotals } from '../../core/model/history.ts';
import { compareImagesByName, type ImageName } from '../../core/model/image.ts';
import type { Mark } from '../../core/model/mark.ts';
import { includesDay, type DayRange } from '../../core/model/query.ts';
import type { DaySeries } from './day-series.ts';

interface IndexedImage extends ImageName {
  readonly series: DaySeries;
  readonly notes: ReadonlyMap<EpochDay, DayNote>;
}

/** `allDays`: the days with values, ascending. */
export function dailyTotalsIn(
  found: readonly IndexedImage[],
  allDays: readonly Day[],
  range: DayRange = {},
  { withMarks = false }: DailyTotalsOptions = {},
): DailyTotals {
  const images = found.toSorted(compareImagesByName);
  const { from } = range;
  const before = images.map(({ series }) => (from === undefined ? undefined : series.lastBefore(toEpochDay(from))));
  return {
    images: images.map(({ registry, repo }) => ({ registry, repo })),
    before: {
      days: Float64Array.from(before, (known) => known?.day ?? Number.NaN),
      totals: Float64Array.from(before, (known) => known?.total ?? Number.NaN),
    },
    days: daysIn(
      images,
      allDays.filter((day) => includesDay(range, day)),
      withMarks,
    ),
  };
}

async function* daysIn(images: readonly IndexedImage[], days: readonly Day[], withMarks: boolean): AsyncGenerator<DayTotals> {
  for (const each of days) {
    const day = toEpochDay(each);
    const totals = new Float64Array(images.length).fill(Number.NaN);
    const marks: (Mark | undefined)[] | undefined = withMarks ? images.map(() => undefined) : undefined;
    const notes = new Map<number, DayNote>();
    let isEmpty = true;
    for (const [position, image] of images.entries()) {
      const known = image.series.get(day);
      if (!known) continue;
      isEmpty = false;
      totals[position] = known.total;
      if (marks) marks[position] = known.mark;
      const note = image.notes.get(day);
      if (note) notes.set(position, note);
    }
    if (!isEmpty) yield { day, totals, marks, notes };
  }
}
