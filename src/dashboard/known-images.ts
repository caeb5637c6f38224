import type { SnapshotStore } from '../core/ports.ts';
import type { GroupedQuery } from '../core/views/groups.ts';
import { freezesOf, seriesWithFreezes, type FrozenSeries } from '../core/views/frozen-series.ts';
import type { KnownHistory } from '../core/views/images.ts';

type FrozenHistory = KnownHistory & FrozenSeries;

/** All that the store knows of the images of a query that may name groups. */
export async function knownGroupedImages(store: SnapshotStore, { query, has }: GroupedQuery): Promise<FrozenHistory> {
  const [latest, { series: found, freezes }, days] = await Promise.all([
    store.latest(query),
    seriesWithFreezes(store, query),
    store.days(),
  ]);
  const series = found.filter(has);
  return { latest: latest.filter(has), series, freezes: freezesOf(series, freezes), newestDay: days.at(-1) };
}
