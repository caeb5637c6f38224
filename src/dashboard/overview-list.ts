/** The list behind the overview: all of its rows, kept until something changes, because a page shows some of thousands. */
import type { LatestImage } from '../core/model/history.ts';
import { imageKey, type ImageName } from '../core/model/image.ts';
import type { Group, Tracking } from '../core/views/groups.ts';
import { trackedListOf, type TrackedImage } from '../core/views/images.ts';
import { createRowList, type OverviewRow, type RowList } from './overview-rows.ts';

export interface OverviewList {
  /** Of all images, also of those that are left out. */
  readonly count: number;
  readonly registries: ReadonlySet<string>;
  readonly latest: readonly LatestImage[];
  readonly images: readonly TrackedImage[];
  /** In no order. */
  readonly rows: readonly OverviewRow[];
  /** Those that have a row. */
  readonly shown: readonly LatestImage[];
  /** What the row of an image is called. */
  readonly nameOf: (image: ImageName) => string;
}

interface Known {
  readonly rowList: RowList;
  readonly everything: readonly LatestImage[];
  readonly tracked: readonly TrackedImage[];
  readonly list: OverviewList;
}

/** Resolves to the list of a registry, or of all where that is empty. */
export function createOverviewLists({
  store,
  clock,
  configured,
  groups,
  staleAfterMs,
}: Tracking): (registry: string) => Promise<OverviewList> {
  const nameOf = groupNames(groups);
  const wanted = [...configured, ...groups.flatMap(({ members }) => members)];
  const known = new Map<string, Known>();

  return async (registry) => {
    const [everything, days] = await Promise.all([store.latest({}), store.days()]);
    const tracked = trackedListOf(store)({ latest: everything, newestDay: days.at(-1) }, wanted, { now: clock.now(), staleAfterMs });
    const before = known.get(registry);
    if (before?.everything === everything && before.tracked === tracked) return before.list;
    const isOfRegistry = (image: ImageName): boolean => registry === '' || image.registry === registry;
    const rowList = before?.rowList ?? createRowList();
    const images = registry === '' ? tracked : tracked.filter(isOfRegistry);
    const latest = registry === '' ? everything : everything.filter(isOfRegistry);
    const { rows, names } = rowList(images, nameOf);
    const list = {
      count: everything.length,
      registries: registriesOf(everything),
      latest,
      images,
      rows,
      shown: latest.filter((image) => names.has(nameOf(image))),
      nameOf,
    };
    known.set(registry, { rowList, everything, tracked, list });
    return list;
  };
}

function registriesOf(images: readonly ImageName[]): ReadonlySet<string> {
  const registries = new Set<string>();
  for (const { registry } of images) registries.add(registry);
  return registries;
}

/** An image is called as its first group, or as itself. */
function groupNames(groups: readonly Group[]): OverviewList['nameOf'] {
  const names = new Map(groups.toReversed().flatMap(({ name, members }) => members.map((member) => [imageKey(member), name])));
  return names.size === 0 ? ({ repo }) => repo : (image) => names.get(imageKey(image)) ?? image.repo;
}
