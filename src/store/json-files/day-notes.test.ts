import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDayNote, type DayNote } from '../../core/model/history.ts';
import { createDayNotes } from './day-notes.ts';

const discrepancy = fc.record({
  kind: fc.constantFrom('frozen' as const, 'inconsistent' as const),
  by: fc.integer(),
  since: fc.constant('2026-03-14T12:00:00.000Z'),
});
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const step = fc.record({
  day: fc.integer({ min: 20_000, max: 20_040 }),
  note: optional(fc.record({ dayPulls: optional(fc.nat()), discrepancy: optional(discrepancy) })),
});

describe('notes of days', () => {
  it('behave as a sorted map, whatever is set and deleted, and a copy stays as it is', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.array(step, { maxLength: 10 }), (steps, later) => {
        const notes = createDayNotes();
        const model = new Map<number, DayNote>();
        for (const { day, note } of steps) {
          const known = note && toDayNote(note);
          if (known) model.set(day, known);
          else model.delete(day);
          if (note) notes.set(day, note);
          else notes.delete(day);
        }
        const sorted = [...model].toSorted(([a], [b]) => a - b);
        const copy = notes.copy();
        for (const { day, note } of later) notes.set(day, note ?? { dayPulls: 1 });

        expect([...copy]).toEqual(sorted);
        expect(copy.size).toBe(sorted.length);
        expect([...copy.keys()]).toEqual(sorted.map(([day]) => day));
        for (const day of [19_999, ...model.keys()]) expect([copy.get(day), copy.has(day)]).toEqual([model.get(day), model.has(day)]);
      }),
    );
  });
});
