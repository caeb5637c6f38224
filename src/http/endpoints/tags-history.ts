import { startOfDay } from '../../core/model/day.ts';
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
    return { columns: columnsOf(row), rows: cells(tagHistory(filtered(store.readings(query), has), range)) };
  },
});

async function* cells(tagDays: AsyncIterable<TagDay>): AsyncGenerator<readonly (readonly Cell[])[]> {
  for await (const { day, registry: id, repo: name, tag, pullCount, pulls, version, versionPullCount } of tagDays) {
    yield [[startOfDay(day), id, name, tag, pullCount, pulls, version, versionPullCount]];
  }
}

async function* filtered<T>(items: AsyncIterable<T>, keep: (item: T) => boolean): AsyncGenerator<T> {
  for await (const item of items) if (keep(item)) yield item;
}
