/** Whole series from totals day by day: of thousands of images a database gives these many times faster than one image after the other. */
import type { EpochDay } from '../model/day.ts';
import { toDayNote, type DailyTotals, type DayNote, type ImageSeries } from '../model/history.ts';
import { marks as allMarks } from '../model/mark.ts';
import type { Discrepancy } from '../model/reading.ts';

interface KnownDay {
  readonly day: EpochDay;
  /** By position; NaN where there is none. */
  readonly totals: Float64Array;
  /** By position: the place of its mark among all marks. */
  readonly codes: Uint8Array;
  /** By position; NaN where there are none, absent where nobody has any. */
  readonly dayPulls: Float64Array | undefined;
  /** By position; few have one. */
  readonly discrepancies: ReadonlyMap<number, Discrepancy>;
}

/** The series of totals that have their marks, some at a time; of an image without a total there is none. */
export async function* collectSeries({ images, days }: DailyTotals, atOnce: number): AsyncGenerator<readonly ImageSeries[]> {
  const known: KnownDay[] = [];
  for await (const { day, totals, marks = [], notes } of days) {
    known.push({
      day,
      totals,
      codes: Uint8Array.from(marks, (mark = 'read') => codeOf.get(mark) ?? 0),
      ...packNotes(notes, totals.length),
    });
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
        notes: notesAt(known, first + at),
      }))
      .filter(({ days: own }) => own.length > 0);
  }
}

/** An object for each day of thousands of images would take several times what their totals take. */
function packNotes(notes: ReadonlyMap<number, DayNote>, images: number): Pick<KnownDay, 'dayPulls' | 'discrepancies'> {
  const discrepancies = new Map<number, Discrepancy>();
  const packed = new Float64Array(notes.size === 0 ? 0 : images).fill(Number.NaN);
  for (const [position, { dayPulls, discrepancy }] of notes) {
    if (dayPulls !== undefined) packed[position] = dayPulls;
    if (discrepancy) discrepancies.set(position, discrepancy);
  }
  return { dayPulls: notes.size === 0 ? undefined : packed, discrepancies };
}

function notesAt(known: readonly KnownDay[], position: number): ReadonlyMap<EpochDay, DayNote> {
  const notes = new Map<EpochDay, DayNote>();
  for (const { day, dayPulls, discrepancies } of known) {
    const pulls = dayPulls?.[position] ?? Number.NaN;
    const note = toDayNote({ dayPulls: Number.isNaN(pulls) ? undefined : pulls, discrepancy: discrepancies.get(position) });
    if (note) notes.set(day, note);
  }
  return notes;
}

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
