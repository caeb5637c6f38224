/** When the registries of all images did not update their counters, found some owners at a time, and kept as long as nothing of an owner changes. */
import { toEpochDay, type EpochDay } from '../model/day.ts';
import { counterKinds, eventKey, isListed, type RecordedEvent } from '../model/event.ts';
import { groupBy } from '../model/group-by.ts';
import type { ImageSeries, LatestImage } from '../model/history.ts';
import { isEndOfDay } from '../model/mark.ts';
import { matches, type SeriesQuery } from '../model/query.ts';
import { findFreezes, hasPublishedDays, ownerKey, ownerKeyOf, type Freeze } from '../numbers/freezes.ts';
import { withRecorded } from '../numbers/recorded-freezes.ts';
import type { SnapshotStore } from '../ports.ts';
import { imagesAtOnce, seriesInBatches } from './frozen-series.ts';

type SeriesStore = Pick<SnapshotStore, 'totals' | 'dailyTotals' | 'daySums'>;

/** Of an owner's images the busiest tell whether its counters stand still. */
const maxImagesOfOwner = 200;
/** So few of them show that of most owners they never did. */
const fewImages = 8;

/** The freezes of the owners of these images, all where absent. `recorded`: all that is known of when counters stopped. */
export async function findAllFreezes(
  store: SeriesStore & Pick<SnapshotStore, 'latest' | 'events'>,
  query: SeriesQuery = {},
  recorded?: readonly RecordedEvent[],
): Promise<readonly Freeze[]> {
  const seen = recorded ?? (await store.events({ kinds: counterKinds }));
  const owners = await ownersOf(store, query);
  return [...(await freezesOfOwners(store, owners, seen)).values()].flat();
}

/** The images of an owner of which freezes are guessed: a registry that publishes days needs no guess. */
export function guessedImages(images: readonly LatestImage[]): readonly LatestImage[] {
  return images.filter(({ backfilledDays, mark }) => backfilledDays === 0 && !isEndOfDay(mark));
}

/** By owner; its images are those of `guessedImages`. */
export async function freezesOfOwners(
  store: SeriesStore,
  owners: ReadonlyMap<string, readonly LatestImage[]>,
  recorded: readonly RecordedEvent[],
): Promise<ReadonlyMap<string, readonly Freeze[]>> {
  const courses = coursesOf(recorded);
  const freezes = new Map<string, readonly Freeze[]>();
  const unknown: Owner[] = [];
  for (const [key, images] of owners) {
    const [first, ...others] = images.toSorted((a, b) => b.pullCount - a.pullCount).slice(0, maxImagesOfOwner);
    if (!first) continue;
    const owner: Owner = { key, busiest: [first, ...others], course: courses.get(key) ?? '' };
    const kept = keptFreezes.get(first);
    if (kept && isSameOwner(kept, owner)) freezes.set(key, kept.freezes);
    else unknown.push(owner);
  }
  const keep = (owner: Owner, own: readonly Freeze[]): void => {
    keptFreezes.set(owner.busiest[0], { ...owner, freezes: own });
    freezes.set(owner.key, own);
  };
  const busy = await ownersNeverStill(store, unknown);
  for (const owner of busy) keep(owner, []);
  const left = unknown.filter((owner) => !busy.has(owner));
  for (const batch of batchesOf(left)) {
    const series: ImageSeries[] = [];
    for await (const some of seriesInBatches(
      store,
      batch.flatMap(({ busiest }) => busiest),
    ))
      series.push(...some);
    const found = withRecorded(findFreezes(series), recorded, series);
    for (const owner of batch) {
      keep(
        owner,
        found.filter((freeze) => ownerKey(freeze.registry, freeze.owner) === owner.key),
      );
    }
  }
  return freezes;
}

interface Owner {
  readonly key: string;
  readonly busiest: readonly [LatestImage, ...LatestImage[]];
  /** What was recorded of its counters. */
  readonly course: string;
}

