/** The totals of one image by day, as packed columns: a decade of a few hundred images has to fit into some megabytes. */
import type { EpochDay } from '../../core/model/day.ts';
import { marks as allMarks, type Mark, type Marks } from '../../core/model/mark.ts';

export interface DaySeries {
  /** Sets the total of a day and its mark, whether the day had one or not. */
  set(day: EpochDay, total: number, mark: Mark): void;
  delete(day: EpochDay): void;
  has(day: EpochDay): boolean;
  /** What is known of a day. */
  get(day: EpochDay): { readonly total: number; readonly mark: Mark } | undefined;
  totalOf(day: EpochDay): number | undefined;
  /** The oldest day; undefined when there is none. */
  first(): EpochDay | undefined;
  /** The newest day and its total; undefined when there is none. */
  last(): { readonly day: EpochDay; readonly total: number } | undefined;
  /** The newest day before this one and its total; undefined when there is none. */
  lastBefore(day: EpochDay): { readonly day: EpochDay; readonly total: number } | undefined;
  /** The day and the known ones beside it: nothing else depends on its total. `hasBefore`: the first of them comes before the day. */
  around(day: EpochDay): Columns & { readonly hasBefore: boolean };
  /** The columns themselves, days ascending, until the next change. */
  view(): Columns;
  /** Copies of the columns, days ascending; later changes do not reach them. */
  columns(): Columns;
}

const firstCapacity = 32;

/** Days ascending, with the total of each and the code of its mark. */
export interface Columns {
  readonly days: Int32Array;
  readonly totals: Float64Array;
  readonly codes: Uint8Array;
}

/** Marks that are kept as codes: a mark's code is its position among all marks. */
export function unpackMarks(codes: Uint8Array): Marks {
  return { at: (position) => allMarks[codes.at(position) ?? -1] };
}

/** A series; it takes over the columns that it begins with. */
export function createDaySeries(first?: Columns): DaySeries {
  let days = first?.days ?? new Int32Array(firstCapacity);
  // Totals exceed 2^31, and are whole up to 2^53.
  let totals = first?.totals ?? new Float64Array(firstCapacity);
  let codes = first?.codes ?? new Uint8Array(firstCapacity);
  let length = first?.days.length ?? 0;

  const position = (day: EpochDay): number => positionIn(days, length, day);
  /** -1 where the day has no total. */
  const find = (day: EpochDay): number => {
    const at = position(day);
    return at < length && days[at] === day ? at : -1;
  };

  function grow(): void {
    // Thousands of images have such columns: what is kept free costs more than growing now and then.
    const size = length + Math.max(firstCapacity, length >> 2);
    [days, totals, codes] = [
      filled(new Int32Array(size), days),
      filled(new Float64Array(size), totals),
      filled(new Uint8Array(size), codes),
    ];
  }

  function copy(from: number, to: number): Columns {
    return { days: days.slice(from, to), totals: totals.slice(from, to), codes: codes.slice(from, to) };
  }

  return {
    set(day, total, mark) {
      const at = position(day);
      if (at === length || days[at] !== day) {
        if (length === days.length) grow();
        for (const column of [days, totals, codes]) column.copyWithin(at + 1, at, length);
        length += 1;
      }
      days[at] = day;
      totals[at] = total;
      codes[at] = allMarks.indexOf(mark);
    },
    delete(day) {
      const at = find(day);
      if (at === -1) return;
      for (const column of [days, totals, codes]) column.copyWithin(at, at + 1, length);
      length -= 1;
    },
    has: (day) => find(day) !== -1,
    get(day) {
      const at = find(day);
      const [total, mark] = [totals[at], allMarks[codes[at] ?? -1]];
      return total !== undefined && mark !== undefined ? { total, mark } : undefined;
    },
    totalOf: (day) => totals[find(day)],
    first: () => (length === 0 ? undefined : days[0]),
    last: () => entryIn(days, totals, length - 1),
    lastBefore: (day) => entryIn(days, totals, position(day) - 1),
    around(day) {
      const at = position(day);
      const to = Math.min(length, find(day) === -1 ? at + 1 : at + 2);
      return { ...copy(Math.max(0, at - 1), to), hasBefore: at > 0 };
    },
    view: () => ({ days: days.subarray(0, length), totals: totals.subarray(0, length), codes: codes.subarray(0, length) }),
    columns: () => copy(0, length),
  };
}

function entryIn(days: Int32Array, totals: Float64Array, at: number): { readonly day: EpochDay; readonly total: number } | undefined {
  const [day, total] = [days[at], totals[at]];
  return day === undefined || total === undefined ? undefined : { day, total };
}

function filled<Column extends Int32Array | Float64Array | Uint8Array>(column: Column, values: ArrayLike<number>): Column {
  column.set(values);
  return column;
}

/** Where a day is among the first `length`, or would have to be put. */
function positionIn(days: Int32Array, length: number, day: EpochDay): number {
  let low = 0;
  let high = length;
  // Days nearly always come in order.
  if (high > 0 && day > (days[high - 1] ?? 0)) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((days[middle] ?? 0) < day) low = middle + 1;
    else high = middle;
  }
  return low;
}
