import { findEvents } from '../../core/views/event-list.ts';
import { eventParameters } from '../../http/event-filter.ts';
import { cutPage, pagingField } from '../../http/paging.ts';
import { eventsOnPage, eventsPage, newestFirst } from '../events.ts';
import { eventsViewField } from '../events-view.ts';
import { pageEndpoint, pageOf } from '../page-endpoint.ts';

export const eventsPageEndpoint = pageEndpoint({
  path: '/events',
  summary: 'What happened to all images, with filters',
  query: { view: eventsViewField, paging: pagingField(newestFirst.name, 5) },
  async page({ query: { view, paging } }, deps) {
    const { filter, problem } = view;
    const events = problem === undefined ? (await findEvents(deps, filter)).toReversed() : [];
    const { limit = eventsOnPage, after } = paging ?? {};
    const others = new URLSearchParams(eventParameters(filter)).toString();
    const shown = cutPage(events, { limit: Math.min(limit, eventsOnPage), after, others }, newestFirst);
    return pageOf(eventsPage(deps, { view, shown, count: events.length }), problem);
  },
});
