/** A part of events that are in their order. */
import { compareIdentities, eventIdentity, type RecordedEvent } from '../model/event.ts';
import type { EventPart } from '../model/event-query.ts';
import { countBefore } from './sorted.ts';

export function partOf(events: readonly RecordedEvent[], part: EventPart | undefined): readonly RecordedEvent[] {
  if (!part) return events;
  const { side, place, withPlace = false, limit = Infinity } = part;
  const isBefore = side === 'before';
  // Whether the event at the place is in front of the cut.
  const isUpTo = isBefore === withPlace;
  const cut = (event: RecordedEvent, at: readonly string[]): boolean => compareIdentities(eventIdentity(event), at) < (isUpTo ? 1 : 0);
  const at = place ? countBefore(events, (event) => cut(event, place)) : isBefore ? events.length : 0;
  return isBefore ? events.slice(Math.max(0, at - limit), at) : events.slice(at, at + limit);
}
