import { AppError } from '../../core/model/errors.ts';
import type { SnapshotStore } from '../../core/ports.ts';
import { endpoint } from '../endpoint.ts';
import { noSnapshotOf } from '../no-snapshot.ts';
import { snapshotDate } from '../parameters.ts';
import { dataResponses, nothingOfThatDate } from '../responses.ts';
import { named, object, text } from '../schema.ts';

const snapshot = named('Snapshot', { ...object({ timestamp: text() }), additionalProperties: {} });

export const snapshotEndpoint = endpoint({
  path: '/api/snapshot',
  summary: 'A stored snapshot, the newest or that of a day',
  query: { date: snapshotDate },
  responses: { ...dataResponses({ 'application/json': snapshot }), 404: nothingOfThatDate },
  async handle({ query }, { store }: { readonly store: SnapshotStore }) {
    return { type: 'application/json', chunks: await findSnapshot(store, query.date) };
  },
});

/**
 * The stored snapshot of a day, or the newest that can be read.
 * @throws AppError not_found
 */
async function findSnapshot(store: SnapshotStore, date: string | undefined): Promise<AsyncIterable<string>> {
  const days = date === undefined ? (await store.days()).toReversed() : [date];
  for (const day of days) {
    const found = await store.snapshot(day);
    if (found) return found;
  }
  throw date === undefined ? new AppError('not_found', 'there is no snapshot yet') : await noSnapshotOf(store, date);
}
