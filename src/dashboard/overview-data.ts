/** What the overview shows: its rows, and the chart of them from what is kept, so that no history of all images is read. */
import { buildChart, largest, type Chart, type ChartOptions } from '../core/numbers/chart.ts';
import { addDaySums, daySumsOf, negated } from '../core/numbers/day-sums.ts';
import { withStillDays, type Freeze } from '../core/numbers/freezes.ts';
import { dayMakers, makersRange, type DayMaker } from '../core/numbers/day-makers.ts';
import { buildSumsChart } from '../core/numbers/sums-chart.ts';
import type { DaySum, ImageSeries, LatestImage } from '../core/model/history.ts';
import { imageKey, type ImageName } from '../core/model/image.ts';
import type { SnapshotStore } from '../core/ports.ts';
import { seriesOf, stillSums } from '../core/views/frozen-series.ts';
import { isMember } from '../core/views/groups.ts';
import { trackedImages, type TrackedImage } from '../core/views/images.ts';
import { todayOf, type PageDeps } from './context.ts';
import { matchesSearch, overviewRows, type OverviewRow } from './overview-rows.ts';
import { shownChart, type ShownChart } from './shown-chart.ts';
import type { View } from './view.ts';

/** The most lines that are still legible in a chart. */
const maxLines = 8;

export interface Overview {
  readonly images: readonly TrackedImage[];
  /** Those of all images, also of those that the view leaves out. */
  readonly registries: ReadonlySet<string>;
  /** What the search finds. */
  readonly rows: readonly OverviewRow[];
  /** What is in the chart although the search does not find it. */
  readonly kept: readonly OverviewRow[];
  readonly shown: ShownChart;
  /** Of the day of the view. */
  readonly makers: readonly DayMaker[];
  /** What is stored of the images of a row. */
  readonly latestOf: (row: OverviewRow) => readonly LatestImage[];
}

/** All that the page of a view shows. */
export async function overviewOf(deps: PageDeps, view: View): Promise<Overview> {
  const registries = view.registry === '' ? undefined : new Set([view.registry]);
  const [everything, days] = await Promise.all([deps.store.latest({}), deps.store.days()]);
  const latest = everything.filter(({ registry }) => registries?.has(registry) !== false);
  const members = deps.groups.flatMap((group) => group.members);
  const configured = [...deps.configured, ...members].filter(({ registry }) => registries?.has(registry) !== false);
  const moment = { now: deps.clock.now(), staleAfterMs: deps.staleAfterMs };
  const images = trackedImages({ latest, newestDay: days.at(-1) }, configured, moment);
  const nameOf = (image: ImageName): string => deps.groups.find((group) => isMember(group, image))?.name ?? image.repo;
  const all = overviewRows(images, view, nameOf);
  const rows = all.filter((row) => matchesSearch(row, view.search));
  const kept = all.filter((row) => view.repos.includes(row.repo) && !matchesSearch(row, view.search));
  const names = new Set(view.repos.length > 0 ? view.repos : rows.map(({ repo }) => repo));
  const byName = groupBy(latest, nameOf);
  const shown = latest.filter((image) => names.has(nameOf(image)));
  const freezes = await deps.freezes(everything.length);
  const charted = { latest, shown, nameOf, registries, freezes };
  return {
    images,
    registries: new Set(everything.map(({ registry }) => registry)),
    rows,
    kept,
    shown: await shownChart((options) => chartOf(deps.store, charted, options), view, todayOf(deps), maxLines),
    makers: view.day === '' ? [] : await makersOf(deps, charted, view),
    latestOf: ({ repo }) => byName.get(repo) ?? [],
  };
}

async function makersOf({ store }: PageDeps, { shown, freezes }: Charted, { day, kind }: View): Promise<readonly DayMaker[]> {
  const series = await seriesOf(store, shown, makersRange(day, kind));
  return dayMakers(withStillDays(series, freezes), day, kind);
}

interface Charted {
  readonly latest: readonly LatestImage[];
  /** Those of them that are in the chart. */
  readonly shown: readonly LatestImage[];
  readonly nameOf: (image: ImageName) => string;
  readonly registries: ReadonlySet<string> | undefined;
  readonly freezes: readonly Freeze[];
}

async function chartOf(store: SnapshotStore, charted: Charted, options: ChartOptions): Promise<Chart> {
  const { latest, shown, nameOf, freezes } = charted;
  const named = (series: readonly ImageSeries[]): ImageSeries[] => series.map((image) => ({ ...image, repo: nameOf(image) }));
  // Whatever is less: the series of those in the chart, or of the others, which are then taken out of the sums.
  if (shown.length <= latest.length / 2) return buildChart(named(withStillDays(await seriesOf(store, shown), freezes)), options);
  const sums = await sumsOf(store, charted);
  if (options.split !== 'image') return buildSumsChart({ sums }, options);
  const totals = new Map(Array.from(groupBy(shown, nameOf), ([name, images]) => [name, sumOf(images)]));
  const labels = [...largest(totals, options.maxLines)];
  const own = shown.filter((image) => labels.includes(nameOf(image)));
  return buildSumsChart({ sums, labels, own: named(withStillDays(await seriesOf(store, own), freezes)) }, options);
}

async function sumsOf(store: SnapshotStore, { latest, shown, registries, freezes }: Charted): Promise<readonly DaySum[]> {
  const keys = new Set(shown.map(imageKey));
  const others = latest.filter((image) => !keys.has(imageKey(image)));
  const [all, series, still] = [await store.daySums(registries), await seriesOf(store, others), await stillSums(store, shown, freezes)];
  if (series.length === 0 && still.length === 0) return all;
  return addDaySums([...all, ...still, ...series.flatMap((image) => [...daySumsOf(image)].map(negated))]);
}

function sumOf(images: readonly LatestImage[]): number {
  return images.reduce((sum, { pullCount }) => sum + pullCount, 0);
}

function groupBy<T>(values: readonly T[], toKey: (value: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = toKey(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
