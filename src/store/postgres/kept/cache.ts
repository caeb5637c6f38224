/** What is kept, in memory: only what has changed since is read again. */
import type { DaySum, LatestImage, RecentPulls } from '../../../core/model/history.ts';
import { compareImages } from '../../../core/model/image.ts';
import { daySumKey } from '../../../core/numbers/day-sums.ts';
import type { Queries } from '../database.ts';
import { readLatestSince, readState, readSumsSince, toDaySums, type KeptImage, type KeptSum } from './read.ts';

export interface KeptCache {
  /** The newest values of all images, ordered by registry, then repo. `atLeast`: the number of a change that has to be in them. */
  latest(atLeast: number): Promise<readonly LatestImage[]>;
  daySums(atLeast: number, registries?: ReadonlySet<string>): Promise<readonly DaySum[]>;
}

interface Known {
  change: number;
  /** Ordered by registry, then repo. */
  rows: readonly KeptImage[];
  /** Where each image is among them. */
  places: ReadonlyMap<number, number>;
  sorted: readonly LatestImage[];
  readonly sums: Map<string, KeptSum>;
}

export function createKeptCache(database: Queries): KeptCache {
  const share = createSharing();
  let known = nothing();
  let reading: Promise<Known> | undefined;

  async function read(): Promise<Known> {
    const state = await readState(database);
    const base = state.renewed > known.change ? nothing() : known;
    const images: KeptImage[] = [];
    for await (const rows of readLatestSince(database, base.change)) images.push(...rows.map(share));
    const sums = await readSumsSince(database, base.change);
    if (images.length > 0) putIn(base, images);
    for (const sum of sums) base.sums.set(daySumKey(sum), sum);
    // A change that came between is read once more.
    base.change = state.change;
    known = base;
    return base;
  }

  async function upTo(change: number): Promise<Known> {
    // What others began to read before the change may lack it.
    while (known.change < change) await (reading ??= read().finally(() => (reading = undefined)));
    return known;
  }

  return {
    latest: async (atLeast) => (await upTo(atLeast)).sorted,
    daySums: async (atLeast, registries) => toDaySums((await upTo(atLeast)).sums.values(), registries),
  };
}

function nothing(): Known {
  return { change: -1, rows: [], places: new Map(), sorted: [], sums: new Map() };
}

/** What equal values are kept as that most images have in common; forgotten now and then, as the days go by. */
const maxShared = 1_000;

function shared<T>(values: Map<string, T>, key: string, value: T): T {
  const known = values.get(key);
  if (known !== undefined) return known;
  if (values.size >= maxShared) values.clear();
  values.set(key, value);
  return value;
}

/** Makes images share the texts and days that are the same for most of them: a third of what they take. */
function createSharing(): (kept: KeptImage) => KeptImage {
  const texts = new Map<string, string>();
  const dayLists = new Map<string, RecentPulls['days']>();
  const text = <T extends string | undefined>(value: T): string | T => (value === undefined ? value : shared(texts, value, value));
  return ({ image, ...kept }) => {
    const { days, pulls } = image.recent;
    const recent = { days: shared(dayLists, Array.from(days).join(' '), days), pulls };
    const { registry, day, historySince, firstSeen } = image;
    return {
      ...kept,
      image: {
        ...image,
        registry: text(registry),
        day: text(day),
        historySince: text(historySince),
        firstSeen: text(firstSeen),
        recent,
      },
    };
  };
}

/** Changes what is known of these images; what was given out before stays as it is. */
function putIn(known: Known, images: readonly KeptImage[]): void {
  const [rows, sorted] = [[...known.rows], [...known.sorted]];
  const added: KeptImage[] = [];
  for (const kept of images) {
    const place = known.places.get(kept.id);
    if (place === undefined) added.push(kept);
    else [rows[place], sorted[place]] = [kept, kept.image];
  }
  [known.rows, known.sorted] = [rows, sorted];
  if (added.length === 0) return;
  known.rows = [...rows, ...added].toSorted((a, b) => compareImages(a.image, b.image));
  known.sorted = known.rows.map(({ image }) => image);
  known.places = new Map(known.rows.map(({ id }, place) => [id, place]));
}
