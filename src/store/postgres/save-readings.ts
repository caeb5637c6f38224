/** Writes readings, thousands of rows with a statement; the merge rule is in the statement, so that two writers never lose a newer value. */
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import sql, { type Sql } from 'sql-template-tag';
import * as z from 'zod';
import { toNoteRow, toTagRows } from '../../core/document/snapshot-row.ts';
import { toEpochDay, type Day, type EpochDay } from '../../core/model/day.ts';
import { imageKey } from '../../core/model/image.ts';
import { certainty, readMarks } from '../../core/model/mark.ts';
import type { Reading, Tag } from '../../core/model/reading.ts';
import type { DayBatch } from '../by-day.ts';
import { cutTags, maxTagBytes } from '../tag-budget.ts';
import { numberColumn, textColumn } from './array-parameter.ts';
import type { Queries } from './database.ts';
import { optionalNumbers, selectColumns } from './json-columns.ts';
import { detailColumns, detailsAt, hasTags } from './kept/newest.ts';
import { dayTotalAt, dayTotalColumns, type Touched } from './kept/parts.ts';
import type { StoredTotal } from './kept/values.ts';
import { changeKept, readBefore, type KeptChange } from './kept/write.ts';
import { storable, storableJson } from './storable-json.ts';

/** Enough that a round trip does not count, few enough that a statement ends in less than a second. */
const maxRows = 10_000;
/** Of a list of tags, however many images there are. */
const minListBytes = 128 * 1024;
/** More days than a date has. */
const dayRange = 4_000_000;

interface Image {
  readonly registry: string;
  readonly repo: string;
}

interface Row {
  readonly reading: Reading;
  readonly day: EpochDay;
  readonly image: Image;
}

/** Stores the readings of each day, and resolves to what is to be kept then; `now`: milliseconds since the epoch. The images and the lists of tags have to stay until the transaction ends. */
export async function saveReadings(transaction: Queries, days: ReadonlyMap<Day, DayBatch>, now: number): Promise<KeptChange> {
  const images = new Map<string, Image>();
  const rows: Row[] = [];
  for (const [day, { readings }] of days) {
    const epochDay = toEpochDay(day);
    for (const reading of readings) rows.push({ reading, day: epochDay, image: imageIn(images, reading) });
  }
  if (rows.length === 0) return { images: [], sums: [] };
  const imageIds = await saveImages(transaction, [...images.values()]);
  const before = await readBefore(transaction, touchedBy(rows, imageIds));
  if (rows.some(({ reading }) => reading.tags)) await cutLists(transaction, rows);
  const tagSetIds = await saveTagSets(transaction, rows);
  const stored = await saveTotals(transaction, partsOf(rows, imageIds), { imageIds, tagSetIds, now });
  return changeKept(transaction, before, stored);
}

/** Resolves to the totals that were stored, by image. */
async function saveTotals(
  transaction: Queries,
  parts: readonly (readonly Row[])[],
  context: TotalsContext,
): Promise<ReadonlyMap<number, readonly StoredTotal[]>> {
  const stored = new Map<number, StoredTotal[]>();
  let previous = Promise.resolve();
  for (const part of parts) {
    // While the server works at one part, the next one is made.
    const statement = totalsStatement(part, context);
    await previous;
    previous = readStored(transaction, statement, stored);
    // It is waited for later: that it failed must not count as unhandled until then.
    previous.catch(() => undefined);
    // What was made is sent before the next part is made.
    await setImmediate();
  }
  await previous;
  return stored;
}

const storedColumns = dayTotalColumns.extend(detailColumns.shape);

async function readStored(transaction: Queries, statement: Sql, stored: Map<number, StoredTotal[]>): Promise<void> {
  const found = await selectColumns(transaction, storedColumns, statement);
  for (const [at, id] of found.id.entries()) {
    const total = { total: dayTotalAt(found, at), details: detailsAt(found, at) };
    const own = stored.get(id);
    if (own) own.push(total);
    else stored.set(id, [total]);
  }
}

/** The days of each image that change, from the first to the last, by ascending id. */
function touchedBy(rows: readonly Row[], imageIds: ReadonlyMap<Image, number>): readonly Omit<Touched, 'newest'>[] {
  const touched = new Map<Image, { id: number; image: Image; from: EpochDay; to: EpochDay }>();
  for (const { image, day } of rows) {
    const known = touched.get(image);
    if (!known) touched.set(image, { id: imageIds.get(image) ?? 0, image, from: day, to: day });
    else if (day < known.from) known.from = day;
    else if (day > known.to) known.to = day;
  }
  return [...touched.values()].toSorted((a, b) => a.id - b.id);
}

const countRow = z.object({ count: z.number() });

