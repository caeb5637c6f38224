/** From a chart's data to the points that are drawn. */
import { sumLabel, type Chart, type ChartRemark } from '../core/numbers/chart.ts';
import type { Mark } from '../core/model/mark.ts';
import type { ChartPoint } from './drawing.ts';

/** The points of a chart's only line; days without a value are left out. */
export function pointsOf({ days, lines, remarks }: Chart): readonly ChartPoint[] {
  const values = lines.find(({ label }) => label === sumLabel)?.values ?? [];
  return days.flatMap((day, at): ChartPoint[] => {
    const value = values[at] ?? null;
    return value === null ? [] : [{ day, value, mark: markOf(remarks.get(day)) }];
  });
}

/** Inconsistent wins over backfilled. */
function markOf(remark: ChartRemark | undefined): Mark {
  if (remark && remark.doubtful > 0) return 'restated';
  return remark && remark.backfilled > 0 ? 'backfilled' : 'read';
}
