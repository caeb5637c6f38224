/** Keeps what lists of images and charts of all of them show, in the transaction that stores totals. */
import type { DaySum } from '../../../core/model/history.ts';
import { addDaySums, negated } from '../../../core/numbers/day-sums.ts';
import type { Queries } from '../database.ts';
import { lockValues } from './locked.ts';
import { readDetails } from './newest.ts';
import { partSums, readParts, withStored, type SeriesPart, type Touched } from './parts.ts';
import { addSums, insertValues, updateValues } from './statements.ts';
import { changeImage, newestDetails, noDetails, type ImageChange, type KeptValues, type StoredTotal } from './values.ts';

/** What was kept before totals change, and what their days were. */
export interface Before {
  readonly touched: readonly Touched[];
  readonly values: ReadonlyMap<number, KeptValues>;
  readonly parts: ReadonlyMap<number, SeriesPart>;
}

/** What is to be kept after a change. */
export interface KeptChange {
  readonly images: readonly ImageChange[];
  /** What comes to the sums. */
  readonly sums: readonly DaySum[];
}

/** Looks before totals of these days change; `touched` by ascending id. Nobody else changes these images until the transaction ends. */
export async function readBefore(transaction: Queries, touched: readonly Omit<Touched, 'newest'>[]): Promise<Before> {
  const values = await lockValues(
    transaction,
    touched.map(({ id }) => id),
  );
  const withNewest = touched.map((each) => ({ ...each, newest: values.get(each.id)?.newest.day }));
  return { touched: withNewest, values, parts: await readParts(transaction, withNewest) };
}

/** What is to be kept after totals were stored. `stored`: those that are new or took the place of others, in the order in which they did, by image. */
export async function changeKept(
  transaction: Queries,
  { touched, values, parts }: Before,
  stored: ReadonlyMap<number, readonly StoredTotal[]>,
): Promise<KeptChange> {
  const images: ImageChange[] = [];
  const sums: DaySum[] = [];
  const unknown: number[] = [];
  for (const each of touched) {
    const own = stored.get(each.id);
    if (!own) continue;
    const [kept, before] = [values.get(each.id), parts.get(each.id)];
    const after = withStored(
      each,
      before,
      own.map(({ total }) => total),
    );
    const added = partSums(after);
    const details = newestDetails(kept, own);
    if (!details) unknown.push(each.id);
    images.push(changeImage({ id: each.id, kept, before, after, sums: added, details: details ?? noDetails }));
    for (const sum of added) sums.push(sum);
    if (before) for (const sum of partSums(before)) sums.push(negated(sum));
  }
  return { images: unknown.length > 0 ? await withDetails(transaction, images, unknown) : images, sums: addDaySums(sums) };
}

async function withDetails(transaction: Queries, images: readonly ImageChange[], ids: readonly number[]): Promise<readonly ImageChange[]> {
  const found = await readDetails(transaction, ids);
  return images.map((image) => {
    const details = found.get(image.id);
    return details ? { ...image, values: { ...image.values, details } } : image;
  });
}

/** Writes it as the change with this number. Whoever calls has the lock of that number, so that no two add to the sums at once. */
export async function writeKept(transaction: Queries, { images, sums }: KeptChange, change: number): Promise<void> {
  const added = images.filter(({ isNew }) => isNew);
  const changed = images.filter(({ isNew }) => !isNew);
  if (changed.length > 0) await updateValues(transaction, changed, change);
  if (added.length > 0) await insertValues(transaction, added, change);
  if (sums.length > 0) await addSums(transaction, sums, change);
}
