/** What the overview shows: its rows, and the chart of them from what is kept, so that no history of all images is read. */
import { buildChart, knownRange, largest, type Chart, type ChartOptions } from '../core/numbers/chart.ts';
import { addDaySums, negated } from '../core/numbers/day-sums.ts';
import { withStillDays, type Freeze } from '../core/numbers/freezes.ts';
import { dayMakers, makersRange, type DayMaker } from '../core/numbers/day-makers.ts';
import { buildSumsChart } from '../core/numbers/sums-chart.ts';
import type { DaySum, ImageSeries, LatestImage } from '../core/model/history.ts';
import { imageKey } from '../core/model/image.ts';
import type { DayRange } from '../core/model/query.ts';
import type { SnapshotStore } from '../core/ports.ts';
import { seriesOf, seriesSums, stillSums } from '../core/views/frozen-series.ts';
import type { TrackedImage } from '../core/views/images.ts';
import { todayOf, type PageDeps } from './context.ts';
import type { OverviewList } from './overview-list.ts';
import { firstRows, rowFilter, type OverviewRow } from './overview-rows.ts';
import { shownChart, type ShownChart } from './shown-chart.ts';
import type { View } from './view.ts';

/** The most lines that are still legible in a chart. */
const maxLines = 8;
/** The series of more images are not held at once. */
const maxSeries = 100;

export interface Overview {
  readonly images: readonly TrackedImage[];
  /** Those of all images, also of those that the view leaves out. */
  readonly registries: ReadonlySet<string>;
  /** What the search finds, in no order. */
  readonly found: readonly OverviewRow[];
  /** What is in the chart, but not among the rows: the search does not find it, or it comes later. */
  readonly pinned: readonly OverviewRow[];
  /** The first of what is found, in the order of the view. */
  readonly rows: readonly OverviewRow[];
  readonly shown: ShownChart;
  /** Of the day of the view. */
  readonly makers: readonly DayMaker[];
  /** What is stored of the images of a row that is shown. */
  readonly latestOf: (row: OverviewRow) => readonly LatestImage[];
}

/** All that the page of a view shows. */
export async function overviewOf(deps: PageDeps, view: View): Promise<Overview> {
  const list = await deps.listOf(view.registry);
  const found = view.search === '' ? list.rows : list.rows.filter(rowFilter(view.search));
  const rows = firstRows(found, view, view.rows);
  const pinned = pinnedRows(list.rows, found, rows, view);
  const charted = { list, shown: shownImages(list, found, view), view, freezes: await deps.freezes(list.count) };
  return {
    images: list.images,
    registries: list.registries,
    found,
    pinned,
    rows,
    shown: await shownChart((options) => chartOf(deps.store, charted, options), view, todayOf(deps), maxLines),
    makers: view.day === '' ? [] : await makersOf(deps, charted),
    latestOf: latestByRow(list, [...pinned, ...rows]),
  };
}

/** The images that are in the chart. */
function shownImages(
  { latest, rows, shown, nameOf }: OverviewList,
  found: readonly OverviewRow[],
  { repos }: View,
): readonly LatestImage[] {
  if (repos.length === 0 && found === rows) return shown;
  const names = new Set(repos.length > 0 ? repos : found.map(({ repo }) => repo));
  return latest.filter((image) => names.has(nameOf(image)));
}

/** What is in the chart stays in sight, to be taken out of it. */
function pinnedRows(
  all: readonly OverviewRow[],
  found: readonly OverviewRow[],
  rows: readonly OverviewRow[],
  { repos }: View,
): readonly OverviewRow[] {
  if (repos.length === 0) return [];
  const [chosen, seen, known] = [new Set(repos), new Set(rows), new Set(found)];
  const pinned = all.filter((row) => chosen.has(row.repo) && !seen.has(row));
  return [...pinned.filter((row) => !known.has(row)), ...pinned.filter((row) => known.has(row))];
}

function latestByRow({ latest, nameOf }: OverviewList, rows: readonly OverviewRow[]): (row: OverviewRow) => readonly LatestImage[] {
  const byName = new Map(rows.map(({ repo }) => [repo, new Array<LatestImage>()]));
  for (const image of latest) byName.get(nameOf(image))?.push(image);
  return ({ repo }) => byName.get(repo) ?? [];
}

interface Charted {
  readonly list: OverviewList;
  /** Those of its images that are in the chart. */
  readonly shown: readonly LatestImage[];
  readonly view: View;
  readonly freezes: readonly Freeze[];
}

async function makersOf({ store }: PageDeps, { shown, freezes, view: { day, kind } }: Charted): Promise<readonly DayMaker[]> {
  const series = await seriesOf(store, shown, makersRange(day, kind));
  return dayMakers(withStillDays(series, freezes), day, kind);
}

async function chartOf(store: SnapshotStore, charted: Charted, options: ChartOptions): Promise<Chart> {
  const { list, shown, freezes } = charted;
  const range = knownRange(options, freezes);
  const seriesIn = async (images: readonly LatestImage[]): Promise<readonly ImageSeries[]> =>
    withStillDays(await seriesOf(store, images, range), freezes).map((image) => ({ ...image, repo: list.nameOf(image) }));
  if (shown.length <= maxSeries) return buildChart(await seriesIn(shown), options);
  const sums = await sumsOf(store, charted, range);
  if (options.split !== 'image') return buildSumsChart({ sums }, options);
  const labels = [...largest(totalsByName(shown, list.nameOf), options.maxLines)];
  const own = await seriesIn(shown.filter((image) => labels.includes(list.nameOf(image))));
  return buildSumsChart({ sums, labels, own }, options);
}

/** The sums of those that are shown, or the kept ones of all without the others: whatever reads less. */
async function sumsOf(
  store: SnapshotStore,
  { list: { latest }, shown, view: { registry }, freezes }: Charted,
  range: DayRange,
): Promise<readonly DaySum[]> {
  if (shown.length <= latest.length / 2) return seriesSums(store, shown, { range, freezes });
  const keys = new Set(shown.length === latest.length ? [] : shown.map(imageKey));
  const others = keys.size === 0 ? [] : latest.filter((image) => !keys.has(imageKey(image)));
  const registries = registry === '' ? undefined : new Set([registry]);
  const [all, rest, still] = [await store.daySums(registries), await seriesSums(store, others), await stillSums(store, shown, freezes)];
  return rest.length === 0 && still.length === 0 ? all : addDaySums([...all, ...still, ...rest.map(negated)]);
}

function totalsByName(images: readonly LatestImage[], nameOf: OverviewList['nameOf']): ReadonlyMap<string, number> {
  const totals = new Map<string, number>();
  for (const image of images) totals.set(nameOf(image), (totals.get(nameOf(image)) ?? 0) + image.pullCount);
  return totals;
}
