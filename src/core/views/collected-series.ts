/** Whole series from totals day by day: of thousands of images a database gives these many times faster than one image after the other. */
import type { EpochDay } from '../model/day.ts';
import type { DailyTotals, DayNote, ImageSeries } from '../model/history.ts';
import type { ImageName } from '../model/image.ts';
import { marks as allMarks } from '../model/mark.ts';

interface KnownDay {
  readonly day: EpochDay;
  /** By position; NaN where there is none. */
  readonly totals: Float64Array;
  /** By position: the place of its mark among all marks. */
  readonly codes: Uint8Array;
}

/** The series of totals that have their marks, some at a time; of an image without a total there is none. */
export async function* collectSeries({ images, days }: DailyTotals, atOnce: number): AsyncGenerator<readonly ImageSeries[]> {
  const known: KnownDay[] = [];
  const notes = new Map<number, Map<EpochDay, DayNote>>();
  for await (const { day, totals, marks = [], notes: ofDay } of days) {
    known.push({ day, totals, codes: Uint8Array.from(marks, (mark = 'read') => allMarks.indexOf(mark)) });
    for (const [position, note] of ofDay) notes.set(position, (notes.get(position) ?? new Map<EpochDay, DayNote>()).set(day, note));
  }
  for (let first = 0; first < images.length; first += atOnce) {
    yield images
      .slice(first, first + atOnce)
      .map((image, at) => seriesAt(image, known, first + at, notes.get(first + at)))
      .filter(({ days: own }) => own.length > 0);
  }
}

function seriesAt(
  { registry, repo }: ImageName,
  known: readonly KnownDay[],
  position: number,
  notes: ReadonlyMap<EpochDay, DayNote> = new Map(),
): ImageSeries {
  const own = known.filter(({ totals }) => !Number.isNaN(totals[position]));
  const codes = Uint8Array.from(own, (each) => each.codes[position] ?? 0);
  return {
    registry,
    repo,
    days: Int32Array.from(own, ({ day }) => day),
    totals: Float64Array.from(own, ({ totals }) => totals[position] ?? 0),
    marks: { at: (place) => allMarks[codes.at(place) ?? -1] },
    notes,
  };
}
