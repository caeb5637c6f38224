/** The statements that read; in the table the column of the mark is still called `known`. */
import sql, { empty, type Sql } from 'sql-template-tag';
import * as z from 'zod';
import { fromEpochDay, type Day, type EpochDay } from '../../core/model/day.ts';
import { groupBy } from '../../core/model/group-by.ts';
import { marks } from '../../core/model/mark.ts';
import type { DayRange, SeriesQuery } from '../../core/model/query.ts';
import { toDayNote, type DayNote, type ImageSeries, type StoredReading } from '../../core/model/history.ts';
import { numberColumn } from './array-parameter.ts';
import type { Queries } from './database.ts';
import { numbers, selectColumns } from './json-columns.ts';
import { withoutAttachments } from '../../core/model/tag.ts';
import { isRow, parseNote, parseTags } from '../../core/document/snapshot-row.ts';

export const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

const seriesRow = z.object({
  registry: z.string(),
  repo: z.string(),
  days: z.array(z.number()),
  totals: z.array(z.number()),
  marks: z.array(z.enum(marks)),
  notes: z.record(z.string(), z.unknown()).nullable(),
});

const readingRow = z.object({
  registry: z.string(),
  repo: z.string(),
  day: z.string(),
  pull_count: z.number(),
  mark: z.enum(marks),
  read_at: z.string(),
  total_since: optional(z.string()),
  tag_count: optional(z.number()),
  last_updated: optional(z.string()),
  tags: z.unknown(),
  tags_cut: optional(z.number()),
  note: z.unknown(),
});

export const dayRow = z.object({ day: z.string() });

/** Which images are asked for, as a piece of SQL. */
export function matches({ registries, repos }: SeriesQuery): Sql {
  const registry = registries ? sql`registry = ANY (${[...registries]}::text[])` : sql`true`;
  const repo = repos ? sql`repo = ANY (${[...repos]}::text[])` : sql`true`;
  return sql`${registry} AND ${repo}`;
}

export async function readTotals(database: Queries, query: SeriesQuery, range?: DayRange): Promise<readonly ImageSeries[]> {
  const rows = await database.select(seriesRow, totalsStatement(query, range));
  return rows.map((row) => ({ ...row, notes: toDayNotes(row.notes) }));
}

/** The series of images (as JSON, which Node parses many times faster than the driver an array), and in a range the newest total before it: one look into the index for each, so that no other partition is searched. */
export function totalsStatement(query: SeriesQuery, { from, to }: DayRange = {}): Sql {
  const own = sql`SELECT day, pull_count, known, note FROM totals WHERE image_id = images.id`;
  const last = to === undefined ? sql`true` : sql`day <= ${to}`;
  const before = from === undefined ? empty : sql`(${own} AND day < ${from} ORDER BY day DESC LIMIT 1) UNION ALL`;
  // Without this the totals of all images would be read for some of them.
  const apart = query.repos ? sql`OFFSET 0` : empty;
  const since = from === undefined ? sql`true` : sql`day >= ${from}`;
  return sql`
    SELECT registry, repo,
      json_agg(day - DATE '1970-01-01' ORDER BY day) AS days,
      json_agg(pull_count ORDER BY day) AS totals,
      json_agg(known ORDER BY day) AS marks,
      json_object_agg(day - DATE '1970-01-01', note) FILTER (WHERE note IS NOT NULL) AS notes
    FROM images JOIN LATERAL (${before} (${own} AND ${since} AND ${last} ${apart})) AS totals ON true
    WHERE ${matches(query)}
    GROUP BY images.id
    ORDER BY repo COLLATE "C", registry COLLATE "C"`;
}

function toDayNotes(notes: z.infer<typeof seriesRow>['notes']): ReadonlyMap<EpochDay, DayNote> {
  return new Map(
    Object.entries(notes ?? {}).flatMap(([day, row]): [EpochDay, DayNote][] => {
      const note = toNote(row);
      return note ? [[Number(day), note]] : [];
    }),
  );
}

/** A stored note; undefined where it says nothing that is known here. */
export function toNote(row: unknown): DayNote | undefined {
  return isRow(row) ? toDayNote(parseNote(row)) : undefined;
}

/** The readings of one day. */
export async function readDay(database: Queries, day: Day, query: SeriesQuery): Promise<readonly StoredReading[]> {
  return (await database.select(readingRow, dayStatement(day, query))).map(storedReading);
}

const foundColumns = z.object({ id: numbers, day: numbers, size: numbers });

/** A reading that is there. */
interface Found {
  readonly id: number;
  readonly day: EpochDay;
  /** About how many bytes it is stored in. */
  readonly size: number;
}

