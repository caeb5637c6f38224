/** The tracked images with what is known of each; before the first snapshot those that the configuration names. */
import { dayOf, fromEpochDay, toEpochDay } from '../../core/day.ts';
import { growthOf, type Growth } from '../../core/growth.ts';
import { marks, type Mark } from '../../core/model.ts';
import type { Clock, ImageSeries, LatestImage, SeriesQuery, SnapshotStore } from '../../core/ports.ts';
import { compareText } from '../../core/series.ts';
import { currentImages } from '../../core/summary.ts';
import type { Cell, Table } from '../table.ts';

export interface ConfiguredImage {
  readonly registry: string;
  readonly repo: string;
}

export interface ImagesDeps {
  readonly store: SnapshotStore;
  readonly clock: Clock;
  /** The images that the configuration names one by one. */
  readonly configured: readonly ConfiguredImage[];
  /** A total that was read longer ago than this is stale. */
  readonly staleAfterMs: number;
}

const columns = [
  'registry',
  'name',
  'pull_count',
  'tag_count',
  'pulls_1d',
  'pulls_7d',
  'pulls_30d',
  'change_1d',
  'change_7d',
  'change_30d',
  'last_updated',
  'first_seen',
  'history_since',
  'backfilled_days',
  'last_read',
  'stale',
  'doubt',
] as const;

type ImageRow = Readonly<Record<(typeof columns)[number], Cell>>;

/** One row an image and registry, by registry, then name. */
export async function imagesTable(deps: ImagesDeps, query: SeriesQuery): Promise<Table> {
  const { store, clock, staleAfterMs } = deps;
  const [latest, series, days] = await Promise.all([store.latest(query), store.totals(query), store.days()]);
  const seriesByKey = new Map(series.map((image) => [keyOf(image), image]));
  const latestByKey = new Map(latest.map((image) => [keyOf(image), image]));
  const newestDay = days.at(-1);
  const shown = new Map<string, ConfiguredImage>();
  for (const image of deps.configured) if (asksFor(query, image)) shown.set(keyOf(image), image);
  for (const image of newestDay === undefined ? [] : currentImages(latest, newestDay)) shown.set(keyOf(image), image);

  const now = clock.now();
  const ordered = [...shown.values()].toSorted((a, b) => compareText(a.registry, b.registry) || compareText(a.repo, b.repo));
  const rows = ordered.map((image) => {
    const key = keyOf(image);
    const row = rowOf(image, latestByKey.get(key), seriesByKey.get(key), now, staleAfterMs);
    return columns.map((column) => row[column]);
  });
  return { columns, rows };
}

function rowOf(
  { registry, repo }: ConfiguredImage,
  latest: LatestImage | undefined,
  series: ImageSeries | undefined,
  now: number,
  staleAfterMs: number,
): ImageRow {
  // Today is not over yet.
  const yesterday = toEpochDay(dayOf(now)) - 1;
  const growthOver = (length: number): Growth => (series ? growthOf(series, yesterday, length) : {});
  const [day, week, month] = [growthOver(1), growthOver(7), growthOver(30)];
  const known: Mark[] = Array.from(series?.marks ?? [], (mark) => marks[mark] ?? 'read');
  const newest = known.at(-1);
  const readAt = latest?.readAt;
  return {
    registry,
    name: repo,
    pull_count: latest?.pullCount,
    tag_count: latest?.tagCount,
    pulls_1d: day.pulls,
    pulls_7d: week.pulls,
    pulls_30d: month.pulls,
    change_1d: day.change,
    change_7d: week.change,
    change_30d: month.change,
    last_updated: latest?.lastUpdated,
    first_seen: dayAt(
      series,
      known.findIndex((mark) => mark !== 'backfilled'),
    ),
    history_since: dayAt(series, 0),
    backfilled_days: known.filter((mark) => mark === 'backfilled').length,
    last_read: readAt,
    stale: readAt === undefined || now - Date.parse(readAt) > staleAfterMs,
    doubt: newest === 'frozen' || newest === 'restated' ? newest : undefined,
  };
}

function dayAt(series: ImageSeries | undefined, at: number): string | undefined {
  const day = series?.days[at];
  return day === undefined ? undefined : fromEpochDay(day);
}

function keyOf({ registry, repo }: ConfiguredImage): string {
  return `${registry} ${repo}`;
}

function asksFor({ registries, repos }: SeriesQuery, { registry, repo }: ConfiguredImage): boolean {
  return (registries?.has(registry) ?? true) && (repos?.has(repo) ?? true);
}
