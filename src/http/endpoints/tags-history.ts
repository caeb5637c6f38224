import { startOfDay } from '../../core/model/day.ts';
import type { StoredReading } from '../../core/model/history.ts';
import { imageKey, type ImageName } from '../../core/model/image.ts';
import { queryOf, type SeriesQuery } from '../../core/model/query.ts';
import type { SnapshotStore } from '../../core/ports.ts';
import { withGroups } from '../../core/views/groups.ts';
import type { Cell } from '../../core/views/table.ts';
import { tagHistory, type TagDay } from '../../core/views/tags.ts';
import type { ApiDeps } from '../deps.ts';
import { dayRange, imageFilter } from '../parameters.ts';
import { registry, repo, timestamp } from '../responses.ts';
import { count, named, object, text } from '../schema.ts';
import { columnsOf, tableEndpoint } from '../table-endpoint.ts';

const row = named(
  'TagHistoryRow',
  object({
    timestamp,
    registry,
    repo,
    tag: text(),
    pull_count: count({ description: 'Downloads under the tag up to this day; the count continues when the tag moves to another version' }),
    daily_pulls: count({ description: 'Since the known day before' }),
    version: text({ description: 'Id or digest of the version that the tag points at' }),
    version_pull_count: count({ description: 'Downloads of that version alone' }),
  }),
);

export const tagsHistoryEndpoint = tableEndpoint({
  path: '/api/tags/history',
  summary: 'Downloads of tags by day',
  description: 'Only of registries that count versions: GHCR does for the newest five tagged versions.',
  query: { images: imageFilter, range: dayRange },
  row,
  order: 'timestamp, registry, repo, tag',
  async handle({ query: { images, range } }, { store, groups }: Pick<ApiDeps, 'store' | 'groups'>) {
    const { query, has } = withGroups(images, groups);
    const tagged = (await store.latest(query)).filter((image) => has(image) && image.tagsDay !== undefined);
    return { columns: columnsOf(row), rows: cells(tagHistory(readingsOf(store, tagged, query), range)) };
  },
});

async function* cells(tagDays: AsyncIterable<TagDay>): AsyncGenerator<readonly (readonly Cell[])[]> {
  for await (const { day, registry: id, repo: name, tag, pullCount, pulls, version, versionPullCount } of tagDays) {
    yield [[startOfDay(day), id, name, tag, pullCount, pulls, version, versionPullCount]];
  }
}

/** So many images are asked for by name; of more, all that the query is about are read. */
const maxNamed = 1_000;

async function* readingsOf(
  store: Pick<SnapshotStore, 'readings'>,
  images: readonly ImageName[],
  query: SeriesQuery,
): AsyncGenerator<StoredReading> {
  if (images.length === 0) return;
  const keys = new Set(images.map(imageKey));
  for await (const reading of store.readings(images.length <= maxNamed ? queryOf(images) : query))
    if (keys.has(imageKey(reading))) yield reading;
}
