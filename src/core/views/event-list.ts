/** The events of a query: rows for the API, the page and the feed. */
import { compareByIdentity, derivedKinds, eventIdentity, shownRecordedKinds, type EventKind, type RecordedEvent } from '../model/event.ts';
import type { EventQuery } from '../model/event-query.ts';
import { fromEpochDay, type Day } from '../model/day.ts';
import { withStillDays, type Freeze } from '../numbers/freezes.ts';
import { imageKey, type ImageName } from '../model/image.ts';
import type { SeriesQuery } from '../model/query.ts';
import { findAllFreezes } from './all-freezes.ts';
import {
  compareKept,
  filterLists,
  mergedWith,
  partOfLists,
  type EventFilter,
  type EventLists,
  type EventsPart,
  type KeptEvent,
  type PartOfEvents,
  type RecordedPart,
} from './event-lists.ts';
import { imageEvents, listEvents, recordedEvents, type ImageEvent } from './events.ts';
import { freezeEvent, markDay, markOn, mergeFreezes } from './freeze-events.ts';
import { freezesOf, isOwnerFrozen, seriesInBatches, seriesOf } from './frozen-series.ts';
import { withGroups, type Group, type GroupedQuery } from './groups.ts';
import { keptEventsOf, registryFreezes, type EventStore } from './kept-events.ts';

export interface EventSource {
  readonly store: EventStore;
  readonly groups: readonly Group[];
  /** Who asks has waited for the events of all images: those that were found last are new enough. */
  readonly hasWaited?: boolean | undefined;
}

/** The events of the filter, the oldest first, in batches that are read and made as they are taken. */
export async function findEvents(source: EventSource, filter: EventFilter): Promise<AsyncIterable<Iterable<ImageEvent>>> {
  const { lists, recorded } = await partsOf(source, filter);
  return mergedWith(lists, recorded ? recordedInBatches(source.store, recorded) : []);
}

/** The events of the filter around a place in their order. */
export async function findEventsPart(source: EventSource, filter: EventFilter, part: PartOfEvents): Promise<EventsPart> {
  const { lists, recorded } = await partsOf(source, filter);
  return partOfLists(lists, part, recorded && (await recordedPart(source.store, recorded, part)));
}

/** Whether the events of all images are needed: those of some are found by themselves, and what was recorded is there. */
export function needsAllImages({ images, kinds }: Omit<EventFilter, 'range'>): boolean {
  return !images.repos && wantsDerived(kinds);
}

/** Whether any of the kinds follows from totals. */
function wantsDerived(kinds: EventFilter['kinds']): boolean {
  return !kinds || [...kinds].some((kind) => derivedKinds.has(kind));
}

/** The events of a filter. */
interface Parts {
  readonly lists: EventLists;
  /** Asks for the recorded ones, where they are not in the lists. */
  readonly recorded?: EventQuery | undefined;
}

async function partsOf({ store, groups, hasWaited }: EventSource, filter: EventFilter): Promise<Parts> {
  const { images, kinds, range } = filter;
  const shown = kinds ? new Set([...shownRecordedKinds].filter((kind) => kinds.has(kind))) : shownRecordedKinds;
  if (!images.repos) {
    const recorded = shown.size === 0 ? undefined : { registries: images.registries, kinds: shown, range };
    if (!wantsDerived(kinds)) return { lists: { derived: [], others: [] }, recorded };
    const kept = keptEventsOf(store);
    return { lists: filterLists(hasWaited ? await kept.last() : await kept.current(), filter), recorded };
  }
  const grouped = withGroups(images, groups);
  const recorded = await store.events({ ...grouped.query, kinds: shown, range });
  const found = wantsDerived(kinds) ? await eventsOfImages(store, grouped) : { derived: [], others: [] };
  const lists = {
    derived: found.derived.toSorted(compareKept),
    others: [...recordedEvents(recorded.filter(grouped.hasEvent)), ...found.others].toSorted(compareByIdentity),
  };
  // Of the images only the wanted ones are there, also those of a group.
  return { lists: filterLists(lists, { ...filter, images: {} }) };
}

type RecordedStore = Pick<EventStore, 'events' | 'countEvents'>;

const recordedAtOnce = 5_000;

async function* recordedInBatches(store: RecordedStore, query: EventQuery): AsyncGenerator<readonly ImageEvent[]> {
  let place: readonly string[] | undefined;
  let batch: readonly RecordedEvent[];
  do {
    batch = await store.events({ ...query, part: { side: 'after', place, limit: recordedAtOnce } });
    yield [...recordedEvents(batch)];
    const last = batch.at(-1);
    place = last && eventIdentity(last);
  } while (batch.length === recordedAtOnce);
}