/** The readings of ascending days. Tags may be too many for all images of a day, or for all days of an image. */
export async function* readInParts(database: Queries, days: readonly Day[], query: SeriesQuery): AsyncGenerator<StoredReading> {
  const length = daysAtOnce(query);
  for (let at = 0; at < days.length; at += length) {
    for (const part of toParts(await find(database, days.slice(at, at + length), query)))
      yield* (await database.select(readingRow, partStatement(part))).map(storedReading);
  }
}

/** So many that some thousand readings are found at once, where that can be known. */
function daysAtOnce({ repos }: SeriesQuery): number {
  return repos ? Math.max(1, Math.floor(maxFound / Math.max(1, repos.size))) : 1;
}

/** What there is on these days, by day, then registry, then repo. */
async function find(database: Queries, days: readonly Day[], query: SeriesQuery): Promise<readonly Found[]> {
  const found = await selectColumns(database, foundColumns, foundStatement(days, query));
  return found.id.map((id, at) => ({ id, day: found.day[at] ?? 0, size: found.size[at] ?? 0 }));
}

/** Parts of a bounded size: some days with all of their readings, or some readings of a day that has too many. */
function toParts(found: readonly Found[]): readonly (readonly Found[])[] {
  const parts: Found[][] = [];
  let part: Found[] = [];
  let size = 0;
  const close = (): void => {
    if (part.length > 0) parts.push(part);
    [part, size] = [[], 0];
  };
  for (const readings of groupBy(found, ({ day }) => String(day)).values()) {
    const ofDay = readings.reduce((sum, reading) => sum + reading.size, 0);
    if (size + ofDay > maxBytes) close();
    for (const reading of readings) {
      part.push(reading);
      size += reading.size;
      if (size > maxBytes) close();
    }
    if (ofDay > maxBytes) close();
  }
  close();
  return parts;
}

function foundStatement(days: readonly Day[], query: SeriesQuery): Sql {
  // Without OFFSET the readings of all images would be looked through for some of them.
  const apart = query.repos ? sql`OFFSET 0` : empty;
  return sql`
    SELECT images.id, day - DATE '1970-01-01' AS day, ${rowBytes}::integer + coalesce(pg_column_size(tags), 0) AS size
    FROM images JOIN LATERAL (
      SELECT day, tag_set_id FROM totals WHERE image_id = images.id AND day >= ${days[0]} AND day <= ${days.at(-1)} ${apart}) AS totals ON true
      LEFT JOIN tag_sets ON tag_sets.id = tag_set_id
    WHERE ${matches(query)} ORDER BY day, registry COLLATE "C", repo COLLATE "C"`;
}

/** Of a reading without its tags. */
const rowBytes = 100;
/** That are read at once, as they are stored: long lists of tags are compressed to some third. */
const maxBytes = 1024 * 1024;
/** Readings whose sizes are looked up at once. */
const maxFound = 10_000;

function partStatement(part: readonly Found[]): Sql {
  const [first, last] = [part[0]?.day ?? 0, part.at(-1)?.day ?? 0];
  const ids = new Set(part.map(({ id }) => id));
  return readingsStatement(
    sql`day >= ${fromEpochDay(first)} AND day <= ${fromEpochDay(last)} AND image_id = ANY (${numberColumn([...ids])}::integer[])`,
  );
}

export function dayStatement(day: Day, query: SeriesQuery): Sql {
  return readingsStatement(sql`day = ${day} AND ${matches(query)}`);
}

function readingsStatement(condition: Sql): Sql {
  return sql`
    SELECT registry, repo, totals.day::text, pull_count, known AS mark, read_at, total_since::text, tag_count, last_updated, tags, tags_cut, note
    FROM totals JOIN images ON images.id = image_id LEFT JOIN tag_sets ON tag_sets.id = tag_set_id
    WHERE ${condition} ORDER BY totals.day, registry COLLATE "C", repo COLLATE "C"`;
}

function storedReading(row: z.infer<typeof readingRow>): StoredReading {
  const { registry, repo, day, mark, read_at: readAt, last_updated: lastUpdated } = row;
  return withoutAttachments({
    registry,
    repo,
    day,
    pullCount: row.pull_count,
    readAt,
    lastUpdated,
    tagCount: row.tag_count,
    tags: parseTags(row.tags),
    tagsCut: row.tags_cut,
    totalSince: row.total_since,
    mark,
    ...(isRow(row.note) ? parseNote(row.note) : {}),
  });
}

/** The days that have a snapshot; with `withPruned` also those that have no more than totals. */
export async function readDays(
  database: Queries,
  { from, to, withPruned = false }: DayRange & { readonly withPruned?: boolean } = {},
): Promise<readonly Day[]> {
  const rows = await database.select(
    dayRow,
    sql`
    SELECT day::text FROM snapshot_days
    WHERE (${withPruned} OR NOT pruned) AND (${from ?? null}::date IS NULL OR day >= ${from ?? null}::date) AND (${to ?? null}::date IS NULL OR day <= ${to ?? null}::date)
    ORDER BY day`,
  );
  return rows.map(({ day }) => day);
}
