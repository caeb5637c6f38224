import { findFirstEvents } from '../../core/views/event-list.ts';
import { eventFilter, eventParameters } from '../../http/event-filter.ts';
import { cutPage, pagingField } from '../../http/paging.ts';
import { eventsOnPage, eventsPage, newestFirst } from '../events.ts';
import { pageEndpoint } from '../page-endpoint.ts';

export const eventsPageEndpoint = pageEndpoint({
  path: '/events',
  summary: 'What happened to all images, with filters',
  query: { filter: eventFilter, paging: pagingField(newestFirst.name, 5) },
  async page({ query: { filter, paging } }, deps) {
    const { limit: wanted = eventsOnPage, after } = paging ?? {};
    const limit = Math.min(wanted, eventsOnPage);
    // One more says whether there is another page.
    const { events, total } = await findFirstEvents(deps, filter, { count: limit + 1, newestFirst: true, after });
    const others = new URLSearchParams(eventParameters(filter)).toString();
    const { rows, next } = cutPage(events, { limit, after, others }, newestFirst);
    return eventsPage(deps, { filter, events: rows, count: total, next, isFirst: after === undefined });
  },
});
