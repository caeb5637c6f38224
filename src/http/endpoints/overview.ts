import { eventSentence, findNewestEvent } from '../../core/views/event-list.ts';
import { queryImages } from '../../core/views/groups.ts';
import { imageSumsOf, sumImages } from '../../core/views/image-sums.ts';
import type { ApiDeps } from '../deps.ts';
import { endpoint } from '../endpoint.ts';
import { eventsWaitFor } from '../event-filter.ts';
import { jsonContent } from '../json-content.ts';
import { imageFilter } from '../parameters.ts';
import { change, dataResponses, pulls, registry, repo } from '../responses.ts';
import { count, named, nullable, object, text, type ValueOf } from '../schema.ts';

const overview = named(
  'Overview',
  object({
    images: count({ description: 'How many are tracked' }),
    registries: count({ description: 'On how many registries these are' }),
    stale_images: count({ description: 'How many were not read for too long' }),
    pull_count: { ...pulls, description: 'Sum of the newest known totals' },
    pulls_1d: { ...pulls, description: 'Pulls of yesterday, the last whole UTC day' },
    pulls_7d: pulls,
    pulls_30d: pulls,
    change_1d: { ...change, description: 'Difference from the period before, of images that were known all through it' },
    change_7d: change,
    change_30d: change,
    last_read: nullable(text({ description: 'When anything was last checked' })),
    newest_event: nullable(text({ example: 'acme/app (ghcr): pushed 1.2.0' })),
    newest_event_time: nullable(text({ example: '2026-03-14T10:00:00.000Z' })),
    newest_event_kind: nullable(text({ example: 'tag_pushed' })),
    newest_event_registry: nullable(registry),
    newest_event_repo: nullable({ ...repo, description: 'null where it is about the whole registry' }),
  }),
);

export const overviewEndpoint = endpoint({
  path: '/api/overview',
  summary: 'All that is tracked in one flat object, for widgets of other dashboards',
  query: { images: imageFilter },
  responses: dataResponses({ 'application/json': overview }),
  waitsFor: ({ query: { images } }, deps: ApiDeps) => eventsWaitFor(deps, { images }),
  async handle({ query: { images: filter } }, deps: ApiDeps) {
    const [images, event] = await Promise.all([queryImages(deps, filter), findNewestEvent({ ...deps, hasWaited: true }, filter)]);
    const isAll = !filter.repos && !filter.registries;
    const { lastDay, lastWeek, last30Days, ...sums } = isAll ? imageSumsOf(deps.store)(images) : sumImages(images);
    const shown: ValueOf<typeof overview> = {
      images: sums.images,
      registries: sums.registries.size,
      stale_images: sums.stale,
      pull_count: sums.total ?? null,
      pulls_1d: lastDay.pulls ?? null,
      pulls_7d: lastWeek.pulls ?? null,
      pulls_30d: last30Days.pulls ?? null,
      change_1d: lastDay.change ?? null,
      change_7d: lastWeek.change ?? null,
      change_30d: last30Days.change ?? null,
      last_read: sums.lastRead === undefined ? null : new Date(sums.lastRead).toISOString(),
      newest_event: event ? eventSentence(event) : null,
      newest_event_time: event ? new Date(event.time).toISOString() : null,
      newest_event_kind: event?.kind ?? null,
      newest_event_registry: event?.registry ?? null,
      newest_event_repo: event?.repo ?? null,
    };
    return jsonContent(shown);
  },
});
