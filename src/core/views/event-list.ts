/** The events of a query: rows for the API, the page and the feed. */
import { compareEvents, type EventKind, type RecordedEvent } from '../model/event.ts';
import { withStillDays } from '../numbers/freezes.ts';
import { addDays, type Day } from '../model/day.ts';
import { compareText, imageKey } from '../model/image.ts';
import type { DayRange, SeriesQuery } from '../model/query.ts';
import type { SnapshotStore } from '../ports.ts';
import { listEvents, type ImageEvent } from './events.ts';
import { findAllFreezes, freezesOf, seriesOf, seriesWithFreezes } from './frozen-series.ts';
import { withGroups, type Group } from './groups.ts';

/** Which events; an absent member does not restrict. */
export interface EventFilter {
  /** Its repos may be names of groups. */
  readonly images: SeriesQuery;
  readonly range: DayRange;
  readonly kinds?: ReadonlySet<EventKind> | undefined;
}

export interface EventSource {
  readonly store: Pick<SnapshotStore, 'totals' | 'latest' | 'events'>;
  readonly groups: readonly Group[];
}

/** The events of the filter, the oldest first. */
export async function findEvents({ store, groups }: EventSource, { images, range, kinds }: EventFilter): Promise<readonly ImageEvent[]> {
  const { query, has, hasEvent } = withGroups(images, groups);
  const [{ series, freezes }, recorded] = await Promise.all([seriesWithFreezes(store, query), store.events()]);
  const own = series.filter(has);
  // A freeze is about the whole registry, and about each image whose total did not change by it.
  const events = listEvents(own, { recorded: recorded.filter(hasEvent), freezes: images.repos ? freezesOf(own, freezes) : freezes }, range);
  const wanted = kinds ? events.filter(({ kind }) => kinds.has(kind)) : events;
  return wanted.toSorted(compareAll);
}

/** Kinds that need all of a history: a part of it begins somewhere, and may lack the days on which a milestone was passed before. */
const wholeHistoryKinds: ReadonlySet<EventKind> = new Set(['first_seen', 'milestone']);

/** The events of all images since a day, the oldest first, without reading more of each history than that takes. */
export async function findEventsSince(
  store: EventSource['store'],
  recorded: readonly RecordedEvent[],
  from: Day,
): Promise<readonly ImageEvent[]> {
  const [freezes, series] = [await findAllFreezes(store, recorded), await store.totals({}, { from })];
  const events = listEvents(withStillDays(series, freezes), { recorded, freezes }, { from });
  const unsure = events.filter(({ kind }) => wholeHistoryKinds.has(kind));
  if (unsure.length === 0) return events.toSorted(compareAll);
  const names = new Map(unsure.map(({ registry, repo = '' }) => [imageKey({ registry, repo }), { registry, repo }]));
  const whole = withStillDays(await seriesOf(store, [...names.values()]), freezes);
  const sure = listEvents(whole, {}, { from }).filter(({ kind }) => wholeHistoryKinds.has(kind));
  return [...events.filter(({ kind }) => !wholeHistoryKinds.has(kind)), ...sure].toSorted(compareAll);
}

/** Most installations had an event within this time: then the rest of the history is left alone. */
const recentDays = 30;

/** The newest event of these images. */
export async function findNewestEvent(source: EventSource, images: SeriesQuery, today: Day): Promise<ImageEvent | undefined> {
  const range = { from: addDays(today, -recentDays) };
  const { query, has, hasEvent } = withGroups(images, source.groups);
  const { store } = source;
  const [series, latest, recorded] = await Promise.all([store.totals(query, range), store.latest(query), store.events()]);
  const firstSeen = new Map(latest.map((image) => [imageKey(image), image.firstSeen]));
  // What is cut out of a history begins somewhere: that is not where it was first seen.
  const isReal = ({ kind, registry, repo = '', time }: ImageEvent): boolean =>
    kind !== 'first_seen' || firstSeen.get(imageKey({ registry, repo })) === time.slice(0, 10);
  const recent = listEvents(series.filter(has), { recorded: recorded.filter(hasEvent) }, range).filter(isReal);
  return recent.toSorted(compareAll).at(-1) ?? (await findEvents(source, { images, range: {} })).at(-1);
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
