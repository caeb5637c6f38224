/** Which events an address asks for, what they are made from, and the address that asks for them: the same for the API, the page and the feed. */
import { eventKinds, type EventKind } from '../core/model/event.ts';
import { parseChoice } from '../core/model/choice.ts';
import { needsAllImages, type EventSource } from '../core/views/event-list.ts';
import type { EventFilter } from '../core/views/event-lists.ts';
import { formatExact } from '../core/views/format.ts';
import { keptEventsOf } from '../core/views/kept-events.ts';
import type { Preparation } from './endpoint.ts';
import { dayRange, imageFilter, parseList, repeatable } from './parameters.ts';
import { fieldOf, type Field } from './query.ts';

const kinds: Field<ReadonlySet<EventKind> | undefined> = {
  parameters: {
    kind: repeatable({ description: `Only these kinds, written like registry: ${eventKinds.join(', ')}`, example: 'tag_pushed' }),
  },
  parse(query) {
    const found = parseList(query.getAll('kind'))?.map((kind) => parseChoice('kind', kind, eventKinds));
    return found && new Set(found.filter((kind) => kind !== undefined));
  },
};

export const eventFilter: Field<EventFilter> = fieldOf({ images: imageFilter, range: dayRange, kinds });

/** The parameters of an address with this filter. */
export function eventParameters({ images, range, kinds: wanted }: EventFilter): [name: string, value: string][] {
  const lists = { kind: wanted, registry: images.registries, repo: images.repos };
  const days = Object.entries(range).flatMap(([name, day]): [string, string][] => (typeof day === 'string' ? [[name, day]] : []));
  return [
    ...Object.entries(lists).flatMap(([name, values]): [string, string][] => (values ? [[name, [...values].join(',')]] : [])),
    ...days,
  ];
}

/** `path` with the filter; nothing is added where it filters nothing. */
export function eventAddress(path: string, filter: EventFilter, more: readonly [name: string, value: string][] = []): string {
  const query = new URLSearchParams([...eventParameters(filter), ...more]).toString();
  return query === '' ? path : `${path}?${query}`;
}

/** What answers with events of all images wait for; undefined where those of some are asked for. */
export function eventsWaitFor({ store }: Pick<EventSource, 'store'>, filter: Omit<EventFilter, 'range'>): Preparation | undefined {
  if (!needsAllImages(filter)) return undefined;
  const events = keptEventsOf(store);
  return {
    done: events.current(),
    reason() {
      const { done, total } = events.progress();
      return `loading events, ${formatExact(done)} of ${formatExact(total)} images`;
    },
  };
}
