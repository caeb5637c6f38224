import { compareImages } from '../../core/model/image.ts';
import type { Tag } from '../../core/model/reading.ts';
import { withGroups } from '../../core/views/groups.ts';
import type { Cell } from '../../core/views/table.ts';
import { newestTagsInBatches, platformText, type ImageTags } from '../../core/views/tags.ts';
import type { ApiDeps } from '../deps.ts';
import { cutPage, pagingField, type RowKey } from '../paging.ts';
import { imageFilter } from '../parameters.ts';
import { pulls, registry, repo } from '../responses.ts';
import { integer, named, nullable, object, text } from '../schema.ts';
import { columnsOf, tableEndpoint } from '../table-endpoint.ts';

const row = named(
  'Tag',
  object({
    registry,
    repo,
    tag: text(),
    last_updated: nullable(text({ description: 'When it was pushed, as the registry writes it' })),
    digest: nullable(text()),
    size: nullable(integer({ description: 'Compressed, in bytes' })),
    platforms: nullable(text({ example: 'linux/amd64 linux/arm64/v8' })),
    pull_count: { ...pulls, description: 'Of the version that it points at; null where the registry does not count versions' },
    version_id: nullable(text()),
  }),
);

export const tagsEndpoint = tableEndpoint({
  path: '/api/tags',
  summary: 'The newest known tags',
  description: 'By registry and image, the newest first; tags that were not read for 7 days are not there.',
  query: { images: imageFilter, paging: pagingField('tags', 4, imageFilter) },
  row,
  order: 'registry, repo, newest first',
  async handle({ query: { images, paging } }, { store, groups }: Pick<ApiDeps, 'store' | 'groups'>) {
    const { query, has } = withGroups(images, groups);
    const { limit, after } = paging ?? {};
    const [id, name] = after ?? [];
    const first = id === undefined || name === undefined ? undefined : { registry: id, repo: name };
    const wanted = (await store.latest(query)).filter((image) => has(image) && (!first || compareImages(image, first) >= 0));
    const batches = rowsAfter(newestTagsInBatches(store, wanted), after);
    const columns = columnsOf(row);
    if (!paging || limit === undefined) return { columns, rows: cells(batches) };
    const rows: TagRow[] = [];
    for await (const batch of batches) {
      rows.push(...batch);
      if (rows.length > limit) break;
    }
    const { rows: shown, next } = cutPage(rows, paging, { name: 'tags', key: rowKey, compare: compareKeys });
    return { columns, rows: shown.map(cellsOf), next };
  },
});

async function* rowsAfter(batches: AsyncIterable<readonly ImageTags[]>, after: RowKey | undefined): AsyncGenerator<readonly TagRow[]> {
  for await (const images of batches) {
    yield images.flatMap(rowsOf).filter((tagRow) => !after || compareKeys(rowKey(tagRow), after) > 0);
  }
}

async function* cells(batches: AsyncIterable<readonly TagRow[]>): AsyncGenerator<readonly (readonly Cell[])[]> {
  for await (const rows of batches) yield rows.map(cellsOf);
}

interface TagRow {
  readonly id: string;
  readonly name: string;
  readonly tag: Tag;
  /** Milliseconds since the epoch; 0 where that is not known. */
  readonly pushedAt: number;
  /** Its place among those that were pushed at the same moment. */
  readonly place: number;
}

/** The newest first, as they come. */
function rowsOf({ registry: id, repo: name, tags }: ImageTags): TagRow[] {
  const rows: TagRow[] = [];
  for (const tag of tags) {
    const pushedAt = Date.parse(tag.lastUpdated ?? '') || 0;
    const before = rows.at(-1);
    rows.push({ id, name, tag, pushedAt, place: before?.pushedAt === pushedAt ? before.place + 1 : 0 });
  }
  return rows;
}

function rowKey({ id, name, pushedAt, place }: TagRow): RowKey {
  return [id, name, String(pushedAt), String(place)];
}

function compareKeys(a: RowKey, b: RowKey): number {
  const [[id = '', name = '', pushedAt, place], [otherId = '', otherName = '', otherPushedAt, otherPlace]] = [a, b];
  return (
    compareImages({ registry: id, repo: name }, { registry: otherId, repo: otherName }) ||
    Number(otherPushedAt) - Number(pushedAt) ||
    Number(place) - Number(otherPlace)
  );
}

function cellsOf({ id, name, tag }: TagRow): Cell[] {
  const { lastUpdated, digest, fullSize, platforms, pullCount, versionId } = tag;
  return [id, name, tag.name, lastUpdated, digest, fullSize, platforms?.map(platformText).join(' '), pullCount, versionId];
}
