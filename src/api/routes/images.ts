import { asksFor, trackedImages, type ImageName, type TrackedImage } from '../../core/images.ts';
import type { Clock, SeriesQuery, SnapshotStore } from '../../core/ports.ts';
import type { Cell, Table } from '../table.ts';

export interface ImagesDeps {
  readonly store: SnapshotStore;
  readonly clock: Clock;
  /** The images that the configuration names one by one. */
  readonly configured: readonly ImageName[];
  /** A total that was read longer ago than this is stale. */
  readonly staleAfterMs: number;
}

const cellOf = {
  registry: ({ registry }) => registry,
  name: ({ repo }) => repo,
  pull_count: ({ pullCount }) => pullCount,
  tag_count: ({ tagCount }) => tagCount,
  pulls_1d: ({ lastDay }) => lastDay.pulls,
  pulls_7d: ({ lastWeek }) => lastWeek.pulls,
  pulls_30d: ({ last30Days }) => last30Days.pulls,
  change_1d: ({ lastDay }) => lastDay.change,
  change_7d: ({ lastWeek }) => lastWeek.change,
  change_30d: ({ last30Days }) => last30Days.change,
  last_updated: ({ lastUpdated }) => lastUpdated,
  first_seen: ({ firstSeen }) => firstSeen,
  history_since: ({ historySince }) => historySince,
  backfilled_days: ({ backfilledDays }) => backfilledDays,
  last_read: ({ lastRead }) => lastRead,
  stale: ({ stale }) => stale,
  doubt: ({ doubt }) => doubt,
} satisfies Readonly<Record<string, (image: TrackedImage) => Cell>>;

/** One row an image and registry, by registry, then name. */
export async function imagesTable({ store, clock, configured, staleAfterMs }: ImagesDeps, query: SeriesQuery): Promise<Table> {
  const [latest, series, days] = await Promise.all([store.latest(query), store.totals(query), store.days()]);
  const asked = configured.filter((image) => asksFor(query, image));
  const images = trackedImages({ latest, series, newestDay: days.at(-1) }, asked, { now: clock.now(), staleAfterMs });
  return { columns: Object.keys(cellOf), rows: images.map((image) => Object.values(cellOf).map((cell) => cell(image))) };
}
