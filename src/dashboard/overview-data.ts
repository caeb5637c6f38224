/** What the overview shows: its rows, and the chart of them from what is kept, so that no history of all images is read. */
import { buildChart, knownRange, largest, type Chart, type ChartOptions } from '../core/numbers/chart.ts';
import { addDaySums, negated } from '../core/numbers/day-sums.ts';
import { withStillDays, type Freeze } from '../core/numbers/freezes.ts';
import { dayMakers, findMakers, makersPeriod, makersRange, type DayMakers } from '../core/numbers/day-makers.ts';
import { countBefore } from '../core/numbers/sorted.ts';
import { buildSumsChart } from '../core/numbers/sums-chart.ts';
import type { DaySum, ImageSeries, LatestImage } from '../core/model/history.ts';
import { compareImages, imageKey, type ImageName } from '../core/model/image.ts';
import { queryOf, type DayRange } from '../core/model/query.ts';
import type { SnapshotStore } from '../core/ports.ts';
import { seriesOf, seriesSums, stillSums } from '../core/views/frozen-series.ts';
import { sumImages, type ImageSums } from '../core/views/image-sums.ts';
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
  /** Of all images of the registry. */
  readonly all: ImageSums;
  /** Of what the search finds. */
  readonly sums: ImageSums;
  /** Those of all images, also of those that the view leaves out. */
  readonly registries: ReadonlySet<string>;
  /** What the search finds, in no order. */
  readonly found: readonly OverviewRow[];
  /** What is in the chart, but not among the rows: the search does not find it, or it comes later. */
  readonly pinned: readonly OverviewRow[];
  /** The first of what is found, in the order of the view. */
  readonly rows: readonly OverviewRow[];
  readonly shown: ShownChart;
  /** Of the day of the view; absent where none is chosen. */
  readonly makers: DayMakers | undefined;
  /** What is stored of the images of a row that is shown. */
  readonly latestOf: (row: OverviewRow) => readonly LatestImage[];
}

/** All that the page of a view shows. */
export async function overviewOf(deps: PageDeps, view: View): Promise<Overview> {
  const list = await deps.listOf(view.registry);
  const isFound = view.search === '' ? () => true : rowFilter(view.search);
  const found = view.search === '' ? list.rows : list.rows.filter(isFound);
  const rows = firstRows(found, view, view.rows);
  const chosen = list.rowsOf(view.repos);
  const charted = {
    list,
    rows: view.repos.length > 0 ? chosen : found,
    shown: view.repos.length > 0 ? chosenImages(list, chosen, view.repos) : foundImages(list, found),
    view,
    freezes: await deps.freezes(list.count),
  };
  return {
    all: list.sums,
    sums: found === list.rows ? list.sums : sumImages(found.flatMap(({ images }) => images)),
    registries: list.registries,
    found,
    pinned: pinnedRows(chosen, rows, isFound),
    rows,
    shown: await shownChart((options) => chartOf(deps.store, charted, options), view, todayOf(deps), maxLines),
    makers: view.day === '' ? undefined : await makersOf(deps, charted),
    latestOf: (row) => latestIn(list.latest, row),
  };
}

/** What is stored of the images of what is found. */
function foundImages({ latest, rows, shown, nameOf }: OverviewList, found: readonly OverviewRow[]): readonly LatestImage[] {
  if (found === rows) return shown;
  const names = new Set(found.map(({ repo }) => repo));
  return latest.filter((image) => names.has(nameOf(image)));
}

/** The same of what was chosen by name, also where it has no row any more. */
function chosenImages(
  { latest, hidden, nameOf }: OverviewList,
  rows: readonly OverviewRow[],
  names: readonly string[],
): readonly LatestImage[] {
  const old = hidden.filter((image) => names.includes(nameOf(image)));
  return [...rows.flatMap((row) => latestIn(latest, row)), ...old].toSorted(compareImages);
}

