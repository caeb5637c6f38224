import { eventKinds } from '../../core/model/event.ts';
import { listEvents } from '../../core/views/events.ts';
import { seriesWithFreezes } from '../../core/views/frozen-series.ts';
import { withGroups } from '../../core/views/groups.ts';
import type { ApiDeps } from '../deps.ts';
import { dayRange, imageFilter } from '../parameters.ts';
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
  query: { images: imageFilter, range: dayRange },
  row,
  order: 'time',
  async handle({ query: { images, range } }, { store, groups }: Pick<ApiDeps, 'store' | 'groups'>) {
    const { query, has, hasEvent } = withGroups(images, groups);
    const [{ series, freezes }, recorded] = await Promise.all([seriesWithFreezes(store, query), store.events()]);
    const known = { recorded: recorded.filter(hasEvent), freezes: images.repos ? [] : freezes };
    const events = listEvents(series.filter(has), known, range);
    return {
      columns: columnsOf(row),
      rows: events.map((event) => {
        const { time, registry: id, repo = '', kind } = event;
        return [time, id, repo, kind, `${repo === '' ? id : `${repo} (${id})`}: ${event.text}`];
      }),
    };
  },
});
