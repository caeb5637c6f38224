/** How many days a value covers. */
import type { ImageSeries } from '../model/history.ts';

/**
 * How many days the pulls of a known day cover: those since the known day before, 1 where that is yesterday. Days on which the
 * registry did not update its counter are covered by the next value too. The first known day covers itself alone.
 */
export function coveredDays({ days, still }: Pick<ImageSeries, 'days' | 'still'>, at: number): number {
  const day = days[at] ?? 0;
  if (still?.has(day)) return 1;
  let before = at - 1;
  while (before > 0 && still?.has(days[before] ?? 0)) before -= 1;
  return before < 0 ? 1 : day - (days[before] ?? 0);
}
