/** The statements that write what is kept: a column is an array, a statement has all images of a change. */
import sql, { type Sql } from 'sql-template-tag';
import type { DaySum } from '../../../core/model/history.ts';
import { daySumKey } from '../../../core/numbers/day-sums.ts';
import { numberColumn, textColumn } from '../array-parameter.ts';
import type { Queries } from '../database.ts';
import { storableJson } from '../storable-json.ts';
import type { ImageChange } from './values.ts';

/** Images of which nothing is kept yet. */
export async function insertValues(transaction: Queries, images: readonly ImageChange[], change: number): Promise<void> {
  await transaction.query(sql`
    INSERT INTO image_values (image_id, day, pull_count, mark, note, read_at, tag_count, last_updated, total_since, tags_day,
      history_since, first_seen, backfilled_days, imported_days, recent_days, recent_pulls, change)
    SELECT id, ${newValues}, recent_days::integer[], recent_pulls::bigint[], ${change}::bigint
    FROM ${columnsOf(images)}`);
}

/** Images of which something is kept. */
export async function updateValues(transaction: Queries, images: readonly ImageChange[], change: number): Promise<void> {
  await transaction.query(sql`
    UPDATE image_values AS kept SET
      (day, pull_count, mark, note, read_at, tag_count, last_updated, total_since, tags_day, history_since, first_seen,
        backfilled_days, imported_days)
        = ROW (${newValues}),
      recent_days = ${changedRecent('days')}, recent_pulls = ${changedRecent('pulls')}, change = ${change}::bigint
    FROM ${columnsOf(images)}
    WHERE kept.image_id = new.id`);
}

const epoch = sql`DATE '1970-01-01'`;
const newValues = sql`${epoch} + new.day, new.pull_count, new.mark, new.note, new.read_at, new.tag_count, new.last_updated, new.total_since, new.tags_day,
  ${epoch} + new.history_since, ${epoch} + new.first_seen, new.backfilled_days, new.imported_days`;

/** How many of the kept days are not after this one. */
function upTo(day: Sql): Sql {
  return sql`width_bucket(${day}, kept.recent_days)`;
}

/** Cut out of the ascending days by binary search, so that nobody has to read them. */
function changedRecent(column: 'days' | 'pulls'): Sql {
  const [kept, changed] =
    column === 'days'
      ? [sql`kept.recent_days`, sql`new.recent_days::integer[]`]
      : [sql`kept.recent_pulls`, sql`new.recent_pulls::bigint[]`];
  return sql`${kept}[${upTo(sql`new.oldest - 1`)} + 1 : ${upTo(sql`new.recent_from - 1`)}] || ${changed}
    || ${kept}[${upTo(sql`greatest(new.recent_to, new.oldest - 1)`)} + 1 :]`;
}

function columnsOf(images: readonly ImageChange[]): Sql {
  const values = images.map((image) => image.values);
  const newest = values.map((each) => each.newest);
  const details = values.map((each) => each.details);
  const recent = images.map((image) => image.recent);
  return sql`unnest(
    ${numberColumn(images.map(({ id }) => id))}::integer[],
    ${numberColumn(newest.map(({ day }) => day))}::integer[],
    ${numberColumn(newest.map(({ pullCount }) => pullCount))}::bigint[],
    ${textColumn(newest.map(({ mark }) => mark))}::text[],
    ${textColumn(newest.map(({ note }) => note && storableJson(note)))}::jsonb[],
    ${textColumn(details.map(({ readAt }) => readAt))}::text[],
    ${numberColumn(details.map(({ tagCount }) => tagCount))}::bigint[],
    ${textColumn(details.map(({ lastUpdated }) => lastUpdated))}::text[],
    ${textColumn(details.map(({ totalSince }) => totalSince))}::date[],
    ${textColumn(details.map(({ tagsDay }) => tagsDay))}::date[],
    ${numberColumn(values.map(({ historySince }) => historySince))}::integer[],
    ${numberColumn(values.map(({ firstSeen }) => firstSeen))}::integer[],
    ${numberColumn(values.map(({ backfilledDays }) => backfilledDays))}::integer[],
    ${numberColumn(values.map(({ importedDays }) => importedDays))}::integer[],
    ${numberColumn(recent.map(({ from }) => from))}::integer[],
    ${numberColumn(recent.map(({ to }) => to))}::integer[],
    ${numberColumn(recent.map(({ oldest }) => oldest))}::integer[],
    ${textColumn(recent.map(({ days }) => arrayOf(days)))}::text[],
    ${textColumn(recent.map(({ pulls }) => arrayOf(pulls)))}::text[])
    AS new (id, day, pull_count, mark, note, read_at, tag_count, last_updated, total_since, tags_day, history_since, first_seen,
      backfilled_days, imported_days, recent_from, recent_to, oldest, recent_days, recent_pulls)`;
}

function arrayOf(values: ArrayLike<number>): string {
  return numberColumn(Array.from(values));
}

/** Adds to the sums. Whoever calls has the lock of the number of changes, so that no two add at once. */
export async function addSums(transaction: Queries, added: readonly DaySum[], change: number): Promise<void> {
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
