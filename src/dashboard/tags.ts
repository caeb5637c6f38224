/** When the tags of an image moved. */
import type { Tag } from '../core/model.ts';

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
