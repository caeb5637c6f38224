/** The newest known tags of an image, per registry. */
import { addDays } from '../core/day.ts';
import type { Tag } from '../core/model.ts';
import type { SnapshotStore } from '../core/ports.ts';
import { readingsOf } from '../core/snapshot.ts';
import { keepDays } from '../core/summary.ts';

/** Tags by registry, from the newest snapshot that has them; a registry whose tags were not read lately is not there. */
export async function newestTags(
  store: SnapshotStore,
  repo: string,
  registries: readonly string[],
): Promise<ReadonlyMap<string, readonly Tag[]>> {
  const days = await store.days();
  const oldest = addDays(days.at(-1) ?? '1970-01-01', -keepDays);
  const found = new Map<string, readonly Tag[]>();
  for (const day of days.toReversed()) {
    if (day < oldest || found.size === registries.length) break;
    const snapshot = await store.snapshot(day);
    for (const reading of snapshot ? readingsOf(snapshot) : []) {
      if (reading.repo === repo && reading.tags && !found.has(reading.registry)) found.set(reading.registry, reading.tags);
    }
  }
  return found;
}

/** The tags that last moved on a day, for marks on a chart. */
export interface Release {
  readonly day: string;
  readonly tags: readonly string[];
}

/** The days on which tags moved, oldest first. */
export function releasesOf(tags: Iterable<readonly Tag[]>): readonly Release[] {
  const byDay = new Map<string, Set<string>>();
  for (const { name, lastUpdated } of [...tags].flat()) {
    const epochMs = Date.parse(lastUpdated ?? '');
    if (Number.isNaN(epochMs)) continue;
    const day = new Date(epochMs).toISOString().slice(0, 10);
    byDay.set(day, (byDay.get(day) ?? new Set()).add(name));
  }
  return [...byDay].map(([day, names]) => ({ day, tags: [...names] })).toSorted((a, b) => (a.day < b.day ? -1 : 1));
}
