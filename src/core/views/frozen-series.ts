/** What the images of an owner say together: whether their registry updated its counters. */
import { fromEpochDay, toEpochDay } from '../model/day.ts';
import { counterKinds } from '../model/event.ts';
import type { DaySum, ImageSeries, LatestImage } from '../model/history.ts';
import { imageKey, type ImageName } from '../model/image.ts';
import { queryOf, type DayRange, type SeriesQuery } from '../model/query.ts';
import { addDaySums, daySumsOf, negated } from '../numbers/day-sums.ts';
import { findFreezes, hasPublishedDays, ownerKey, ownerKeyOf, withStillDays, type Freeze } from '../numbers/freezes.ts';
import { withRecorded } from '../numbers/recorded-freezes.ts';
import type { SnapshotStore } from '../ports.ts';
import { collectSeries } from './collected-series.ts';

export interface FrozenSeries {
  readonly series: readonly ImageSeries[];
  readonly freezes: readonly Freeze[];
}

type HistoryStore = Pick<SnapshotStore, 'totals' | 'latest' | 'events'>;

/** The series of a query, all of their days, with the days on which their registry did not update them. */
export async function seriesWithFreezes(store: HistoryStore, query: SeriesQuery): Promise<FrozenSeries> {
  const series = await store.totals(query);
  const all = [...series, ...(query.repos ? await siblings(store, query, series) : [])];
  const freezes = withRecorded(findFreezes(all), await store.events({ kinds: counterKinds }), all);
  return { series: withStillDays(series, freezes), freezes };
}

/** Those of the freezes that these images were read in. */
export function freezesOf(series: readonly ImageSeries[], freezes: readonly Freeze[]): readonly Freeze[] {
  return freezes.filter((freeze) => {
    const days = { ...freeze, to: Math.max(freeze.from, freeze.to) };
    return withStillDays(series, [days]).some(({ still }) => still !== undefined && still.size > 0);
  });
}

/** The other images of the same owners, where the registry does not publish days. */
async function siblings(
  store: Pick<SnapshotStore, 'totals' | 'latest'>,
  { registries }: SeriesQuery,
  series: readonly ImageSeries[],
): Promise<readonly ImageSeries[]> {
  const known = new Set(series.map(imageKey));
  const owners = new Set(series.filter((image) => !hasPublishedDays(image)).map(ownerKeyOf));
  if (owners.size === 0) return [];
  const others = (await store.latest({ registries })).filter((image) => owners.has(ownerKeyOf(image)) && !known.has(imageKey(image)));
  if (others.length === 0) return [];
  const names = new Set(others.map(imageKey));
  const found = await store.totals({ registries, repos: new Set(others.map(({ repo }) => repo)) });
  return found.filter((image) => names.has(imageKey(image)));
}

/** Images whose series are in memory at once, unless one owner has more. */
const maxImagesAtOnce = 200;

/** What the sums of these images change by where registries did not update their counters. */
export async function stillSums(
  store: Pick<SnapshotStore, 'totals'>,
  images: readonly ImageName[],
  freezes: readonly Freeze[],
): Promise<readonly DaySum[]> {
  const sums: DaySum[] = [];
  for (const touching of touchingFreezes(freezes)) {
    const [first] = touching;
    const until = touching.at(-1)?.until;
    const frozen = images.filter((image) => isOwnerFrozen(first, image));
    const range = { from: fromEpochDay(first.from), to: until === undefined ? undefined : fromEpochDay(until) };
    const series = await seriesOf(store, frozen, range);
    for (const [at, image] of withStillDays(series, touching).entries()) {
      const plain = series[at];
      if (!plain || plain === image) continue;
      // A day before the range is only there to compare with.
      const start = (image.days[0] ?? 0) < first.from ? 1 : 0;
      for (const sum of daySumsOf(plain, start)) sums.push(negated(sum));
      sums.push(...daySumsOf(image, start));
    }
  }
  return addDaySums(sums);
}

/** Freezes of one owner together, by time, where the day on which one ended is the first of the next. */
function touchingFreezes(freezes: readonly Freeze[]): readonly (readonly [Freeze, ...Freeze[]])[] {
  const groups: [Freeze, ...Freeze[]][] = [];
  for (const freeze of freezes.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    // Of hours within one day no day is covered by another.
    if (freeze.to < freeze.from) continue;
    const group = groups.find(([first, ...rest]) => {
      const { registry, owner, until = Infinity } = rest.at(-1) ?? first;
      return registry === freeze.registry && owner === freeze.owner && freeze.from <= until;
    });
    if (group) group.push(freeze);
    else groups.push([freeze]);
  }
  return groups;
}

/** The series of these images, and of no others. */
export async function seriesOf(
  store: Pick<SnapshotStore, 'totals'>,
  images: readonly ImageName[],
  range?: DayRange,
): Promise<readonly ImageSeries[]> {
  if (images.length === 0) return [];
  const keys = new Set(images.map(imageKey));
  return (await store.totals(queryOf(images), range)).filter((image) => keys.has(imageKey(image)));
}

/** An image, and since when it is known, as far as the caller knows that. */
type SizedImage = ImageName & Partial<Pick<LatestImage, 'historySince' | 'day'>>;

/** The same of many images, some at a time. */
export async function* seriesInBatches(
  store: Pick<SnapshotStore, 'totals' | 'dailyTotals'>,
  images: readonly SizedImage[],
  range?: DayRange,
): AsyncGenerator<readonly ImageSeries[]> {
  const length = range ? maxImagesAtOnce : imagesAtOnce(images);
  for (let at = 0; at < images.length; at += length) {
    const some = images.slice(at, at + length);
    if (length === maxImagesAtOnce || some.length <= maxImagesAtOnce) {
      yield await seriesOf(store, some, range);
      continue;
    }
    const keys = new Set(some.map(imageKey));
    for await (const series of collectSeries(await store.dailyTotals(queryOf(some), {}, { withMarks: true }), maxImagesAtOnce)) {
      yield series.filter((image) => keys.has(imageKey(image)));
    }
  }
}

/** Totals of whole series that are in memory at once: about ten megabytes. */
const maxTotalsAtOnce = 1_000_000;

/** Of how many images whole series are read together: as many as fit, if each had all days. */
export function imagesAtOnce(images: readonly SizedImage[]): number {
  let [first, last] = [Infinity, -Infinity];
  for (const { historySince = '2013-01-01', day = '2013-01-01' } of images) {
    first = Math.min(first, toEpochDay(historySince));
    last = Math.max(last, toEpochDay(day));
  }
  return Math.max(maxImagesAtOnce, Math.floor(maxTotalsAtOnce / (last - first + 1)));
}

/** Whether a freeze is about the owner of an image. */
export function isOwnerFrozen({ registry, owner }: Freeze, image: ImageName): boolean {
  return ownerKey(registry, owner) === ownerKeyOf(image);
}

/** What these images add up to on each day, without holding the series of all of them. `freezes`: absent where nothing is to be said of them. */
export async function seriesSums(
  store: Pick<SnapshotStore, 'totals' | 'dailyTotals'>,
  images: readonly ImageName[],
  { range, freezes = [] }: { readonly range?: DayRange; readonly freezes?: readonly Freeze[] } = {},
): Promise<readonly DaySum[]> {
  let sums: readonly DaySum[] = [];
  for await (const series of seriesInBatches(store, images, range)) sums = addDaySums(concat(sums, withStillDays(series, freezes)));
  return sums;
}

function* concat(sums: readonly DaySum[], series: readonly ImageSeries[]): Generator<DaySum> {
  yield* sums;
  for (const image of series) yield* daySumsOf(image);
}
