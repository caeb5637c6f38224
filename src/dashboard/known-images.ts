import type { SeriesQuery } from '../core/model/query.ts';
import type { SnapshotStore } from '../core/ports.ts';
import type { GroupedQuery } from '../core/views/groups.ts';
import { seriesWithFreezes } from '../core/views/frozen-series.ts';
import type { KnownHistory } from '../core/views/images.ts';

/** All that the store knows of the images of a query. */
async function knownImages(store: SnapshotStore, query: SeriesQuery = {}): Promise<KnownHistory> {
  const [latest, { series }, days] = await Promise.all([store.latest(query), seriesWithFreezes(store, query), store.days()]);
  return { latest, series, newestDay: days.at(-1) };
}

/** The same for a query that may name groups. */
export async function knownGroupedImages(store: SnapshotStore, { query, has }: GroupedQuery): Promise<KnownHistory> {
  const known = await knownImages(store, query);
  return { ...known, latest: known.latest.filter(has), series: known.series.filter(has) };
}
