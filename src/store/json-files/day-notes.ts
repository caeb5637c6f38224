/** What is known of single days of one image beside their totals. GHCR counts the pulls of nearly every day: these are packed, the rest is rare. */
import type { EpochDay } from '../../core/model/day.ts';
import { toDayNote, type DayNote } from '../../core/model/history.ts';
import type { Discrepancy } from '../../core/model/reading.ts';
import { createDaySeries, type DaySeries } from './day-series.ts';

/** By day, ascending. */
export interface DayNotes extends ReadonlyMap<EpochDay, DayNote> {
  set(day: EpochDay, note: DayNote): void;
  delete(day: EpochDay): void;
  /** What later changes do not reach. */
  copy(): DayNotes;
  /** What it is made of. */
  parts(): { readonly dayPulls: DaySeries | undefined; readonly discrepancies: readonly (readonly [EpochDay, Discrepancy])[] };
}

/** Notes; they take over the pulls that they begin with. */
export function createDayNotes(pulls?: DaySeries, known?: ReadonlyMap<EpochDay, Discrepancy>): DayNotes {
  // Most images have neither.
  let dayPulls = pulls;
  let discrepancies = known?.size ? new Map(known) : undefined;

  const get = (day: EpochDay): DayNote | undefined =>
    dayPulls || discrepancies ? toDayNote({ dayPulls: dayPulls?.totalOf(day), discrepancy: discrepancies?.get(day) }) : undefined;

  function days(): readonly EpochDay[] {
    const withPulls = Array.from(dayPulls?.view().days ?? []);
    if (!discrepancies?.size) return withPulls;
    return [...new Set([...withPulls, ...discrepancies.keys()])].toSorted((a, b) => a - b);
  }

  function* entries(): MapIterator<[EpochDay, DayNote]> {
    for (const day of days()) {
      const note = get(day);
      if (note) yield [day, note];
    }
  }

  function remove(day: EpochDay): void {
    dayPulls?.delete(day);
    discrepancies?.delete(day);
  }

  const notes: DayNotes = {
    get,
    has: (day) => get(day) !== undefined,
    get size() {
      return days().length;
    },
    keys: () => days().values(),
    values: () => Array.from(entries(), ([, note]) => note).values(),
    entries,
    [Symbol.iterator]: entries,
    forEach(action) {
      for (const [day, note] of entries()) action(note, day, notes);
    },
    set(day, { dayPulls: count, discrepancy }) {
      remove(day);
      if (count !== undefined) (dayPulls ??= createDaySeries()).set(day, count, 'read');
      if (discrepancy !== undefined) (discrepancies ??= new Map()).set(day, discrepancy);
    },
    delete: remove,
    parts: () => ({ dayPulls, discrepancies: [...(discrepancies ?? [])] }),
    copy: () => createDayNotes(dayPulls && createDaySeries(dayPulls.columns()), discrepancies),
  };
  return notes;
}
