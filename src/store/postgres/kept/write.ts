/** Keeps what lists of images and charts of all of them show, in the transaction that stores totals. */
import sql from 'sql-template-tag';
import * as z from 'zod';
import type { Day } from '../../../core/model/day.ts';
import type { DaySum } from '../../../core/model/history.ts';
import { readMarks } from '../../../core/model/mark.ts';
import { addDaySums, daySumKey, negated } from '../../../core/numbers/day-sums.ts';
import { numberColumn, textColumn } from '../array-parameter.ts';
import type { Queries } from '../database.ts';
import { newestStatement } from './newest.ts';
import { partSums, readParts, type SeriesPart, type Touched } from './parts.ts';
import { lockLatest } from './read.ts';
import { changeValues, type KeptValues } from './values.ts';

/** What was kept before totals change, and what their days were. */
export interface Before {
  readonly touched: readonly Touched[];
  readonly values: ReadonlyMap<number, KeptValues>;
  readonly parts: ReadonlyMap<number, SeriesPart>;
}

/** Looks before totals of these days change. Nobody else changes these images until the transaction ends. */
export async function readBefore(transaction: Queries, touched: readonly Touched[]): Promise<Before> {
  const kept = await lockLatest(
    transaction,
    touched.map(({ imageId }) => imageId),
  );
  return { touched, values: new Map(kept.map(({ id, image }) => [id, image])), parts: await readParts(transaction, touched) };
}

/** Brings what is kept up to date after totals of these days have changed, as the change with this number. */
export async function keepAfter(transaction: Queries, { touched, values, parts }: Before, change: number): Promise<void> {
  const after = await readParts(transaction, touched);
  const changed = new Map<number, KeptValues>();
  const lost: number[] = [];
  for (const [id, part] of after) {
    const { isFirstSeenLost, ...kept } = changeValues(values.get(id), parts.get(id), part);
    changed.set(id, kept);
    if (isFirstSeenLost) lost.push(id);
  }
  for (const [id, firstSeen] of await readFirstSeen(transaction, lost)) {
    const kept = changed.get(id);
    if (kept) changed.set(id, { ...kept, firstSeen });
  }
  await writeValues(transaction, changed, change);
  await writeSums(transaction, addDaySums(differences(parts, after)), change);
}

function* differences(before: ReadonlyMap<number, SeriesPart>, after: ReadonlyMap<number, SeriesPart>): Generator<DaySum> {
  for (const part of after.values()) yield* partSums(part);
  for (const part of before.values()) for (const sum of partSums(part)) yield negated(sum);
}

const firstSeenRow = z.object({ id: z.number(), day: z.string().nullable() });

async function readFirstSeen(transaction: Queries, ids: readonly number[]): Promise<readonly (readonly [number, Day | undefined])[]> {
  if (ids.length === 0) return [];
  const rows = await transaction.select(
    firstSeenRow,
    sql`
    SELECT id, (SELECT day::text FROM totals WHERE image_id = id AND known = ANY (${[...readMarks]}::text[]) ORDER BY totals.day LIMIT 1) AS day
    FROM unnest(${numberColumn(ids)}::integer[]) AS ids (id)`,
  );
  return rows.map(({ id, day }) => [id, day ?? undefined]);
}

/** Writes the values of images, with the newest details as they are stored. */
export async function writeValues(transaction: Queries, values: ReadonlyMap<number, KeptValues>, change: number): Promise<void> {
  if (values.size === 0) return;
  const [ids, kept] = [[...values.keys()], [...values.values()]];
  await transaction.query(sql`
    INSERT INTO image_values (image_id, day, pull_count, mark, note, read_at, tag_count, last_updated, total_since,
      history_since, first_seen, backfilled_days, imported_days, recent_days, recent_pulls, change)
    SELECT newest.*, history_since, first_seen, backfilled_days, imported_days, recent_days::integer[], recent_pulls::bigint[], ${change}::bigint
    FROM unnest(
      ${numberColumn(ids)}::integer[],
      ${textColumn(kept.map(({ historySince }) => historySince))}::date[],
      ${textColumn(kept.map(({ firstSeen }) => firstSeen))}::date[],
      ${numberColumn(kept.map(({ backfilledDays }) => backfilledDays))}::integer[],
      ${numberColumn(kept.map(({ importedDays }) => importedDays))}::integer[],
      ${textColumn(kept.map(({ recent }) => numberColumn(Array.from(recent.days))))}::text[],
      ${textColumn(kept.map(({ recent }) => numberColumn(Array.from(recent.pulls))))}::text[])
      AS kept (image_id, history_since, first_seen, backfilled_days, imported_days, recent_days, recent_pulls)
    JOIN (${newestStatement(ids)}) AS newest USING (image_id)
    ON CONFLICT (image_id) DO UPDATE SET
      day = EXCLUDED.day, pull_count = EXCLUDED.pull_count, mark = EXCLUDED.mark, note = EXCLUDED.note, read_at = EXCLUDED.read_at,
      tag_count = EXCLUDED.tag_count, last_updated = EXCLUDED.last_updated, total_since = EXCLUDED.total_since,
      history_since = EXCLUDED.history_since, first_seen = EXCLUDED.first_seen, backfilled_days = EXCLUDED.backfilled_days,
      imported_days = EXCLUDED.imported_days, recent_days = EXCLUDED.recent_days, recent_pulls = EXCLUDED.recent_pulls, change = EXCLUDED.change`);
}

/** Adds to the sums. Whoever calls has the lock of the number of changes, so that no two add at once. */
export async function writeSums(transaction: Queries, added: readonly DaySum[], change: number): Promise<void> {
  if (added.length === 0) return;
  const sums = added.toSorted((a, b) => (daySumKey(a) < daySumKey(b) ? -1 : 1));
  await transaction.query(sql`
    INSERT INTO day_sums AS kept (registry, day, mark, covered, image_count, pulls, total, step, resets, fall, change)
    SELECT registry, DATE '1970-01-01' + day, mark, covered, image_count, pulls, total, step, resets, fall, ${change}::bigint
    FROM unnest(
      ${textColumn(sums.map(({ registry }) => registry))}::text[],
      ${numberColumn(sums.map(({ day }) => day))}::integer[],
      ${textColumn(sums.map(({ mark }) => mark))}::text[],
      ${numberColumn(sums.map(({ covered }) => covered))}::integer[],
      ${numberColumn(sums.map(({ values }) => values))}::bigint[],
      ${numberColumn(sums.map(({ pulls }) => pulls))}::bigint[],
      ${numberColumn(sums.map(({ total }) => total))}::bigint[],
      ${numberColumn(sums.map(({ step }) => step))}::bigint[],
      ${numberColumn(sums.map(({ resets }) => resets))}::bigint[],
      ${numberColumn(sums.map(({ fall }) => fall))}::bigint[])
      AS added (registry, day, mark, covered, image_count, pulls, total, step, resets, fall)
    ON CONFLICT (registry, day, mark, covered) DO UPDATE SET
      image_count = kept.image_count + EXCLUDED.image_count, pulls = kept.pulls + EXCLUDED.pulls, total = kept.total + EXCLUDED.total,
      step = kept.step + EXCLUDED.step, resets = kept.resets + EXCLUDED.resets, fall = kept.fall + EXCLUDED.fall, change = EXCLUDED.change`);
}
