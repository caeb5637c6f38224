import { toEpochDay, type Day } from '../core/model/day.ts';
import { AppError } from '../core/model/errors.ts';
import type { SnapshotStore } from '../core/ports.ts';

/** That a day has no snapshot, and where its totals are if retention has deleted it (not_found). */
export async function noSnapshotOf(store: Pick<SnapshotStore, 'totals'>, day: Day): Promise<AppError> {
  const epochDay = toEpochDay(day);
  const series = await store.totals({}, { from: day, to: day });
  const hasTotals = series.some(({ days }) => Array.from(days).includes(epochDay));
  const hint = `: RETENTION_DAYS has deleted it, its totals are in /api/pulls?from=${day}&to=${day}`;
  return new AppError('not_found', `there is no snapshot of ${day}${hasTotals ? hint : ''}`);
}
