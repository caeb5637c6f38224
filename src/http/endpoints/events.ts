import { compareIdentities, eventIdentity, eventKinds } from '../../core/model/event.ts';
import { eventSentence, findEvents, findEventsPart, type EventSource } from '../../core/views/event-list.ts';
import type { ImageEvent } from '../../core/views/events.ts';
import type { Cell } from '../../core/views/table.ts';
import { eventFilter, eventsWaitFor } from '../event-filter.ts';
import { cutPage, pagingField } from '../paging.ts';
import { registry } from '../responses.ts';
import { named, object, oneOf, text } from '../schema.ts';
import { columnsOf, tableEndpoint } from '../table-endpoint.ts';

/** Shaped for Grafana's annotations too: `time`, and a `text` that says it all. */
const row = named(
  'Event',
  object({
    time: text({
      example: '2026-03-14T10:00:00.000Z',
      description: 'A moment; the start of a UTC day where only that is known',
    }),
    registry,
    repo: text({ example: 'acme/app', description: 'Empty when it is about the whole registry' }),
    kind: oneOf(eventKinds),
    text: text({ example: 'acme/app (ghcr): counter decreased from 130 to 80' }),
  }),
);

export const eventsEndpoint = tableEndpoint({
  path: '/api/events',
  summary: 'Tags pushed, milestones, counter resets, images deleted, registry outages',
  description: 'Shaped for annotations in Grafana too.',
  query: { filter: eventFilter, paging: pagingField('events', 5, eventFilter) },
  row,
  order: 'time',
  waitsFor: ({ query: { filter } }, deps: EventSource) => eventsWaitFor(deps, filter),
  async handle({ query: { filter, paging } }, deps: EventSource) {
    const source = { ...deps, hasWaited: true };
    if (!paging) return { columns: columnsOf(row), rows: inBatches(await findEvents(source, filter)) };
    const { limit = Infinity, after } = paging;
    // One more says whether there is another page.
    const { events } = await findEventsPart(source, filter, { count: limit + 1, after });
    const { rows, next } = cutPage(events, paging, { name: 'events', key: eventIdentity, compare: compareIdentities });
    return { columns: columnsOf(row), rows: cells(rows), next };
  },
});

async function* inBatches(events: AsyncIterable<Iterable<ImageEvent>>): AsyncGenerator<Iterable<readonly Cell[]>> {
  for await (const batch of events) yield cells(batch);
}

function* cells(events: Iterable<ImageEvent>): Generator<readonly Cell[]> {
  for (const event of events) yield [event.time, event.registry, event.repo ?? '', event.kind, eventSentence(event)];
}
