import type { SeriesQuery } from '../core/model/query.ts';
import type { SnapshotStore } from '../core/ports.ts';
import type { GroupedQuery } from '../core/views/groups.ts';
import { freezesOf, seriesWithFreezes, type FrozenSeries } from '../core/views/frozen-series.ts';
import type { KnownHistory } from '../core/views/images.ts';

type FrozenHistory = KnownHistory & FrozenSeries;

/** All that the store knows of the images of a query. */
async function knownImages(store: SnapshotStore, query: SeriesQuery = {}): Promise<FrozenHistory> {
  const [latest, { series, freezes }, days] = await Promise.all([store.latest(query), seriesWithFreezes(store, query), store.days()]);
  return { latest, series, freezes, newestDay: days.at(-1) };
}

/** The same for a query that may name groups. */
export async function knownGroupedImages(store: SnapshotStore, { query, has }: GroupedQuery): Promise<FrozenHistory> {
  const known = await knownImages(store, query);
  const series = known.series.filter(has);
  return { ...known, latest: known.latest.filter(has), series, freezes: freezesOf(series, known.freezes) };
}
