import { AppError } from '../../core/model/errors.ts';
import type { SnapshotStore } from '../../core/ports.ts';
import type { SnapshotDocument } from '../../core/document/snapshot.ts';

/**
 * The stored snapshot of a day, or the newest that can be read.
 * @throws AppError not_found
 */
export async function snapshotAnswer(store: SnapshotStore, date: string | undefined): Promise<SnapshotDocument> {
  const days = date === undefined ? (await store.days()).toReversed() : [date];
  for (const day of days) {
    const snapshot = await store.snapshot(day);
    if (snapshot) return snapshot;
  }
  throw new AppError('not_found', date === undefined ? 'there is no snapshot yet' : `there is no snapshot of ${date}`);
}
