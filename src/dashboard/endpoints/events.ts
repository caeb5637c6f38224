import { findEvents } from '../../core/views/event-list.ts';
import { eventFilter, eventParameters } from '../../http/event-filter.ts';
import { cutPage, pagingField } from '../../http/paging.ts';
import { eventsOnPage, eventsPage, newestFirst } from '../events.ts';
import { pageEndpoint } from '../page-endpoint.ts';

export const eventsPageEndpoint = pageEndpoint({
  path: '/events',
  summary: 'What happened to all images, with filters',
  query: { filter: eventFilter, paging: pagingField(newestFirst.name, 5) },
  async page({ query: { filter, paging } }, deps) {
    const events = (await findEvents(deps, filter)).toReversed();
    const { limit = eventsOnPage, after } = paging ?? {};
    const others = new URLSearchParams(eventParameters(filter)).toString();
    const { rows, next } = cutPage(events, { limit: Math.min(limit, eventsOnPage), after, others }, newestFirst);
    return eventsPage(deps, { filter, events: rows, count: events.length, next, isFirst: after === undefined });
  },
});
