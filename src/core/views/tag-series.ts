/** How often tags were downloaded over time, as series: a chart draws them as it draws images. */
import { toEpochDay, type EpochDay } from '../model/day.ts';
import type { ImageSeries, StoredReading } from '../model/history.ts';
import { imageKey, type ImageName } from '../model/image.ts';
import type { DayRange } from '../model/query.ts';
import { tagHistory, type TagDay } from './tags.ts';

/** Tags of one image that were downloaded alike on each day, because they always pointed at the same version. */
export interface TagSeries extends ImageName {
  readonly tags: readonly string[];
  /** Its totals are the downloads under the tags; the image's name is that of the image. */
  readonly series: ImageSeries;
}

interface Points {
  readonly image: ImageName;
  readonly tag: string;
  readonly days: EpochDay[];
  readonly totals: number[];
}

/** The tags with counts in these readings, by day, then registry, repo and tag. A day on which a tag was not among those read has no value. */
export async function tagSeries(readings: AsyncIterable<StoredReading>, range: DayRange = {}): Promise<readonly TagSeries[]> {
  const byTag = new Map<string, Points>();
  for await (const row of tagHistory(readings, range)) {
    const { registry, repo, tag } = row;
    const key = JSON.stringify([registry, repo, tag]);
    const points = byTag.get(key) ?? { image: { registry, repo }, tag, days: [], totals: [] };
    byTag.set(key, points);
    addDay(points, row);
  }
  return mergeAlike([...byTag.values()]);
}

/** What a new tag has on its first day are pulls of that day: they need a total before. */
function addDay({ days, totals }: Points, { day, pullCount, pulls }: TagDay): void {
  const epochDay = toEpochDay(day);
  if (days.length === 0 && pulls > 0) {
    days.push(epochDay - 1);
    totals.push(pullCount - pulls);
  }
  days.push(epochDay);
  totals.push(pullCount);
}

function mergeAlike(all: readonly Points[]): TagSeries[] {
  const merged = new Map<string, { readonly points: Points; readonly tags: string[] }>();
  for (const points of all) {
    const { image, tag, days, totals } = points;
    const start = totals[0] ?? 0;
    const key = JSON.stringify([imageKey(image), days, totals.map((total) => total - start)]);
    const alike = merged.get(key);
    if (alike) alike.tags.push(tag);
    else merged.set(key, { points, tags: [tag] });
  }
  return Array.from(merged.values(), ({ points: { image, days, totals }, tags }) => ({
    ...image,
    tags,
    series: { ...image, days, totals, marks: days.map(() => 'read' as const) },
  }));
}