/** What an owner's images came to, by the busiest of them: the same as long as no value of theirs has changed. */
const keptFreezes = new WeakMap<LatestImage, Owner & { readonly freezes: readonly Freeze[] }>();

function isSameOwner(a: Owner, b: Owner): boolean {
  return a.course === b.course && a.busiest.length === b.busiest.length && a.busiest.every((image, at) => image === b.busiest[at]);
}

/** Owners whose busiest images fit into memory together. */
function* batchesOf(owners: readonly Owner[]): Generator<readonly Owner[]> {
  const maxImages = imagesAtOnce(owners.flatMap(({ busiest }) => busiest));
  let [batch, count]: [Owner[], number] = [[], 0];
  for (const owner of owners) {
    if (batch.length > 0 && count + owner.busiest.length > maxImages) {
      yield batch;
      [batch, count] = [[], 0];
    }
    batch.push(owner);
    count += owner.busiest.length;
  }
  if (batch.length > 0) yield batch;
}

/** Those of the owners of whose busiest images one changed on each day: no day can be still then, whatever the other images did. */
async function ownersNeverStill(store: SeriesStore, owners: readonly Owner[]): Promise<ReadonlySet<Owner>> {
  const guessed = owners.filter(({ course }) => course === '');
  const moves = new Map(guessed.map(({ key }) => [key, new Set<EpochDay>()]));
  const few = guessed.flatMap(({ busiest }) => busiest.slice(0, fewImages));
  for await (const series of seriesInBatches(store, few)) {
    for (const image of series) if (!hasPublishedDays(image)) addMoves(moves.get(ownerKeyOf(image)), image);
  }
  const gaps = new Map(guessed.map((owner) => [owner, daysWithout(owner, moves.get(owner.key))]));
  const unsure = new Set([...gaps].filter(([, days]) => days.length > 0).map(([{ busiest }]) => busiest[0].registry));
  const sums = unsure.size === 0 ? [] : await store.daySums(unsure);
  const known = new Set(sums.map(({ registry, day }) => `${registry} ${day}`));
  return new Set(guessed.filter((owner) => gaps.get(owner)?.every((day) => !known.has(`${owner.busiest[0].registry} ${day}`))));
}

function addMoves(moves: Set<EpochDay> | undefined, { days, totals }: ImageSeries): void {
  for (let at = 1; at < days.length; at += 1) if (totals[at] !== totals[at - 1]) moves?.add(days[at] ?? 0);
}

/** The days between the first and the newest of the owner that are not among these. */
function daysWithout({ busiest }: Owner, moves: ReadonlySet<EpochDay> = new Set()): readonly EpochDay[] {
  const first = Math.min(...busiest.map(({ historySince }) => toEpochDay(historySince)));
  const last = Math.max(...busiest.map(({ day }) => toEpochDay(day)));
  const without: EpochDay[] = [];
  for (let day = first + 1; day < last; day += 1) if (!moves.has(day)) without.push(day);
  return without;
}

/** The images of each owner of those that match, also the ones that do not. */
async function ownersOf(store: Pick<SnapshotStore, 'latest'>, query: SeriesQuery): Promise<ReadonlyMap<string, readonly LatestImage[]>> {
  const guessed = guessedImages(await store.latest({ registries: query.registries }));
  return new Map([...groupBy(guessed, ownerKeyOf)].filter(([, images]) => images.some((image) => matches(query, image))));
}

/** By owner: what was recorded of its counters, as a text that is the same for the same events. */
export function coursesOf(recorded: readonly RecordedEvent[]): ReadonlyMap<string, string> {
  const courses = new Map<string, string>();
  for (const event of recorded) {
    if (isListed(event)) continue;
    const key = ownerKey(event.registry, event.detail);
    courses.set(key, `${courses.get(key) ?? ''}${eventKey(event)} ${event.seenAt} `);
  }
  return courses;
}
