/** A part of events that are in their order. */
import { compareIdentities, eventIdentity, type RecordedEvent } from '../model/event.ts';
import type { EventPart } from '../model/event-query.ts';
import { countBefore } from './sorted.ts';

export function partOf(events: readonly RecordedEvent[], part: EventPart | undefined): readonly RecordedEvent[] {
  if (!part) return events;
  const { side, limit = Infinity } = part;
  const at = cutOf(events, part);
  return side === 'before' ? events.slice(Math.max(0, at - limit), at) : events.slice(at, at + limit);
}

/** How many are in front of the place. */
function cutOf(events: readonly RecordedEvent[], { side, place, withPlace = false }: EventPart): number {
  if (!place) return side === 'before' ? events.length : 0;
  const isPlaceInFront = (side === 'before') === withPlace;
  return countBefore(events, (event) => {
    const order = compareIdentities(eventIdentity(event), place);
    return order < 0 || (order === 0 && isPlaceInFront);
  });
}
