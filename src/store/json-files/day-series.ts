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
  /** The oldest day; undefined when there is none. */
  first(): EpochDay | undefined;
  /** The newest day and its total; undefined when there is none. */
  last(): { readonly day: EpochDay; readonly total: number } | undefined;
  /** The day and the known ones beside it: nothing else depends on its total. `hasBefore`: the first of them comes before the day. */
  around(day: EpochDay): Columns & { readonly hasBefore: boolean };
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

export function createDaySeries(): DaySeries {
  let days = new Int32Array(firstCapacity);
  // Totals exceed 2^31, and are whole up to 2^53.
  let totals = new Float64Array(firstCapacity);
  let codes = new Uint8Array(firstCapacity);
  let length = 0;

  /** Where the day is, or would have to be put. */
  function position(day: EpochDay): number {
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

  function grow(): void {
    const [smallDays, smallTotals, smallCodes] = [days, totals, codes];
    days = new Int32Array(length * 2);
    totals = new Float64Array(length * 2);
    days.set(smallDays);
    totals.set(smallTotals);
    codes = new Uint8Array(length * 2);
    codes.set(smallCodes);
  }

  return {
    set(day, total, mark) {
      const at = position(day);
      if (at === length || days[at] !== day) {
        if (length === days.length) grow();
        days.copyWithin(at + 1, at, length);
        totals.copyWithin(at + 1, at, length);
        codes.copyWithin(at + 1, at, length);
        length += 1;
      }
      days[at] = day;
      totals[at] = total;
      codes[at] = allMarks.indexOf(mark);
    },
    delete(day) {
      const at = position(day);
      if (at === length || days[at] !== day) return;
      days.copyWithin(at, at + 1, length);
      totals.copyWithin(at, at + 1, length);
      codes.copyWithin(at, at + 1, length);
      length -= 1;
    },
    has(day) {
      const at = position(day);
      return at < length && days[at] === day;
    },
    get(day) {
      const at = position(day);
      const [total, mark] = [totals[at], allMarks[codes[at] ?? -1]];
      return at < length && days[at] === day && total !== undefined && mark !== undefined ? { total, mark } : undefined;
    },
    first: () => (length === 0 ? undefined : days[0]),
    last() {
      const [day, total] = [days[length - 1], totals[length - 1]];
      return length === 0 || day === undefined || total === undefined ? undefined : { day, total };
    },
    around(day) {
      const at = position(day);
      const [from, to] = [Math.max(0, at - 1), Math.min(length, days[at] === day && at < length ? at + 2 : at + 1)];
      return { days: days.slice(from, to), totals: totals.slice(from, to), codes: codes.slice(from, to), hasBefore: at > 0 };
    },
    columns: () => ({ days: days.slice(0, length), totals: totals.slice(0, length), codes: codes.slice(0, length) }),
  };
}
