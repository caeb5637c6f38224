import { sumGrowth, sumKnown } from '../../core/numbers/growth.ts';
import { queryImages, isMember, type Group, type Tracking } from '../../core/views/groups.ts';
import type { TrackedImage } from '../../core/views/images.ts';
import type { Counting } from '../../core/model/registry.ts';
import type { SeriesQuery } from '../../core/model/query.ts';
import type { Cell, Table } from '../../core/views/table.ts';

export interface ImagesDeps extends Tracking {
  /** What the numbers of each registry count. */
  readonly counting: Readonly<Record<string, Counting>>;
}

const cellOf = {
  registry: ({ registry }) => registry,
  name: ({ repo }) => repo,
  pull_count: ({ pullCount }) => pullCount,
  tag_count: ({ tagCount }) => tagCount,
  pulls_1d: ({ lastDay }) => lastDay.pulls,
  pulls_7d: ({ lastWeek }) => lastWeek.pulls,
  pulls_30d: ({ last30Days }) => last30Days.pulls,
  change_1d: ({ lastDay }) => lastDay.change,
  change_7d: ({ lastWeek }) => lastWeek.change,
  change_30d: ({ last30Days }) => last30Days.change,
  last_updated: ({ lastUpdated }) => lastUpdated,
  first_seen: ({ firstSeen }) => firstSeen,
  history_since: ({ historySince }) => historySince,
  backfilled_days: ({ backfilledDays }) => backfilledDays,
  imported_days: ({ importedDays }) => importedDays,
  last_read: ({ lastRead }) => lastRead,
  stale: ({ stale }) => stale,
  doubt: ({ doubt }) => doubt,
  total_since: ({ totalSince }) => totalSince,
} satisfies Readonly<Record<string, (image: TrackedImage) => Cell>>;

/** One row an image and registry, by registry, then name. */
export async function imagesTable(deps: ImagesDeps, query: SeriesQuery): Promise<Table> {
  const images = await queryImages(deps, query);
  const rows = images.map((image) => [...Object.values(cellOf).map((cell) => cell(image)), deps.counting[image.registry]?.unit]);
  return { columns: [...Object.keys(cellOf), 'unit'], rows };
}

/** One row a group, in the order of the configuration. */
export async function groupsTable(deps: ImagesDeps): Promise<Table> {
  const images = await queryImages(deps, { repos: new Set(deps.groups.map(({ name }) => name)) });
  const rows = deps.groups.map((group) =>
    groupCells(
      group,
      images.filter((image) => isMember(group, image)),
    ),
  );
  return { columns: groupColumns, rows };
}

const groupColumns = ['name', 'members', 'pull_count', 'pulls_1d', 'pulls_7d', 'pulls_30d', 'change_1d', 'change_7d', 'change_30d'];

function groupCells({ name, members }: Group, images: readonly TrackedImage[]): Cell[] {
  const growths = [
    sumGrowth(images.map(({ lastDay }) => lastDay)),
    sumGrowth(images.map(({ lastWeek }) => lastWeek)),
    sumGrowth(images.map(({ last30Days }) => last30Days)),
  ];
  return [
    name,
    members.map(({ registry, repo }) => `${registry}:${repo}`).join('+'),
    sumKnown(images.map(({ pullCount }) => pullCount)),
    ...growths.map(({ pulls }) => pulls),
    ...growths.map(({ change }) => change),
  ];
}
