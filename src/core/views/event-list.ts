/** The events of a query: rows for the API, the page and the feed. */
import { compareEvents, derivedKinds, type EventKind, type RecordedEvent } from '../model/event.ts';
import { createFirst } from '../numbers/first.ts';
import { withStillDays } from '../numbers/freezes.ts';
import type { Day } from '../model/day.ts';
import { compareText, imageKey } from '../model/image.ts';
import { includesDay, type DayRange, type SeriesQuery } from '../model/query.ts';
import type { SnapshotStore } from '../ports.ts';
import { listEvents, recordedEvents, type ImageEvent } from './events.ts';
import { findAllFreezes, seriesInBatches, seriesOf } from './frozen-series.ts';
import { eventsOfImages, freezesOfImages, frozenEvents } from './image-events.ts';
import { withGroups, type Group } from './groups.ts';

/** Which events; an absent member does not restrict. */
export interface EventFilter {
  /** Its repos may be names of groups. */
  readonly images: SeriesQuery;
  readonly range: DayRange;
  readonly kinds?: ReadonlySet<EventKind> | undefined;
}

export interface EventSource {
  readonly store: EventStore;
  readonly groups: readonly Group[];
}

type EventStore = Pick<SnapshotStore, 'totals' | 'dailyTotals' | 'latest' | 'events'>;

/** The events of the filter, the oldest first. */
export async function findEvents(source: EventSource, filter: EventFilter): Promise<readonly ImageEvent[]> {
  const events: ImageEvent[] = [];
  for await (const batch of eventBatches(source, filter)) events.push(...batch);
  return events.toSorted(compareAll);
}

export interface PartOfEvents {
  /** How many from there on, and how many at most before. */
  readonly count: number;
  readonly newestFirst?: boolean | undefined;
  /** What identifies the last event before that place; absent: the beginning. */
  readonly after?: readonly string[] | undefined;
}

export interface EventsPart {
  /** In the order that was asked for, also those before the place. */
  readonly events: readonly ImageEvent[];
  /** How many the filter has before these. */
  readonly start: number;
  /** How many it has in all. */
  readonly total: number;
}

/** The events of the filter around a place in their order; no more than these are kept while the others are looked at. */
export async function findEventsPart(
  source: EventSource,
  filter: EventFilter,
  { count, newestFirst = false, after }: PartOfEvents,
): Promise<EventsPart> {
  const sign = newestFirst ? -1 : 1;
  const before = createFirst<ImageEvent>(count, (a, b) => -sign * compareAll(a, b));
  const first = createFirst<ImageEvent>(count, (a, b) => sign * compareAll(a, b));
  let [beforeAll, total] = [0, 0];
  for await (const batch of eventBatches(source, filter)) {
    for (const event of batch) {
      const isBefore = after !== undefined && sign * compareIdentities(identifyEvent(event), after) <= 0;
      (isBefore ? before : first).add(event);
      total += 1;
      if (isBefore) beforeAll += 1;
    }
  }
  const last = before.items();
  return { events: [...last.toReversed(), ...first.items()], start: beforeAll - last.length, total };
}

/** The events of the filter, those of some images at a time, in no order. */
async function* eventBatches({ store, groups }: EventSource, { images, range, kinds }: EventFilter): AsyncGenerator<readonly ImageEvent[]> {
  const { query, has, hasEvent } = withGroups(images, groups);
  const wanted = ({ kind, time }: ImageEvent): boolean => kinds?.has(kind) !== false && includesDay(range, time.slice(0, 10));
  const recorded = await store.events();
  yield [...recordedEvents(recorded.filter(hasEvent))].filter(wanted);
  if (kinds && ![...kinds].some((kind) => derivedKinds.has(kind))) return;
  const own = (await store.latest(query)).filter(has);
  const freezes = await findAllFreezes(store, recorded, query);
  for await (const events of eventsOfImages(store, own, freezes)) yield events.filter(wanted);
  if (kinds?.has('frozen') === false) return;
  // A freeze is about the whole registry, and about each image whose total did not change by it.
  yield (await frozenEvents(store, own, images.repos ? await freezesOfImages(store, own, freezes) : freezes)).filter(wanted);
}

/** Kinds that need all of a history: a part of it begins somewhere, and may lack the days on which a milestone was passed before. */
const wholeHistoryKinds: ReadonlySet<EventKind> = new Set(['first_seen', 'milestone']);

/** The events of all images since a day, the oldest first, without reading more of each history than that takes. */
export async function findEventsSince(store: EventStore, recorded: readonly RecordedEvent[], from: Day): Promise<readonly ImageEvent[]> {
  const [freezes, latest] = [await findAllFreezes(store, recorded), await store.latest({})];
  const events = [...recordedEvents(recorded), ...(await frozenEvents(store, latest, freezes))].filter(
    ({ time }) => time.slice(0, 10) >= from,
  );
  for await (const series of seriesInBatches(store, latest, { from }))
    events.push(...listEvents(withStillDays(series, freezes), {}, { from }));
  const unsure = events.filter(({ kind }) => wholeHistoryKinds.has(kind));
  if (unsure.length === 0) return events.toSorted(compareAll);
  const names = new Map(unsure.map(({ registry, repo = '' }) => [imageKey({ registry, repo }), { registry, repo }]));
  const whole = withStillDays(await seriesOf(store, [...names.values()]), freezes);
  const sure = listEvents(whole, {}, { from }).filter(({ kind }) => wholeHistoryKinds.has(kind));
  return [...events.filter(({ kind }) => !wholeHistoryKinds.has(kind)), ...sure].toSorted(compareAll);
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

/** What makes it the same event later, when more is known of it or the program words it in another way. */
export type EventIdentity = readonly [time: string, registry: string, repo: string, kind: string, detail: string];

export function identifyEvent({ time, registry, repo = '', kind, detail = '' }: ImageEvent): EventIdentity {
  return [time, registry, repo, kind, detail];
}

/** Orders events as they are listed, without ties. */
export function compareIdentities(a: readonly string[], b: readonly string[]): number {
  const [[time = '', registry = '', repo, ...rest], [otherTime = '', otherRegistry = '', otherRepo, ...otherRest]] = [a, b];
  const order = compareEvents({ time, registry, repo }, { time: otherTime, registry: otherRegistry, repo: otherRepo });
  if (order !== 0) return order;
  return compareText(time, otherTime) || compareText(JSON.stringify(rest), JSON.stringify(otherRest));
}

function compareAll(a: ImageEvent, b: ImageEvent): number {
  return compareEvents(a, b) || compareIdentities(identifyEvent(a), identifyEvent(b));
}
