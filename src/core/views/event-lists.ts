/** Events in their order: those that follow from totals without their texts, which are made for those that are shown. */
import { compareByIdentity, compareIdentities, eventIdentity, type EventKind } from '../model/event.ts';
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
  /** What is about a whole registry, and what was recorded of images that were asked for by name. */
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
  /** Works out how many there are: to count what was recorded takes a look at all of it. */
  counts(): Promise<EventCounts>;
}

export interface EventCounts {
  /** How many the filter has before those of the part. */
  readonly start: number;
  /** How many it has in all. */
  readonly total: number;
}

/** Orders events as `compareByIdentity` does. */
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
  { derived, others }: EventLists,
  batches: AsyncIterable<readonly ImageEvent[]> | Iterable<readonly ImageEvent[]>,
): AsyncGenerator<Iterable<ImageEvent>> {
  const own = createQueue(allOf(createQueue(shown(derived)), others));
  for await (const batch of batches) yield own.withBatch(batch);
  yield own.rest();
}

function* allOf(queue: Queue, others: readonly ImageEvent[]): Generator<ImageEvent> {
  yield* queue.withBatch(others);
  yield* queue.rest();
}

function* shown(derived: Iterable<KeptEvent>): Generator<ImageEvent> {
  for (const event of derived) yield toShown(event);
}

/** Sorted events, made as they are taken. */
interface Queue {
  /** Others in their order, each after those of the queue that come before it. */
  withBatch(batch: readonly ImageEvent[]): Generator<ImageEvent>;
  rest(): Generator<ImageEvent>;
}

function createQueue(events: Generator<ImageEvent>): Queue {
  let next = events.next();
  return {
    *withBatch(batch) {
      for (const event of batch) {
        for (; !next.done && compareByIdentity(next.value, event) <= 0; next = events.next()) yield next.value;
        yield event;
      }
    },
    *rest() {
      for (; !next.done; next = events.next()) yield next.value;
    },
  };
}

/** Recorded events that are not in the lists. */
export interface RecordedPart extends Sides {
  counts(): Promise<Counted>;
}

/** Those around a place in their order. */
export function partOfLists({ derived, others }: EventLists, place: PartOfEvents, recorded?: RecordedPart): EventsPart {
  const { count, newestFirst = false } = place;
  const sign = newestFirst ? -1 : 1;
  const compare = (a: ImageEvent, b: ImageEvent): number => sign * compareByIdentity(a, b);
  const lists = [sidesOf(derived, toShown, place), sidesOf(others, (event) => event, place)];
  const sides: readonly Sides[] = recorded ? [...lists, recorded] : lists;
  const before = sides.flatMap((side) => side.before).toSorted(compare);
  const following = sides.flatMap((side) => side.following).toSorted(compare);
  const last = before.slice(Math.max(0, before.length - count));
  return {
    events: [...last, ...following.slice(0, count)],
    async counts() {
      const counted = recorded ? [...lists, await recorded.counts()] : lists;
      return {
        start: counted.reduce((sum, side) => sum + side.countBefore, 0) - last.length,
        total: counted.reduce((sum, side) => sum + side.total, 0),
      };
    },
  };
}

/** What is next to a place on both of its sides, the oldest first. */
export interface Sides {
  readonly before: readonly ImageEvent[];
  readonly following: readonly ImageEvent[];
}

export interface Counted {
  /** How many are before the place. */
  readonly countBefore: number;
  readonly total: number;
}

function sidesOf<Event>(
  list: readonly Event[],
  toEvent: (event: Event) => ImageEvent,
  { count, newestFirst = false, after }: PartOfEvents,
): Sides & Counted {
  const compareTo = (event: Event, place: readonly string[]): number => compareIdentities(eventIdentity(toEvent(event)), place);
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
