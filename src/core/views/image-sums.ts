/** What the tracked images add up to, kept in parts: of thousands few change between one look and the next. */
import type { Day } from '../model/day.ts';
import { createBlocks } from '../numbers/blocks.ts';
import { partsOfGrowth, sumGrowth, sumKnown, type ComparedGrowth, type Growth } from '../numbers/growth.ts';
import { partsOfWeekdays, sumWeekdays, type WeekdayPulls } from '../numbers/weekday.ts';
import { newestRead, type TrackedImage } from './images.ts';

export interface ImageSums {
  readonly images: number;
  /** How many were not read for too long. */
  readonly stale: number;
  /** Sum of the newest known totals; absent where none is known. */
  readonly total?: number | undefined;
  /** The last whole day beside the one before, and beside the same weekday of the weeks before. */
  readonly lastDay: ComparedGrowth;
  readonly weekday: ComparedGrowth;
  readonly lastWeek: ComparedGrowth;
  readonly last30Days: ComparedGrowth;
  /** When any of them was read, in milliseconds since the epoch. */
  readonly lastRead?: number | undefined;
  readonly registries: ReadonlyMap<string, RegistryOfImages>;
}

/** What the images of a registry have in common, as far as they were read. */
interface RegistryOfImages {
  /** The first day with a total; absent before the first read. */
  readonly historySince?: Day | undefined;
  /** The most days that were backfilled of one. */
  readonly backfilledDays: number;
}

/** The sums of a list. */
export type SumImages = (images: readonly TrackedImage[]) => ImageSums;

/** By store, for the list of all of its images. */
const sums = new WeakMap<object, SumImages>();

/** Adds up the list of all images of a store. */
export function imageSumsOf(store: object): SumImages {
  const known = sums.get(store) ?? createImageSums();
  sums.set(store, known);
  return known;
}

/** For a list that is asked for again and again. */
export function createImageSums(): SumImages {
  const parts = createBlocks(partOf);
  let from: readonly Part[] | undefined;
  let made = add([]);
  return (images) => {
    const found = parts(images);
    if (found !== from) [from, made] = [found, add(found)];
    return made;
  };
}

/** The sums of a list that is looked at once. */
export function sumImages(images: readonly TrackedImage[]): ImageSums {
  return add([partOf(images)]);
}

/** Numbers that give the same sums as the images that they are of. */
interface Part extends Pick<ImageSums, 'images' | 'stale' | 'total' | 'lastRead' | 'registries'> {
  readonly lastDay: readonly Growth[];
  readonly weekday: readonly WeekdayPulls[];
  readonly lastWeek: readonly Growth[];
  readonly last30Days: readonly Growth[];
}

function partOf(images: readonly TrackedImage[]): Part {
  return {
    images: images.length,
    stale: images.filter(({ stale }) => stale).length,
    total: sumKnown(images.map(({ pullCount }) => pullCount)),
    lastDay: partsOfGrowth(images.map(({ lastDay }) => lastDay)),
    weekday: partsOfWeekdays(images.map(({ weekday }) => weekday)),
    lastWeek: partsOfGrowth(images.map(({ lastWeek }) => lastWeek)),
    last30Days: partsOfGrowth(images.map(({ last30Days }) => last30Days)),
    lastRead: newestRead(images),
    registries: together(images.map((image) => [image.registry, image.pullCount === undefined ? nothingRead : image])),
  };
}

function add(parts: readonly Part[]): ImageSums {
  const reads = parts.flatMap(({ lastRead }) => lastRead ?? []);
  return {
    images: parts.reduce((sum, { images }) => sum + images, 0),
    stale: parts.reduce((sum, { stale }) => sum + stale, 0),
    total: sumKnown(parts.map(({ total }) => total)),
    lastDay: sumGrowth(parts.flatMap(({ lastDay }) => lastDay)),
    weekday: sumWeekdays(parts.flatMap(({ weekday }) => weekday)),
    lastWeek: sumGrowth(parts.flatMap(({ lastWeek }) => lastWeek)),
    last30Days: sumGrowth(parts.flatMap(({ last30Days }) => last30Days)),
    lastRead: reads.length === 0 ? undefined : reads.reduce((newest, read) => Math.max(newest, read)),
    registries: together(parts.flatMap(({ registries }) => [...registries])),
  };
}

const nothingRead: RegistryOfImages = { backfilledDays: 0 };

function together(found: readonly (readonly [registry: string, RegistryOfImages])[]): ReadonlyMap<string, RegistryOfImages> {
  const registries = new Map<string, RegistryOfImages>();
  for (const [registry, { historySince, backfilledDays }] of found) {
    const known = registries.get(registry) ?? nothingRead;
    const isFirst = known.historySince === undefined || (historySince !== undefined && historySince < known.historySince);
    registries.set(registry, {
      historySince: isFirst ? historySince : known.historySince,
      backfilledDays: Math.max(known.backfilledDays, backfilledDays),
    });
  }
  return registries;
}
