import { findEventsPart } from '../../core/views/event-list.ts';
import { eventParameters, eventsWaitFor } from '../../http/event-filter.ts';
import { cutPage, pagingField } from '../../http/paging.ts';
import { eventsOnPage, eventsPage, newestFirst } from '../events.ts';
import { eventsViewField } from '../events-view.ts';
import { pageEndpoint, pageOf } from '../page-endpoint.ts';

export const eventsPageEndpoint = pageEndpoint({
  path: '/events',
  summary: 'What happened to all images, with filters',
  query: { view: eventsViewField, paging: pagingField(newestFirst.name, 5) },
  waitsFor: ({ query: { view } }, deps) => (view.problem === undefined ? eventsWaitFor(deps, view.filter) : undefined),
  async page({ query: { view, paging } }, deps) {
    const { filter, problem } = view;
    const { limit: wanted = eventsOnPage, after } = paging ?? {};
    const limit = Math.min(wanted, eventsOnPage);
    // One more on both sides says whether there are other pages.
    const place = { count: limit + 1, newestFirst: true, after };
    const found = problem === undefined ? await findEventsPart({ ...deps, hasWaited: true }, filter, place) : undefined;
    const { start, total } = (await found?.counts()) ?? { start: 0, total: 0 };
    const others = new URLSearchParams(eventParameters(filter)).toString();
    const shown = cutPage(found?.events ?? [], { limit, after, others }, newestFirst);
    return pageOf(eventsPage(deps, { view, shown: { ...shown, start: start + shown.start }, count: total }), problem);
  },
});
