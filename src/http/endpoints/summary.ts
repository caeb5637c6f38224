import { compareImages, type ImageName } from '../../core/model/image.ts';
import type { SeriesQuery } from '../../core/model/query.ts';
import type { SnapshotStore } from '../../core/ports.ts';
import { withGroups } from '../../core/views/groups.ts';
import { currentImages } from '../../core/views/summary.ts';
import type { ApiDeps } from '../deps.ts';
import { noSnapshotOf } from '../no-snapshot.ts';
import { imageFilter, snapshotDate } from '../parameters.ts';
import { nothingOfThatDate, registry, repo } from '../responses.ts';
import { count, named, object } from '../schema.ts';
import { columnsOf, tableEndpoint } from '../table-endpoint.ts';

const row = named(
  'SummaryRow',
  object({
    registry,
    name: repo,
    pull_count: count({ description: 'Newest known total, 1 to 7 days old where today could not be read' }),
    tag_count: count({ description: '0 where it is not known' }),
  }),
);

export const summaryEndpoint = tableEndpoint({
  path: '/api/summary',
  summary: 'The newest total of each image',
  description: 'An image that could not be read keeps its last total for 7 days; with a date it is exactly the snapshot of that day.',
  query: { images: imageFilter, date: snapshotDate },
  row,
  order: 'registry, name',
  responses: { 404: nothingOfThatDate },
  async handle({ query: { images, date } }, { store, groups }: Pick<ApiDeps, 'store' | 'groups'>) {
    const { query, has } = withGroups(images, groups);
    const counted = date === undefined ? await newest(store, query) : await ofDay(store, date);
    const sorted = counted.filter(has).toSorted(compareImages);
    return {
      columns: columnsOf(row),
      rows: sorted.map(({ registry: id, repo: name, pullCount, tagCount }) => [id, name, pullCount, tagCount ?? 0]),
    };
  },
});

interface Counted extends ImageName {
  readonly pullCount: number;
  readonly tagCount?: number | undefined;
}

async function newest(store: SnapshotStore, query: SeriesQuery): Promise<readonly Counted[]> {
  const newestDay = (await store.days()).at(-1);
  return newestDay === undefined ? [] : currentImages(await store.latest(query), newestDay);
}

async function ofDay(store: SnapshotStore, date: string): Promise<readonly Counted[]> {
  if (!(await store.days()).includes(date)) throw await noSnapshotOf(store, date);
  const counted: Counted[] = [];
  for await (const { registry: id, repo: name, pullCount, tagCount } of store.readings({}, { from: date, to: date })) {
    counted.push({ registry: id, repo: name, pullCount, tagCount });
  }
  return counted;
}
