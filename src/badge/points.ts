/** From a chart's data to the points that are drawn. */
import type { Chart, ValueParts } from '../core/numbers/chart.ts';
import type { Mark } from '../core/model/mark.ts';
import { isMarked } from '../core/numbers/value-parts.ts';
import type { ChartPoint } from './drawing.ts';

/** The points of a chart's only line, or of the sum of several; days without a value are left out. */
export function pointsOf({ days, lines, remarks }: Chart): readonly ChartPoint[] {
  return days.flatMap((day, at): ChartPoint[] => {
    const known = lines.flatMap(({ values }) => values[at] ?? []);
    const value = known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0);
    const parts = remarks.get(day);
    return value === null ? [] : [{ day, value, mark: parts && markOf(parts), days: parts && daysOf(parts) }];
  });
}

/** Inconsistent wins over backfilled; each only where it is true of a tenth of the value or more. */
function markOf(parts: ValueParts): Mark {
  if (isMarked(parts, 'inconsistent') || isMarked(parts, 'frozen') || isMarked(parts, 'still')) return 'inconsistent';
  return isMarked(parts, 'backfilled') ? 'backfilled' : 'read';
}

function daysOf(parts: ValueParts): number | undefined {
  return isMarked(parts, 'severalDays') ? parts.parts.get('severalDays')?.days : undefined;
}
