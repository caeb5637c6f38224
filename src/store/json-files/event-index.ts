/** The events of all days: after years of pushed tags they are most of what an index holds. */
import { compareRecorded, type RecordedEvent, type RecordedKind } from '../../core/model/event.ts';
import { isAskedFor, type EventQuery } from '../../core/model/event-query.ts';
import { includesDay } from '../../core/model/query.ts';
import type { Day } from '../../core/model/day.ts';
import { partOf } from '../../core/numbers/event-part.ts';

export interface EventIndex {
  /** Takes the events that were seen on a day, in place of those before. */
  set(day: Day, events: readonly RecordedEvent[]): void;
  /** As SnapshotStore.events. */
  select(query?: EventQuery): readonly RecordedEvent[];
  byDay(): Iterable<readonly [day: Day, events: readonly RecordedEvent[]]>;
}

export function createEventIndex(): EventIndex {
  const days = new Map<Day, readonly RecordedEvent[]>();
  const names = new Map<string, string>();
  /** In their order, and those of the kinds that were asked for, until something changes. */
  let all: readonly RecordedEvent[] | undefined;
  let ofKinds = new WeakMap<ReadonlySet<RecordedKind>, readonly RecordedEvent[]>();

  function seenIn({ seen = {}, kinds }: EventQuery): readonly RecordedEvent[] {
    const asked = [...days].filter(([day]) => includesDay(seen, day));
    if (asked.length < days.size) return filterKinds(inOrder(asked), kinds);
    all ??= inOrder(asked);
    const found = (kinds && ofKinds.get(kinds)) ?? filterKinds(all, kinds);
    if (kinds) ofKinds.set(kinds, found);
    return found;
  }

  return {
    set(day, events) {
      const sorted = events.toSorted(compareRecorded);
      // A day is set with each batch of readings.
      if (areSame(sorted, days.get(day) ?? [])) return;
      all = undefined;
      ofKinds = new WeakMap();
      if (sorted.length > 0) days.set(day, withSharedTexts(sorted, names));
      else days.delete(day);
    },
    select(query = {}) {
      const { registries, repos, range = {}, part } = query;
      const found = seenIn(query);
      const isRestricted = [registries, repos, range.from, range.to].some((member) => member !== undefined);
      return partOf(isRestricted ? found.filter((event) => isAskedFor({ registries, repos, range }, event)) : found, part);
    },
    byDay: () => days,
  };
}

function inOrder(days: readonly (readonly [Day, readonly RecordedEvent[]])[]): readonly RecordedEvent[] {
  return days.flatMap(([, events]) => events).toSorted(compareRecorded);
}

function filterKinds(events: readonly RecordedEvent[], kinds: EventQuery['kinds']): readonly RecordedEvent[] {
  return kinds ? events.filter(({ kind }) => kinds.has(kind)) : events;
}

function areSame(events: readonly RecordedEvent[], others: readonly RecordedEvent[]): boolean {
  if (events.length !== others.length) return false;
  return events.every((event, at) => {
    const other = others[at];
    return other !== undefined && compareRecorded(event, other) === 0;
  });
}

/** What many events have is in memory once: the names of images, and of a day's the moments of its runs and the names of tags. */
function withSharedTexts(events: readonly RecordedEvent[], names: Map<string, string>): readonly RecordedEvent[] {
  const ofDay = new Map<string, string>();
  return events.map(({ time, seenAt, registry, repo, kind, detail }) => ({
    time,
    seenAt: shared(ofDay, seenAt),
    registry: shared(names, registry),
    repo: repo === undefined ? undefined : shared(names, repo),
    kind,
    detail: detail === undefined ? undefined : shared(ofDay, detail),
  }));
}

function shared(texts: Map<string, string>, text: string): string {
  const known = texts.get(text) ?? text;
  texts.set(known, known);
  return known;
}
