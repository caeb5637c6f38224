/** The rows of the overview: one an image, its registries together. */
import type { EpochDay } from '../core/model/day.ts';
import { firstSorted } from '../core/numbers/first.ts';
import { sumGrowth, sumKnown, type ComparedGrowth } from '../core/numbers/growth.ts';
import { sumWeekdays } from '../core/numbers/weekday.ts';
import { areSameImages, compareText, type ImageName } from '../core/model/image.ts';
import type { TrackedImage } from '../core/views/images.ts';
import type { Inconsistency } from '../core/model/mark.ts';
import type { LatestImage } from '../core/model/history.ts';
import { textFilter } from './text-filter.ts';
import type { Sort, View } from './view.ts';

export interface OverviewRow {
  /** The canonical name, or that of a group. */
  readonly repo: string;
  readonly registries: readonly string[];
  /** What a search looks at: its name and those of the images in it. */
  readonly names: string;
  readonly images: readonly TrackedImage[];
  /** Absent before the first read. */
  readonly total?: number | undefined;
  readonly day: ComparedGrowth;
  readonly week: ComparedGrowth;
  readonly month: ComparedGrowth;
  readonly tags?: number | undefined;
  readonly pushed?: string | undefined;
  /** The oldest of its registries' newest reads. */
  readonly lastRead?: string | undefined;
  readonly stale: boolean;
  readonly doubt?: Inconsistency | undefined;
  readonly backfilledDays: number;
}

/** One row for the images of a name, in the order of the names' first images. */
interface Rows {
  readonly rows: readonly OverviewRow[];
  /** Where the row of each name is among them. */
  readonly places: ReadonlyMap<string, number>;
}

/** `nameOf`: always the same. Rows of images that have not changed since the last call are the same objects, as far as no image came or went. */
export type RowList = (images: readonly TrackedImage[], nameOf: (image: ImageName) => string) => Rows;

export function createRowList(): RowList {
  let from: readonly TrackedImage[] = [];
  let made: Rows = { rows: [], places: new Map() };
  /** Where the images of each row are in the list, and which row each of them is in. */
  let imagesOf: readonly (readonly number[])[] = [];
  let rowOf: readonly number[] = [];

  function makeAll(images: readonly TrackedImage[], nameOf: (image: ImageName) => string): Rows {
    const indexes = new Map<string, number>();
    const placesOf: number[][] = [];
    rowOf = images.map((image, place) => {
      const name = nameOf(image);
      const index = indexes.get(name) ?? indexes.size;
      indexes.set(name, index);
      placesOf[index] = [...(placesOf[index] ?? []), place];
      return index;
    });
    imagesOf = placesOf;
    return { rows: Array.from(indexes, ([name, index]) => toRow(name, imagesAt(images, index))), places: indexes };
  }

  function imagesAt(images: readonly TrackedImage[], index: number): readonly TrackedImage[] {
    return (imagesOf[index] ?? []).flatMap((place) => images[place] ?? []);
  }

  function changed(images: readonly TrackedImage[]): Rows {
    const rows = [...made.rows];
    for (const [place, image] of images.entries()) {
      if (image === from[place]) continue;
      const index = rowOf[place] ?? -1;
      const row = rows[index];
      if (row) rows[index] = toRow(row.repo, imagesAt(images, index));
    }
    return { rows, places: made.places };
  }

  return (images, nameOf) => {
    if (images === from) return made;
    made = areSameImages(images, from) ? changed(images) : makeAll(images, nameOf);
    from = images;
    return made;
  };
}

/** The first `count` of the rows in the order of the view: of thousands a page shows some. */
export function firstRows(rows: readonly OverviewRow[], { sort, descending }: View, count: number): readonly OverviewRow[] {
  const sign = descending ? -1 : 1;
  return firstSorted(rows, (a, b) => order(sort, a, b, sign) || compareText(a.repo, b.repo), count);
}

/** Tells whether every word of a search is in one of the names of a row. */
export function rowFilter(search: string): (row: OverviewRow) => boolean {
  const isFound = textFilter(search.replaceAll(/%2f/gi, '/'));
  return ({ names }) => isFound(names);
}

function toRow(repo: string, images: readonly TrackedImage[]): OverviewRow {
  const reads = images.map(({ lastRead }) => lastRead);
  return {
    repo,
    names: [repo, ...images.map((image) => image.repo)].join(' ').replaceAll('%2F', '/').toLowerCase(),
    images,
    registries: [...new Set(images.map(({ registry }) => registry))],
    total: sumKnown(images.map(({ pullCount }) => pullCount)),
    day: sumWeekdays(images.map(({ weekday }) => weekday)),
    week: sumGrowth(images.map(({ lastWeek }) => lastWeek)),
    month: sumGrowth(images.map(({ last30Days }) => last30Days)),
    tags: known(images.map(({ tagCount }) => tagCount))
      .toSorted((a, b) => a - b)
      .at(-1),
    pushed: known(images.map(({ lastUpdated }) => lastUpdated))
      .toSorted((a, b) => Date.parse(a) - Date.parse(b))
      .at(-1),
    lastRead: reads.includes(undefined) ? undefined : known(reads).toSorted(compareText)[0],
    stale: images.some(({ stale }) => stale),
    doubt: images.find(({ doubt }) => doubt)?.doubt,
    backfilledDays: Math.max(...images.map(({ backfilledDays }) => backfilledDays)),
  };
}

function known<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((value) => value !== undefined);
}

const sortValue: Readonly<Record<Exclude<Sort, 'name'>, (row: OverviewRow) => number | undefined>> = {
  total: ({ total }) => total,
  day: ({ day }) => day.pulls,
  week: ({ week }) => week.pulls,
  month: ({ month }) => month.pulls,
  tags: ({ tags }) => tags,
  pushed: ({ pushed }) => (pushed === undefined ? undefined : Date.parse(pushed)),
};

/** What is not known comes last, whichever way the rest is sorted. */
function order(sort: Sort, a: OverviewRow, b: OverviewRow, sign: number): number {
  if (sort === 'name') return sign * compareText(a.repo, b.repo);
  const [first, second] = [sortValue[sort](a), sortValue[sort](b)];
  if (first === undefined || second === undefined) return Number(first === undefined) - Number(second === undefined);
  return sign * (first - second);
}

/** The pulls of each whole day, of the 30 that end with yesterday, from the first known one to the last; null where none are known. */
export function sparkline(images: readonly Pick<LatestImage, 'recent'>[], today: EpochDay): readonly (number | null)[] {
  const values = Array.from({ length: 30 }, (): number | null => null);
  for (const { recent } of images) {
    for (let index = 0; index < recent.days.length; index += 1) {
      const at = (recent.days[index] ?? 0) - (today - 30);
      if (at >= 0 && at < values.length) values[at] = (values[at] ?? 0) + (recent.pulls[index] ?? 0);
    }
  }
  const first = values.findIndex((value) => value !== null);
  return first < 0 ? [] : values.slice(first, values.findLastIndex((value) => value !== null) + 1);
}
