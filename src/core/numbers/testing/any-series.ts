/** Series of any kind, for properties: with gaps, every mark, totals that fall, notes, first days at different times. */
import * as fc from 'fast-check';
import type { DayNote, ImageSeries } from '../../model/history.ts';
import { imageKey } from '../../model/image.ts';
import { marks } from '../../model/mark.ts';

export const firstDay = 20_500;
export const lastDay = firstDay + 60;

const anyKnown = fc.record({
  day: fc.integer({ min: firstDay, max: lastDay }),
  total: fc.oneof(fc.nat(10_000), fc.constantFrom(0, 100, 100, 100)),
  mark: fc.constantFrom('read' as const, 'read' as const, ...marks),
  note: fc.option(fc.record({ dayPulls: fc.nat(50) }), { nil: undefined, freq: 5 }),
});

const anyImage: fc.Arbitrary<ImageSeries> = fc
  .record({
    registry: fc.constantFrom('dockerhub', 'ghcr', 'quay'),
    repo: fc.constantFrom('acme/a', 'acme/b', 'b-b/a'),
    known: fc.uniqueArray(anyKnown, { selector: ({ day }) => day, minLength: 1, maxLength: 20 }),
  })
  .map(({ known, ...name }) => {
    const sorted = known.toSorted((a, b) => a.day - b.day);
    const notes = new Map(sorted.flatMap(({ day, note }): [number, DayNote][] => (note ? [[day, note]] : [])));
    return {
      ...name,
      days: sorted.map(({ day }) => day),
      totals: sorted.map(({ total }) => total),
      marks: sorted.map(({ mark }) => mark),
      notes,
    };
  });

export const anySeries = fc.uniqueArray(anyImage, { selector: imageKey, maxLength: 9 });
