/** The list behind the overview: all of its rows, kept until something changes, because a page shows some of thousands. */
import type { LatestImage } from '../core/model/history.ts';
import { imageKey, type ImageName } from '../core/model/image.ts';
import { createBlocks } from '../core/numbers/blocks.ts';
import type { Group, Tracking } from '../core/views/groups.ts';
import { createImageSums, imageSumsOf, type ImageSums, type SumImages } from '../core/views/image-sums.ts';
import { trackedListOf, type TrackedImage } from '../core/views/images.ts';
import { createRowList, type OverviewRow } from './overview-rows.ts';

export interface OverviewList {
  /** Of all images, also of those that are left out. */
  readonly count: number;
  readonly registries: ReadonlySet<string>;
  readonly latest: readonly LatestImage[];
  readonly images: readonly TrackedImage[];
  /** Of all of these images. */
  readonly sums: ImageSums;
  /** In no order. */
  readonly rows: readonly OverviewRow[];
  /** Those of these names, in the same order. */
  readonly rowsOf: (names: readonly string[]) => readonly OverviewRow[];
  /** Those that have a row, and those that have none. */
  readonly shown: readonly LatestImage[];
  readonly hidden: readonly LatestImage[];
  /** What the row of an image is called. */
  readonly nameOf: (image: ImageName) => string;
}

/** Resolves to the list of a registry, or of all where that is empty. */
export function createOverviewLists(tracking: Tracking): (registry: string) => Promise<OverviewList> {
  const { store, clock, configured, groups, staleAfterMs } = tracking;
  const nameOf = groupNames(groups);
  const wanted = groups.length === 0 ? configured : [...configured, ...groups.flatMap(({ members }) => members)];
  const registriesIn = createBlocks((images: readonly ImageName[]) => new Set(images.map(({ registry }) => registry)));
  const makers = new Map<string, ReturnType<typeof createListMaker>>();

  return async (registry) => {
    const [everything, days] = await Promise.all([store.latest({}), store.days()]);
    const tracked = trackedListOf(store, wanted)({ latest: everything, newestDay: days.at(-1) }, { now: clock.now(), staleAfterMs });
    const maker = makers.get(registry) ?? createListMaker(registry, nameOf, registry === '' ? imageSumsOf(store) : createImageSums());
    makers.set(registry, maker);
    return maker(everything, tracked, () => new Set(registriesIn(everything).flatMap((ids) => [...ids])));
  };
}

/** Makes the list of a registry anew only as far as something has changed in it. */
function createListMaker(
  registry: string,
  nameOf: OverviewList['nameOf'],
  sums: SumImages,
): (everything: readonly LatestImage[], tracked: readonly TrackedImage[], registries: () => OverviewList['registries']) => OverviewList {
  const isOfRegistry = (image: ImageName): boolean => registry === '' || image.registry === registry;
  const latestIn = createBlocks((images: readonly LatestImage[]) => images.filter(isOfRegistry));
  const trackedIn = createBlocks((images: readonly TrackedImage[]) => images.filter(isOfRegistry));
  const rowList = createRowList();
  const split = createBlocks(
    (images: readonly LatestImage[], rows: ReadonlyMap<string, number>) => {
      const hasRow = (image: LatestImage): boolean => rows.has(nameOf(image));
      return { rows, shown: images.filter(hasRow), hidden: images.filter((image) => !hasRow(image)) };
    },
    (block, rows) => block.rows !== rows,
  );
  let before: readonly [readonly LatestImage[], readonly TrackedImage[]] | undefined;
  let list: OverviewList | undefined;

  return (everything, tracked, registries) => {
    if (list && before?.[0] === everything && before[1] === tracked) return list;
    const latest = registry === '' ? everything : latestIn(everything).flat();
    const images = registry === '' ? tracked : trackedIn(tracked).flat();
    const made = rowList(images, nameOf);
    const parts = split(latest, made.places);
    before = [everything, tracked];
    list = {
      count: everything.length,
      registries: registries(),
      latest,
      images,
      sums: sums(images),
      rows: made.rows,
      rowsOf: (wanted) => placesOf(made.places, wanted).flatMap((place) => made.rows[place] ?? []),
      shown: parts.flatMap(({ shown }) => shown),
      hidden: parts.flatMap(({ hidden }) => hidden),
      nameOf,
    };
    return list;
  };
}

function placesOf(places: ReadonlyMap<string, number>, names: readonly string[]): readonly number[] {
  return [...new Set(names.flatMap((name) => places.get(name) ?? []))].toSorted((a, b) => a - b);
}

/** An image is called as its first group, or as itself. */
function groupNames(groups: readonly Group[]): OverviewList['nameOf'] {
  const names = new Map(groups.toReversed().flatMap(({ name, members }) => members.map((member) => [imageKey(member), name])));
  return names.size === 0 ? ({ repo }) => repo : (image) => names.get(imageKey(image)) ?? image.repo;
}
