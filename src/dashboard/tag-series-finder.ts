/** The pulls of tags, read once for as long as the same page is looked at: each word that someone types asks for them again, and they are in the snapshots of many days. */
import { imageKey, type ImageName } from '../core/model/image.ts';
import { queryOf, type DayRange } from '../core/model/query.ts';
import type { SnapshotStore } from '../core/ports.ts';
import { tagSeries, type TagSeries } from '../core/views/tag-series.ts';

/** @throws AppError internal, as the store does */
export type TagSeriesFinder = (images: readonly ImageName[], range: DayRange) => Promise<readonly TagSeries[]>;

export function createTagSeriesFinder(store: Pick<SnapshotStore, 'readings' | 'version'>): TagSeriesFinder {
  let last: { readonly key: string; readonly found: Promise<readonly TagSeries[]> } | undefined;
  return (images, range) => {
    const key = JSON.stringify([store.version(), images.map(imageKey), range.from, range.to]);
    if (last?.key === key) return last.found;
    const found = find(store, images, range);
    last = { key, found };
    // What failed is read anew.
    found.catch(() => {
      if (last?.found === found) last = undefined;
    });
    return found;
  };
}

async function find(store: Pick<SnapshotStore, 'readings'>, images: readonly ImageName[], range: DayRange): Promise<readonly TagSeries[]> {
  const keys = new Set(images.map(imageKey));
  // A group may have images of one name in some of these registries only.
  return (await tagSeries(store.readings(queryOf(images), range))).filter((each) => keys.has(imageKey(each)));
}
