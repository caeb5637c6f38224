import { compareImages } from '../../core/model/image.ts';
import { queryImages, type Tracking } from '../../core/views/groups.ts';
import type { TrackedImage } from '../../core/views/images.ts';
import type { Cell } from '../../core/views/table.ts';
import type { ApiDeps } from '../deps.ts';
import { cutPage, pagingField, type Order } from '../paging.ts';
import { imageFilter } from '../parameters.ts';
import { change, pulls, registry, repo } from '../responses.ts';
import { count, flag, named, nullable, object, oneOf, text, type Schema } from '../schema.ts';
import { tableEndpoint } from '../table-endpoint.ts';

interface Column {
  readonly schema: Schema;
  readonly cell: (image: TrackedImage, counting: ApiDeps['counting']) => Cell;
}

const columns = {
  registry: { schema: registry, cell: (image) => image.registry },
  name: { schema: repo, cell: (image) => image.repo },
  pull_count: {
    schema: { ...pulls, description: 'Newest known total; null before the first read' },
    cell: ({ pullCount }) => pullCount,
  },
  tag_count: { schema: { ...pulls, description: 'null where it is not known' }, cell: ({ tagCount }) => tagCount },
  pulls_1d: { schema: { ...pulls, description: 'Pulls of yesterday, the last whole UTC day' }, cell: ({ lastDay }) => lastDay.pulls },
  pulls_7d: {
    schema: { ...pulls, description: 'Pulls of the 7 days that end with yesterday, as far as they are known' },
    cell: ({ lastWeek }) => lastWeek.pulls,
  },
  pulls_30d: {
    schema: { ...pulls, description: 'Pulls of the 30 days that end with yesterday, as far as they are known' },
    cell: ({ last30Days }) => last30Days.pulls,
  },
  change_1d: {
    schema: { ...change, description: 'pulls_1d less the pulls of the day before; null unless the image was known all through both' },
    cell: ({ lastDay }) => lastDay.change,
  },
  change_7d: { schema: { ...change, description: 'The same for 7 days' }, cell: ({ lastWeek }) => lastWeek.change },
  change_30d: { schema: { ...change, description: 'The same for 30 days' }, cell: ({ last30Days }) => last30Days.change },
  last_updated: {
    schema: nullable(text({ description: 'Last push, as the registry writes it' })),
    cell: ({ lastUpdated }) => lastUpdated,
  },
  first_seen: {
    schema: nullable(text({ description: 'The first day on which it was read', example: '2026-03-14' })),
    cell: ({ firstSeen }) => firstSeen,
  },
  history_since: {
    schema: nullable(text({ description: 'The first day with a total, read or backfilled', example: '2026-02-14' })),
    cell: ({ historySince }) => historySince,
  },
  backfilled_days: {
    schema: count({ description: 'How many days of its history were backfilled and not read' }),
    cell: ({ backfilledDays }) => backfilledDays,
  },
  imported_days: {
    schema: count({ description: "How many were imported from another program's records" }),
    cell: ({ importedDays }) => importedDays,
  },
  last_read: { schema: nullable(text({ description: 'When its newest total was read' })), cell: ({ lastRead }) => lastRead },
  stale: {
    schema: flag({ description: 'Whether that is longer ago than a day, or two poll intervals where they are longer' }),
    cell: ({ stale }) => stale,
  },
  doubt: {
    schema: nullable(
      oneOf(['frozen', 'inconsistent'], { description: "Whether the newest total is inconsistent with the registry's daily counts" }),
    ),
    cell: ({ doubt }) => doubt,
  },
  total_since: {
    schema: nullable(
      text({
        description: 'The first day that is in pull_count, where the registry has no lifetime total; null where it has one',
        example: '2026-08-24',
      }),
    ),
    cell: ({ totalSince }) => totalSince,
  },
  unit: {
    schema: nullable(text({ description: 'What the registry counts; /api/status explains it', example: 'pulls' })),
    cell: (image, counting) => counting[image.registry]?.unit,
  },
} satisfies Readonly<Record<string, Column>>;

const order: Order<TrackedImage> = {
  name: 'images',
  key: ({ registry: id, repo: name }) => [id, name],
  compare: ([id = '', name = ''], [otherId = '', otherName = '']) =>
    compareImages({ registry: id, repo: name }, { registry: otherId, repo: otherName }),
};

export const imagesEndpoint = tableEndpoint({
  path: '/api/images',
  summary: 'The tracked images with totals, growth and freshness',
  description: 'Those that the configuration names are there from the first second, with null for what is not known yet.',
  query: { images: imageFilter, paging: pagingField('images', 2, imageFilter) },
  row: named('Image', object(Object.fromEntries(Object.entries(columns).map(([name, { schema }]) => [name, schema])))),
  order: 'registry, name',
  async handle({ query: { images, paging } }, deps: Tracking & Pick<ApiDeps, 'counting'>) {
    const { rows, next } = cutPage(await queryImages(deps, images), paging, order);
    return {
      columns: Object.keys(columns),
      rows: cells(rows, deps.counting),
      next,
    };
  },
});

function* cells(images: readonly TrackedImage[], counting: ApiDeps['counting']): Generator<readonly Cell[]> {
  const all = Object.values<Column>(columns);
  for (const image of images) yield all.map(({ cell }) => cell(image, counting));
}
