/** Events in their order: those that follow from totals without their texts, which are made for those that are shown. */
import { compareEvents, compareIdentities, type EventKind } from '../model/event.ts';
import { compareText, type ImageName } from '../model/image.ts';
import { includesDay, toEpochDays, type DayRange, type SeriesQuery } from '../model/query.ts';
import { countBefore } from '../numbers/sorted.ts';
import { toImageEvent, type ImageEvent, type TotalEvent } from './events.ts';

export interface KeptEvent extends TotalEvent {
  readonly image: ImageName;
}

/** Which events; an absent member does not restrict. */
export interface EventFilter {
  /** Its repos may be names of groups. */
  readonly images: SeriesQuery;
  readonly range: DayRange;
  readonly kinds?: ReadonlySet<EventKind> | undefined;
}

/** Both lists are sorted, the oldest first. */
export interface EventLists {
  /** What follows from the totals of each image. */
  readonly derived: readonly KeptEvent[];
  readonly others: readonly ImageEvent[];
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

/** What makes it the same event later, when more is known of it or the program words it in another way. */
export type EventIdentity = readonly [time: string, registry: string, repo: string, kind: string, detail: string];

export function identifyEvent({ time, registry, repo = '', kind, detail = '' }: ImageEvent): EventIdentity {
  return [time, registry, repo, kind, detail];
}

/** Orders events as they are listed. */
export function compareImageEvents(a: ImageEvent, b: ImageEvent): number {
  return compareEvents(a, b) || compareIdentities(identifyEvent(a), identifyEvent(b));
}

/** The same order. */
export function compareKept(a: KeptEvent, b: KeptEvent): number {
  return (
    a.epochDay - b.epochDay ||
    compareText(a.image.registry, b.image.registry) ||
    compareText(a.image.repo, b.image.repo) ||
    compareText(a.kind, b.kind)
  );
}

/** Those of these days, kinds and registries. */
export function filterLists({ derived, others }: EventLists, { images: { registries }, range, kinds }: EventFilter): EventLists {
  const [first, last] = toEpochDays(range);
  const isAll = first === -Infinity && last === Infinity;
  const inRange = isAll
    ? derived
    : derived.slice(
        countBefore(derived, ({ epochDay }) => epochDay < first),
        countBefore(derived, ({ epochDay }) => epochDay <= last),
      );
  return {
    derived:
      kinds || registries
        ? inRange.filter(({ kind, image }) => kinds?.has(kind) !== false && registries?.has(image.registry) !== false)
        : inRange,
    others: others.filter(
      ({ kind, time, registry }) =>
        kinds?.has(kind) !== false && registries?.has(registry) !== false && includesDay(range, time.slice(0, 10)),
    ),
  };
}

/** All of them, the oldest first, together with others that come in their order, in batches. */
export async function* mergedWith(
  lists: EventLists,
  batches: AsyncIterable<readonly ImageEvent[]>,
): AsyncGenerator<Iterable<ImageEvent>, void, undefined> {
  const own = inOrder(lists);
  let next = own.next();
  function* upTo(batch: readonly ImageEvent[]): Generator<ImageEvent> {
    for (const event of batch) {
      for (; !next.done && compareImageEvents(next.value, event) <= 0; next = own.next()) yield next.value;
      yield event;
    }
  }
  for await (const batch of batches) yield upTo(batch);
  if (next.done) return;
  yield [next.value];
  yield own;
}

function* inOrder({ derived, others }: EventLists): Generator<ImageEvent> {
  let at = 0;
  for (const event of derived) {
    const own = toShown(event);
    for (let other = others[at]; other !== undefined && compareImageEvents(other, own) <= 0; other = others[at]) {
      yield other;
      at += 1;
    }
    yield own;
  }
  yield* others.slice(at);
}

/** Those around a place in their order. `recorded`: those that are not in the lists. */
export function partOfLists({ derived, others }: EventLists, place: PartOfEvents, recorded: Sides = noSides): EventsPart {
  const { count, newestFirst = false } = place;
  const sign = newestFirst ? -1 : 1;
  const compare = (a: ImageEvent, b: ImageEvent): number => sign * compareImageEvents(a, b);
  const sides = [sidesOf(derived, toShown, place), sidesOf(others, (event) => event, place), recorded];
  const before = sides.flatMap((side) => side.before).toSorted(compare);
  const following = sides.flatMap((side) => side.following).toSorted(compare);
  const last = before.slice(Math.max(0, before.length - count));
  return {
    events: [...last, ...following.slice(0, count)],
    start: sides.reduce((sum, side) => sum + side.countBefore, 0) - last.length,
    total: sides.reduce((sum, side) => sum + side.total, 0),
  };
}

/** What is next to a place on both of its sides, the oldest first. */
export interface Sides {
  readonly before: readonly ImageEvent[];
  readonly following: readonly ImageEvent[];
  /** How many are before the place. */
  readonly countBefore: number;
  readonly total: number;
}

const noSides: Sides = { before: [], following: [], countBefore: 0, total: 0 };

function sidesOf<Event>(
  list: readonly Event[],
  toEvent: (event: Event) => ImageEvent,
  { count, newestFirst = false, after }: PartOfEvents,
): Sides {
  const compareTo = (event: Event, place: readonly string[]): number => compareIdentities(identifyEvent(toEvent(event)), place);
  const cut = (start: number, end: number): readonly ImageEvent[] => list.slice(Math.max(0, start), end).map(toEvent);
  const total = list.length;
  if (newestFirst) {
    const at = after ? countBefore(list, (event) => compareTo(event, after) < 0) : total;
    return { before: cut(at, at + count), following: cut(at - count, at), countBefore: total - at, total };
  }
  const at = after ? countBefore(list, (event) => compareTo(event, after) <= 0) : 0;
  return { before: cut(at - count, at), following: cut(at, at + count), countBefore: at, total };
}

function toShown(event: KeptEvent): ImageEvent {
  return toImageEvent(event.image, event);
}
