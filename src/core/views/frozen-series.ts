/** The stored series with what the other images of their owners say: whether the registry updated its counters. */
import type { ImageSeries } from '../model/history.ts';
import { imageKey } from '../model/image.ts';
import type { SeriesQuery } from '../model/query.ts';
import { findFreezes, hasPublishedDays, ownerOf, withStillDays, type Freeze } from '../numbers/freezes.ts';
import type { SnapshotStore } from '../ports.ts';

export interface FrozenSeries {
  readonly series: readonly ImageSeries[];
  readonly freezes: readonly Freeze[];
}

/** The series of a query, all of their days, with the days on which their registry did not update them. */
export async function seriesWithFreezes(store: Pick<SnapshotStore, 'totals' | 'latest'>, query: SeriesQuery): Promise<FrozenSeries> {
  const series = await store.totals(query);
  const freezes = findFreezes([...series, ...(query.repos ? await siblings(store, query, series) : [])]);
  return { series: withStillDays(series, freezes), freezes };
}

/** The other images of the same owners, where the registry does not publish days. */
async function siblings(
  store: Pick<SnapshotStore, 'totals' | 'latest'>,
  { registries }: SeriesQuery,
  series: readonly ImageSeries[],
): Promise<readonly ImageSeries[]> {
  const known = new Set(series.map(imageKey));
  const owners = new Set(series.filter((image) => !hasPublishedDays(image)).map(ownerKey));
  if (owners.size === 0) return [];
  const others = (await store.latest({ registries })).filter((image) => owners.has(ownerKey(image)) && !known.has(imageKey(image)));
  if (others.length === 0) return [];
  const names = new Set(others.map(imageKey));
  const found = await store.totals({ registries, repos: new Set(others.map(({ repo }) => repo)) });
  return found.filter((image) => names.has(imageKey(image)));
}

function ownerKey({ registry, repo }: { readonly registry: string; readonly repo: string }): string {
  return `${registry} ${ownerOf(repo)}`;
}
