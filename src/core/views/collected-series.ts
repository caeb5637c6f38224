/** Whole series from totals day by day: of thousands of images a database gives these many times faster than one image after the other. */
import type { EpochDay } from '../model/day.ts';
import type { DailyTotals, DayNote, ImageSeries } from '../model/history.ts';
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
    known.push({ day, totals, codes: Uint8Array.from(marks, (mark = 'read') => codeOf.get(mark) ?? 0) });
    for (const [position, note] of ofDay) notes.set(position, (notes.get(position) ?? new Map<EpochDay, DayNote>()).set(day, note));
  }
  const allDays = Int32Array.from(known, ({ day }) => day);
  for (let first = 0; first < images.length; first += atOnce) {
    const some = images.slice(first, first + atOnce);
    // Two arrays for all of them: thousands of small ones are much work for the memory management.
    const room: Room = { totals: new Float64Array(some.length * known.length), codes: new Uint8Array(some.length * known.length) };
    yield some
      .map((image, at) => ({
        ...image,
        ...seriesAt(known, allDays, { position: first + at, room, at }),
        notes: notes.get(first + at) ?? noNotes,
      }))
      .filter(({ days: own }) => own.length > 0);
  }
}

const noNotes: ReadonlyMap<EpochDay, DayNote> = new Map();
const codeOf = new Map(allMarks.map((mark, code) => [mark, code]));

interface Room {
  readonly totals: Float64Array;
  readonly codes: Uint8Array;
}

interface Place {
  /** Of the image among all. */
  readonly position: number;
  readonly room: Room;
  /** Of the image among those that share the room. */
  readonly at: number;
}

function seriesAt(
  known: readonly KnownDay[],
  allDays: Int32Array,
  { position, room, at }: Place,
): Pick<ImageSeries, 'days' | 'totals' | 'marks'> {
  const start = at * known.length;
  const own: number[] = [];
  let end = start;
  for (const { day, totals, codes } of known) {
    const total = totals[position] ?? Number.NaN;
    if (Number.isNaN(total)) continue;
    own.push(day);
    room.totals[end] = total;
    room.codes[end] = codes[position] ?? 0;
    end += 1;
  }
  const codes = room.codes.subarray(start, end);
  return {
    days: own.length === known.length ? allDays : Int32Array.from(own),
    totals: room.totals.subarray(start, end),
    marks: { at: (place) => allMarks[codes.at(place) ?? -1] },
  };
}