/** A list of tags has no more room than its equal part, or that of a hundred tags with three platforms: a day's lists are read at once. */
async function cutLists(transaction: Queries, rows: Row[]): Promise<void> {
  const [known] = await transaction.select(countRow, sql`SELECT count(*) AS count FROM images`);
  const share = Math.max(minListBytes, maxTagBytes / Math.max(1, known?.count ?? 1));
  for (const [at, row] of rows.entries()) rows[at] = { ...row, reading: cutTags(row.reading, share) };
}

/** One object for all readings of an image. */
function imageIn(images: Map<string, Image>, reading: Reading): Image {
  const key = imageKey(reading);
  const image = images.get(key) ?? { registry: storable(reading.registry), repo: storable(reading.repo) };
  images.set(key, image);
  return image;
}

/** Parts in which every image and day occurs once (a statement cannot write a row twice), in one order everywhere, so that writers do not deadlock. */
function partsOf(rows: readonly Row[], imageIds: ReadonlyMap<Image, number>): readonly (readonly Row[])[] {
  const rounds: Map<number, Row>[] = [];
  for (const row of rows) {
    const key = (imageIds.get(row.image) ?? 0) * dayRange + row.day;
    const round = rounds.find((each) => !each.has(key)) ?? addTo(rounds);
    round.set(key, row);
  }
  return rounds.flatMap((round) => {
    const keys = Float64Array.from(round.keys()).toSorted();
    const sorted = Array.from(keys, (key) => round.get(key)).filter((row) => row !== undefined);
    return Array.from({ length: Math.ceil(sorted.length / maxRows) }, (_, at) => sorted.slice(at * maxRows, (at + 1) * maxRows));
  });
}

function addTo(rounds: Map<number, Row>[]): Map<number, Row> {
  const round = new Map<number, Row>();
  rounds.push(round);
  return round;
}

interface TotalsContext {
  readonly imageIds: ReadonlyMap<Image, number>;
  readonly tagSetIds: ReadonlyMap<readonly Tag[], number>;
  readonly now: number;
}

/** A stored moment after `now` is not newer than any, as in core/document. */
function totalsStatement(rows: readonly Row[], { imageIds, tagSetIds, now }: TotalsContext): Sql {
  const readings = rows.map(({ reading }) => reading);
  return sql`
    INSERT INTO totals (image_id, day, pull_count, known, worth, read_at, read_ms, total_since, tag_count, last_updated, tag_set_id, tags_cut, note)
    SELECT image_id, DATE '1970-01-01' + day, pull_count, known, worth, read_at, read_ms, total_since, tag_count, last_updated, tag_set_id, tags_cut, note
    FROM unnest(
      ${numberColumn(rows.map(({ image }) => imageIds.get(image)))}::integer[],
      ${numberColumn(rows.map(({ day }) => day))}::integer[],
      ${numberColumn(readings.map(({ pullCount }) => pullCount))}::bigint[],
      ${textColumn(readings.map(({ mark = 'read' }) => mark))}::text[],
      ${numberColumn(readings.map(({ mark }) => certainty(mark)))}::smallint[],
      ${textColumn(readings.map(({ readAt }) => readAt))}::text[],
      ${numberColumn(readings.map(({ readAt }) => Math.trunc(Date.parse(readAt))))}::bigint[],
      ${textColumn(readings.map(({ totalSince }) => totalSince))}::date[],
      ${numberColumn(readings.map(({ tagCount }) => tagCount))}::bigint[],
      ${textColumn(readings.map(({ lastUpdated }) => lastUpdated))}::text[],
      ${numberColumn(readings.map(({ tags }) => tags && tagSetIds.get(tags)))}::bigint[],
      ${numberColumn(readings.map(({ tagsCut }) => tagsCut))}::bigint[],
      ${textColumn(readings.map(toNote))}::jsonb[])
      AS new (image_id, day, pull_count, known, worth, read_at, read_ms, total_since, tag_count, last_updated, tag_set_id, tags_cut, note)
    ON CONFLICT (image_id, day) DO UPDATE SET
      pull_count = EXCLUDED.pull_count, known = CASE WHEN ${closes} THEN 'closed' ELSE EXCLUDED.known END, worth = EXCLUDED.worth, read_at = EXCLUDED.read_at, read_ms = EXCLUDED.read_ms,
      total_since = coalesce(EXCLUDED.total_since, totals.total_since),
      tag_count = coalesce(EXCLUDED.tag_count, totals.tag_count),
      last_updated = coalesce(EXCLUDED.last_updated, totals.last_updated),
      tag_set_id = coalesce(EXCLUDED.tag_set_id, totals.tag_set_id),
      tags_cut = CASE WHEN EXCLUDED.tag_set_id IS NULL THEN coalesce(EXCLUDED.tags_cut, totals.tags_cut) ELSE EXCLUDED.tags_cut END,
      note = CASE WHEN ${closes} AND ${hasSnapshot} THEN coalesce(EXCLUDED.note, '{}') || ${observed} ELSE EXCLUDED.note END
    WHERE EXCLUDED.worth > totals.worth OR (EXCLUDED.worth = totals.worth AND (EXCLUDED.read_ms >= totals.read_ms OR totals.read_ms > ${Math.trunc(now)}::bigint))
    RETURNING image_id AS id, day - DATE '1970-01-01' AS day, pull_count, known AS mark, note, read_at, tag_count, last_updated, total_since::text,
      CASE WHEN ${hasTags} THEN day::text END AS tags_day`;
}

