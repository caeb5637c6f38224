/** What the overview shows: its rows, and the chart of them from what is kept, so that no history of all images is read. */
import { buildChart, knownRange, largest, type Chart, type ChartOptions } from '../core/numbers/chart.ts';
import { addDaySums, negated } from '../core/numbers/day-sums.ts';
import { withStillDays, type Freeze } from '../core/numbers/freezes.ts';
import { dayMakers, makersRange, type DayMaker } from '../core/numbers/day-makers.ts';
import { buildSumsChart } from '../core/numbers/sums-chart.ts';
import type { DaySum, ImageSeries, LatestImage } from '../core/model/history.ts';
import { imageKey, type ImageName } from '../core/model/image.ts';
import type { DayRange } from '../core/model/query.ts';
import type { SnapshotStore } from '../core/ports.ts';
import { seriesOf, seriesSums, stillSums } from '../core/views/frozen-series.ts';
import type { Group } from '../core/views/groups.ts';
import { trackedImages, type TrackedImage } from '../core/views/images.ts';
import { todayOf, type PageDeps } from './context.ts';
import { firstRows, overviewRows, rowFilter, type OverviewRow } from './overview-rows.ts';
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
  const [everything, days] = await Promise.all([deps.store.latest({}), deps.store.days()]);
  const ofView = <T extends ImageName>(images: readonly T[]): readonly T[] =>
    view.registry === '' ? images : images.filter(({ registry }) => registry === view.registry);
  const latest = ofView(everything);
  const configured = ofView([...deps.configured, ...deps.groups.flatMap((group) => group.members)]);
  const moment = { now: deps.clock.now(), staleAfterMs: deps.staleAfterMs };
  const images = trackedImages({ latest, newestDay: days.at(-1) }, configured, moment);
  const nameOf = groupNames(deps.groups);
  const all = overviewRows(images, nameOf);
  const found = view.search === '' ? all : all.filter(rowFilter(view.search));
  const rows = firstRows(found, view, view.rows);
  const pinned = pinnedRows(all, found, rows, view);
  const names = new Set(view.repos.length > 0 ? view.repos : found.map(({ repo }) => repo));
  const registries = view.registry === '' ? undefined : new Set([view.registry]);
  const charted = { latest, names, nameOf, registries, freezes: await deps.freezes(everything.length) };
  return {
    images,
    registries: new Set(everything.map(({ registry }) => registry)),
    found,
    pinned,
    rows,
    shown: await shownChart((options) => chartOf(deps.store, charted, options), view, todayOf(deps), maxLines),
    makers: view.day === '' ? [] : await makersOf(deps, charted, view),
    latestOf: latestByRow(latest, nameOf, [...pinned, ...rows]),
  };
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

/** The name of the row of an image: that of its group, or its own. */
function groupNames(groups: readonly Group[]): (image: ImageName) => string {
  const names = new Map(groups.toReversed().flatMap(({ name, members }) => members.map((member) => [imageKey(member), name])));
  return names.size === 0 ? ({ repo }) => repo : (image) => names.get(imageKey(image)) ?? image.repo;
}

function latestByRow(
  latest: readonly LatestImage[],
  nameOf: Charted['nameOf'],
  rows: readonly OverviewRow[],
): (row: OverviewRow) => readonly LatestImage[] {
  const names = new Set(rows.map(({ repo }) => repo));
  const byName = groupBy(
    latest.filter((image) => names.has(nameOf(image))),
    nameOf,
  );
  return ({ repo }) => byName.get(repo) ?? [];
}

async function makersOf({ store }: PageDeps, charted: Charted, { day, kind }: View): Promise<readonly DayMaker[]> {
  const series = await seriesOf(store, imagesOf(charted), makersRange(day, kind));
  return dayMakers(withStillDays(series, charted.freezes), day, kind);
}

interface Charted {
  readonly latest: readonly LatestImage[];
  /** The names of the rows that are in the chart. */
  readonly names: ReadonlySet<string>;
  readonly nameOf: (image: ImageName) => string;
  readonly registries: ReadonlySet<string> | undefined;
  readonly freezes: readonly Freeze[];
}

/** The images that are in the chart. */
function imagesOf({ latest, names, nameOf }: Charted): readonly LatestImage[] {
  return latest.filter((image) => names.has(nameOf(image)));
}

async function chartOf(store: SnapshotStore, charted: Charted, options: ChartOptions): Promise<Chart> {
  const { nameOf, freezes } = charted;
  const shown = imagesOf(charted);
  const range = knownRange(options, freezes);
  const seriesIn = async (images: readonly LatestImage[]): Promise<readonly ImageSeries[]> =>
    withStillDays(await seriesOf(store, images, range), freezes).map((image) => ({ ...image, repo: nameOf(image) }));
  if (shown.length <= maxSeries) return buildChart(await seriesIn(shown), options);
  const sums = await sumsOf(store, charted, shown, range);
  if (options.split !== 'image') return buildSumsChart({ sums }, options);
  const totals = new Map(Array.from(groupBy(shown, nameOf), ([name, images]) => [name, sumOf(images)]));
  const labels = [...largest(totals, options.maxLines)];
  const own = await seriesIn(shown.filter((image) => labels.includes(nameOf(image))));
  return buildSumsChart({ sums, labels, own }, options);
}

/** The sums of those that are shown, or the kept ones of all without the others: whatever reads less. */
async function sumsOf(
  store: SnapshotStore,
  { latest, names, nameOf, registries, freezes }: Charted,
  shown: readonly LatestImage[],
  range: DayRange,
): Promise<readonly DaySum[]> {
  if (shown.length <= latest.length / 2) return seriesSums(store, shown, { range, freezes });
  const others = shown.length === latest.length ? [] : latest.filter((image) => !names.has(nameOf(image)));
  const [all, rest, still] = [await store.daySums(registries), await seriesSums(store, others), await stillSums(store, shown, freezes)];
  return rest.length === 0 && still.length === 0 ? all : addDaySums([...all, ...still, ...rest.map(negated)]);
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