async function recordedPart(
  store: RecordedStore,
  query: EventQuery,
  { count, newestFirst, after: place }: PartOfEvents,
): Promise<RecordedPart> {
  const [forward, back] = newestFirst ? (['before', 'after'] as const) : (['after', 'before'] as const);
  const behind = { side: back, place, withPlace: true };
  const [following, before] = await Promise.all([
    store.events({ ...query, part: { side: forward, place, limit: count } }),
    place ? store.events({ ...query, part: { ...behind, limit: count } }) : [],
  ]);
  return {
    before: [...recordedEvents(before)],
    following: [...recordedEvents(following)],
    async counts() {
      const countBefore = place ? await store.countEvents({ ...query, part: behind }) : 0;
      return { countBefore, total: await store.countEvents(query) };
    },
  };
}

/** What follows from the totals of some images, and when their registries did not update them, in no order. */
async function eventsOfImages(store: EventStore, { query, has }: GroupedQuery): Promise<EventLists> {
  const own = (await store.latest(query)).filter(has);
  const freezes = await findAllFreezes(store, query);
  const derived: KeptEvent[] = [];
  for await (const series of seriesInBatches(store, own)) {
    for (const image of withStillDays(series, freezes)) {
      const { registry, repo } = image;
      for (const event of imageEvents(image)) derived.push({ image: { registry, repo }, ...event });
    }
  }
  // A freeze is about each image whose total did not change by it.
  return { derived, others: await frozenEvents(store, own, await freezesOfImages(store, own, freezes)) };
}

/** Those of the freezes that any of these images was read in. */
async function freezesOfImages(store: EventStore, images: readonly ImageName[], freezes: readonly Freeze[]): Promise<readonly Freeze[]> {
  const found = new Set<Freeze>();
  const frozen = images.filter((image) => freezes.some((freeze) => isOwnerFrozen(freeze, image)));
  for await (const series of seriesInBatches(store, frozen)) for (const freeze of freezesOf(series, freezes)) found.add(freeze);
  return freezes.filter((freeze) => found.has(freeze));
}

/** The events of these freezes, as these images had them. */
async function frozenEvents(store: EventStore, images: readonly ImageName[], freezes: readonly Freeze[]): Promise<readonly ImageEvent[]> {
  const events: ImageEvent[] = [];
  for (const freeze of mergeFreezes(freezes)) {
    const day = fromEpochDay(markDay(freeze));
    events.push(freezeEvent(freeze, markOn(await seriesOf(store, images, { from: day, to: day }), freeze)));
  }
  return events;
}

/** Kinds that need all of a history: a part of it begins somewhere, and may lack the days on which a milestone was passed before. */
const wholeHistoryKinds: ReadonlySet<EventKind> = new Set(['first_seen', 'milestone']);

/** The events of all images since a day, the oldest first, without reading more of each history than that takes. */
export async function findEventsSince(store: EventStore, recorded: readonly RecordedEvent[], from: Day): Promise<readonly ImageEvent[]> {
  const [freezes, latest] = [await findAllFreezes(store, {}, recorded), await store.latest({})];
  const events = [...recordedEvents(recorded), ...(await registryFreezes(store, freezes))].filter(({ time }) => time.slice(0, 10) >= from);
  for await (const series of seriesInBatches(store, latest, { from }))
    events.push(...listEvents(withStillDays(series, freezes), {}, { from }));
  const unsure = events.filter(({ kind }) => wholeHistoryKinds.has(kind));
  if (unsure.length === 0) return events.toSorted(compareByIdentity);
  const names = new Map(unsure.map(({ registry, repo = '' }) => [imageKey({ registry, repo }), { registry, repo }]));
  const whole = withStillDays(await seriesOf(store, [...names.values()]), freezes);
  const sure = listEvents(whole, {}, { from }).filter(({ kind }) => wholeHistoryKinds.has(kind));
  return [...events.filter(({ kind }) => !wholeHistoryKinds.has(kind)), ...sure].toSorted(compareByIdentity);
}

/** The newest event of these images. */
export async function findNewestEvent(source: EventSource, images: SeriesQuery): Promise<ImageEvent | undefined> {
  const { events } = await findEventsPart(source, { images, range: {} }, { count: 1, newestFirst: true });
  return events[0];
}

/** One sentence that says it all, e.g. `acme/app (ghcr): pushed 1.2.0`. */
export function eventSentence({ registry, repo, text }: Pick<ImageEvent, 'registry' | 'repo' | 'text'>): string {
  return `${repo === undefined ? registry : `${repo} (${registry})`}: ${text}`;
}
