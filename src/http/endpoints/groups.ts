import { sumGrowth, sumKnown } from '../../core/numbers/growth.ts';
import { queryImages, isMember, type Group, type Tracking } from '../../core/views/groups.ts';
import type { TrackedImage } from '../../core/views/images.ts';
import type { Cell } from '../../core/views/table.ts';
import { change, pulls } from '../responses.ts';
import { named, object, text } from '../schema.ts';
import { columnsOf, tableEndpoint } from '../table-endpoint.ts';

const row = named(
  'Group',
  object({
    name: text({ example: 'app' }),
    members: text({ example: 'dockerhub:acme/app+ghcr:acme/app' }),
    pull_count: { ...pulls, description: 'Sum of the newest known totals, also of images that are no longer read' },
    pulls_1d: pulls,
    pulls_7d: pulls,
    pulls_30d: pulls,
    change_1d: change,
    change_7d: change,
    change_30d: change,
  }),
);

export const groupsEndpoint = tableEndpoint({
  path: '/api/groups',
  summary: 'One row for each group of images',
  description: 'The name of a group is also valid as repo, wherever that is a parameter.',
  query: {},
  row,
  order: 'as configured',
  async handle(_, deps: Tracking) {
    const images = await queryImages(deps, { repos: new Set(deps.groups.map(({ name }) => name)) });
    const rows = deps.groups.map((group) =>
      groupCells(
        group,
        images.filter((image) => isMember(group, image)),
      ),
    );
    return { columns: columnsOf(row), rows };
  },
});

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
    ...growths.map(({ pulls: sum }) => sum),
    ...growths.map(({ change: difference }) => difference),
  ];
}