function latestIn(latest: readonly LatestImage[], { images }: OverviewRow): readonly LatestImage[] {
  return images.flatMap((image) => findImage(latest, image) ?? []);
}

/** What is in the chart stays in sight, to be taken out of it: first what the search does not find. */
function pinnedRows(
  chosen: readonly OverviewRow[],
  seen: readonly OverviewRow[],
  isFound: (row: OverviewRow) => boolean,
): readonly OverviewRow[] {
  if (chosen.length === 0) return [];
  const inSight = new Set(seen);
  const pinned = chosen.filter((row) => !inSight.has(row));
  return [...pinned.filter((row) => !isFound(row)), ...pinned.filter(isFound)];
}

/** `latest` is by registry, then repo. */
function findImage(latest: readonly LatestImage[], image: ImageName): LatestImage | undefined {
  const found = latest[countBefore(latest, (other) => compareImages(other, image) < 0)];
  return found && compareImages(found, image) === 0 ? found : undefined;
}

interface Charted {
  readonly list: OverviewList;
  /** Those of its rows that are in the chart, and what is stored of their images. */
  readonly rows: readonly OverviewRow[];
  readonly shown: readonly LatestImage[];
  readonly view: View;
  readonly freezes: readonly Freeze[];
}

async function makersOf({ store }: PageDeps, { shown, freezes, view: { registry, day, kind } }: Charted): Promise<DayMakers> {
  const keys = new Set(shown.map(imageKey));
  const query = shown.length <= maxSeries ? queryOf(shown) : { registries: registriesOf(registry) };
  const { largest: names, ...found } = await findMakers(await store.dailyTotals(query, makersPeriod(day, kind)), (image) =>
    keys.has(imageKey(image)),
  );
  const series = await seriesOf(store, names, makersRange(day, kind));
  return { ...found, makers: dayMakers(withStillDays(series, freezes), day, kind).makers };
}

function registriesOf(registry: string): ReadonlySet<string> | undefined {
  return registry === '' ? undefined : new Set([registry]);
}

async function chartOf(store: SnapshotStore, charted: Charted, options: ChartOptions): Promise<Chart> {
  const { list, rows, shown, freezes } = charted;
  const range = knownRange(options, freezes);
  const seriesIn = async (images: readonly ImageName[]): Promise<readonly ImageSeries[]> =>
    withStillDays(await seriesOf(store, images, range), freezes).map((image) => ({ ...image, repo: list.nameOf(image) }));
  if (shown.length <= maxSeries) return buildChart(await seriesIn(shown), options);
  const sums = await sumsOf(store, charted, range);
  if (options.split !== 'image') return buildSumsChart({ sums }, options);
  const labels = [...largest(totalsOf(rows), rows.length, options.maxLines)];
  const own = await seriesIn(list.rowsOf(labels).flatMap(({ images }) => images));
  return buildSumsChart({ sums, labels, own }, options);
}

/** The sums of those that are shown, or the kept ones of all without the others: whatever reads less. */
async function sumsOf(
  store: SnapshotStore,
  { list, shown, view: { registry }, freezes }: Charted,
  range: DayRange,
): Promise<readonly DaySum[]> {
  if (shown.length <= list.latest.length / 2) return seriesSums(store, shown, { range, freezes });
  const others = shown === list.shown ? list.hidden : without(list.latest, shown);
  const [all, rest, still] = [
    await store.daySums(registriesOf(registry)),
    await seriesSums(store, others),
    await stillSums(store, shown, freezes),
  ];
  return rest.length === 0 && still.length === 0 ? all : addDaySums([...all, ...still, ...rest.map(negated)]);
}

function without(images: readonly LatestImage[], left: readonly LatestImage[]): readonly LatestImage[] {
  const all = new Set(left);
  return images.filter((image) => !all.has(image));
}

function* totalsOf(rows: readonly OverviewRow[]): Generator<readonly [name: string, total: number]> {
  for (const { repo, total = 0 } of rows) yield [repo, total];
}