/** The end of a day that was read before closes it, and what was read stays beside it; as `complete` in core/document. */
const closes = sql`EXCLUDED.worth = ${certainty('closed')} AND totals.known = ANY (${[...readMarks]}::text[])`;
const observed = sql`CASE WHEN totals.worth = ${certainty('closed')}
  THEN jsonb_strip_nulls(jsonb_build_object('observed', totals.note -> 'observed'))
  ELSE jsonb_build_object('observed', jsonb_build_object('pull_count', totals.pull_count, 'read_at', totals.read_at)) END`;

/** Of a day whose snapshot is deleted only the total stays. */
const hasSnapshot = sql`NOT EXISTS (SELECT FROM snapshot_days WHERE pruned AND snapshot_days.day = EXCLUDED.day)`;

function toNote(reading: Reading): string | undefined {
  const note = toNoteRow(reading);
  return Object.keys(note).length === 0 ? undefined : storableJson(note);
}

const idColumn = z.object({ id: optionalNumbers });

/** The id of each image. Only missing ones are inserted: also an insert that conflicts uses up one of the 2^31 ids. */
async function saveImages(transaction: Queries, images: readonly Image[]): Promise<ReadonlyMap<Image, number>> {
  const ids = await findImages(transaction, images);
  const missing = images.filter((image) => !ids.has(image));
  if (missing.length === 0) return ids;
  await transaction.query(sql`
    INSERT INTO images (registry, repo) SELECT registry, repo FROM ${namesOf(missing)} ORDER BY registry, repo ON CONFLICT DO NOTHING`);
  return new Map([...ids, ...(await findImages(transaction, missing))]);
}

async function findImages(transaction: Queries, images: readonly Image[]): Promise<Map<Image, number>> {
  const { id: ids } = await selectColumns(
    transaction,
    idColumn,
    sql`SELECT id FROM ${namesOf(images)} LEFT JOIN images USING (registry, repo) ORDER BY at`,
  );
  return byFound(images, ids);
}

function namesOf(images: readonly Image[]): Sql {
  return sql`unnest(${textColumn(images.map(({ registry }) => registry))}::text[], ${textColumn(images.map(({ repo }) => repo))}::text[])
    WITH ORDINALITY AS names (registry, repo, at)`;
}

/** Those that have an id. */
function byFound<T>(wanted: readonly T[], ids: readonly (number | null)[]): Map<T, number> {
  return new Map(
    wanted.flatMap((each, at) => {
      const id = ids[at] ?? undefined;
      return id === undefined ? [] : [[each, id] as const];
    }),
  );
}

/** The id of each list of tags, by the list. */
async function saveTagSets(transaction: Queries, rows: readonly Row[]): Promise<ReadonlyMap<readonly Tag[], number>> {
  const lists = rows.flatMap(({ reading: { registry, tags } }) => {
    if (!tags) return [];
    const json = storableJson(toTagRows(tags, registry));
    return [{ tags, json, hash: hashOf(json) }];
  });
  if (lists.length === 0) return new Map();
  const jsonByHash = new Map(lists.map(({ hash, json }) => [hash, json]));
  const ids = await findTagSets(transaction, [...jsonByHash.keys()]);
  const missing = [...jsonByHash].filter(([hash]) => !ids.has(hash)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (missing.length > 0) {
    const hashes = missing.map(([hash]) => hash);
    await transaction.query(sql`
      INSERT INTO tag_sets (hash, tags)
      SELECT decode(hash, 'hex'), tags::jsonb FROM unnest(${textColumn(hashes)}::text[], ${textColumn(missing.map(([, json]) => json))}::text[]) AS new (hash, tags)
      ON CONFLICT DO NOTHING`);
    for (const [hash, id] of await findTagSets(transaction, hashes)) ids.set(hash, id);
  }
  return new Map(lists.flatMap(({ tags, hash }) => [[tags, ids.get(hash) ?? 0] as const]));
}

async function findTagSets(transaction: Queries, hashes: readonly string[]): Promise<Map<string, number>> {
  const { id: ids } = await selectColumns(
    transaction,
    idColumn,
    sql`
    SELECT id FROM unnest(${textColumn(hashes)}::text[]) WITH ORDINALITY AS names (hash, at) LEFT JOIN tag_sets ON tag_sets.hash = decode(names.hash, 'hex')
    ORDER BY at`,
  );
  return byFound(hashes, ids);
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
