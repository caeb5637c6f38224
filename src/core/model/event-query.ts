/** Which recorded events are asked for. */
import { dayOf } from './day.ts';
import type { RecordedEvent, RecordedKind } from './event.ts';
import { includesDay, matchesEvent, type DayRange, type SeriesQuery } from './query.ts';

/** An absent member does not restrict. */
export interface EventQuery extends SeriesQuery {
  readonly kinds?: ReadonlySet<RecordedKind> | undefined;
  /** The days on which they happened. */
  readonly range?: DayRange | undefined;
  /** The days on which they were seen. */
  readonly seen?: DayRange | undefined;
  readonly part?: EventPart | undefined;
}

/** A part of events in their order, next to a place. */
export interface EventPart {
  readonly side: 'before' | 'after';
  /** What identifies the event there; absent: the end of all, before which they are, or the beginning. */
  readonly place?: readonly string[] | undefined;
  /** Whether the event at the place is one of them. */
  readonly withPlace?: boolean | undefined;
  /** At most so many, those next to the place. */
  readonly limit?: number | undefined;
}

/** Whether a query, but for its part, is about this event. */
export function isAskedFor(query: EventQuery, event: RecordedEvent): boolean {
  const { kinds, range, seen } = query;
  return (
    kinds?.has(event.kind) !== false &&
    matchesEvent(query, event) &&
    (range === undefined || includesDay(range, event.time.slice(0, 10))) &&
    (seen === undefined || includesDay(seen, dayOf(Date.parse(event.seenAt))))
  );
}
