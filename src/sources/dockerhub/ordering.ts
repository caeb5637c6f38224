/** Which way a list runs, seen from its rows: the sign of Docker Hub's `ordering` means the opposite of what it should (seen 2026-09). */
import type { Page } from './schema.ts';

export type Direction = 'ascending' | 'descending' | 'unclear';

/** Which way the values run, whatever was asked for; rows without a value are passed over. */
export function directionOf(values: readonly (string | number | undefined)[]): Direction {
  const known = values.filter((value) => value !== undefined);
  let rises = 0;
  let falls = 0;
  for (const [index, value] of known.entries()) {
    const previous = known[index - 1];
    if (previous === undefined) continue;
    if (value > previous) rises += 1;
    if (value < previous) falls += 1;
  }
  if (rises > 0 && falls === 0) return 'ascending';
  return falls > 0 && rises === 0 ? 'descending' : 'unclear';
}

/**
 * Whether there is another page. What page size was asked for says nothing: for three days Docker Hub gave 25 rows whatever it was
 * (docker/hub-feedback#2343).
 * @param rowsRead of this list, up to this page
 */
export function hasMore({ next, count, results }: Page, rowsRead: number): boolean {
  if (results.length === 0) return false;
  return next === undefined ? rowsRead < count : next !== null && next !== '';
}
