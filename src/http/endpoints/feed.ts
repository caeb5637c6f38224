import { eventIdentity } from '../../core/model/event.ts';
import { eventSentence, findEventsPart } from '../../core/views/event-list.ts';
import type { ImageEvent } from '../../core/views/events.ts';
import { atomChunks, atomType } from '../atom.ts';
import type { ApiDeps } from '../deps.ts';
import { endpoint } from '../endpoint.ts';
import { eventAddress, eventFilter, eventsWaitFor } from '../event-filter.ts';
import { imagePath } from '../page-links.ts';
import { dataResponses } from '../responses.ts';
import { text } from '../schema.ts';

type FeedDeps = Pick<ApiDeps, 'store' | 'groups' | 'clock' | 'basePath' | 'version'>;

/** Entries of the feed, the newest: readers keep what they have seen. */
const maxEntries = 100;

export const feedEndpoint = endpoint({
  path: '/feed.atom',
  summary: 'The newest events as an Atom feed',
  description: 'With the filters of /api/events.',
  query: { filter: eventFilter },
  responses: dataResponses({ 'application/atom+xml': text() }),
  perOrigin: true,
  waitsFor: ({ query: { filter } }, deps: FeedDeps) => eventsWaitFor(deps, filter),
  async handle({ query: { filter }, origin }, deps: FeedDeps) {
    const { events } = await findEventsPart({ ...deps, hasWaited: true }, filter, { count: maxEntries, newestFirst: true });
    const root = origin + deps.basePath;
    const subject = [filter.images.repos, filter.images.registries, filter.kinds].flatMap((names) =>
      names ? [[...names].join(', ')] : [],
    );
    const link = ({ repo, registry }: ImageEvent): string =>
      repo === undefined
        ? eventAddress(`${root}/events`, { images: { registries: new Set([registry]) }, range: {} })
        : imagePath(root, repo);
    const chunks = atomChunks({
      title: ['registry-stats events', ...subject].join(' · '),
      updated: events[0]?.time ?? new Date(deps.clock.now()).toISOString(),
      self: eventAddress(`${root}/feed.atom`, filter),
      page: eventAddress(`${root}/events`, filter),
      generatorVersion: deps.version,
      entries: events.map((event) => ({
        identity: eventIdentity(event),
        title: eventSentence(event),
        updated: event.time,
        link: link(event),
        category: event.kind,
      })),
    });
    return { type: atomType, chunks };
  },
});
