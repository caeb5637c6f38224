/** When the tags of an image moved. */
import { shownUnder, type ChartKind } from '../core/numbers/chart.ts';
import { dayMs } from '../core/model/day.ts';
import type { Tag } from '../core/model/reading.ts';
import { isAttachment } from '../core/model/tag.ts';

/** The tags that last moved on a day, or in the week or month that begins with it. */
export interface Release {
  readonly day: string;
  readonly tags: readonly string[];
}

/** When tags moved, for marks on a chart of this kind, oldest first. */
export function releasesOf(tags: Iterable<readonly Tag[]>, kind: ChartKind): readonly Release[] {
  const byDay = new Map<string, Set<string>>();
  for (const tag of [...tags].flat()) {
    const epochMs = Date.parse(tag.lastUpdated ?? '');
    if (Number.isNaN(epochMs) || isAttachment(tag)) continue;
    const day = shownUnder(Math.floor(epochMs / dayMs), kind);
    byDay.set(day, (byDay.get(day) ?? new Set()).add(tag.name));
  }
  return [...byDay].map(([day, names]) => ({ day, tags: [...names] })).toSorted((a, b) => (a.day < b.day ? -1 : 1));
}
