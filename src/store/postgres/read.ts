/** The statements that read; in the table the column of the mark is still called `known`. */
import sql, { empty, type Sql } from 'sql-template-tag';
import * as z from 'zod';
import type { Day, EpochDay } from '../../core/model/day.ts';
import { marks } from '../../core/model/mark.ts';
import type { DayRange, SeriesQuery } from '../../core/model/query.ts';
import { toDayNote, type DayNote, type ImageSeries, type StoredReading } from '../../core/model/history.ts';
import { compareEvents, recordedKinds, type RecordedEvent } from '../../core/model/event.ts';
import { numberColumn } from './array-parameter.ts';
import type { Queries } from './database.ts';
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

const eventRow = z.object({
  time: z.string(),
  seen_at: z.string(),
  registry: z.string(),
  repo: optional(z.string()),
  kind: z.enum(recordedKinds),
  detail: optional(z.string()),
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

const dayImageRow = z.object({ id: z.number(), tag_count: optional(z.number()) });

/** The same, some images at a time: their tags may be too many for all of them. */
export async function* readDayInParts(database: Queries, day: Day, query: SeriesQuery): AsyncGenerator<StoredReading> {
  if (query.repos && query.repos.size <= minImages) {
    yield* await readDay(database, day, query);
    return;
  }
  const images = await database.select(
    dayImageRow,
    sql`
    SELECT image_id AS id, CASE WHEN tag_set_id IS NULL THEN 0 ELSE coalesce(tag_count, ${tagsOfUnknown}) END AS tag_count
    FROM totals JOIN images ON images.id = image_id
    WHERE day = ${day} AND ${matches(query)} ORDER BY registry COLLATE "C", repo COLLATE "C"`,
  );
  let ids: number[] = [];
  let weight = 0;
  for (const { id, tag_count: tags = 0 } of images) {
    ids.push(id);
    weight += 1 + Math.min(tags, tagsOfUnknown);
    if (weight < maxWeight) continue;
    yield* (await database.select(readingRow, dayStatement(day, query, ids))).map(storedReading);
    [ids, weight] = [[], 0];
  }
  if (ids.length > 0) yield* (await database.select(readingRow, dayStatement(day, query, ids))).map(storedReading);
}

/** So few are read at once in any case. */
const minImages = 20;
/** For an image of which it is not known how many tags are stored; more have no room. */
const tagsOfUnknown = 500;
/** Images and tags that are read at once. */
const maxWeight = 10_000;

/** `ids`: only of these images. */
export function dayStatement(day: Day, query: SeriesQuery, ids?: readonly number[]): Sql {
  return sql`
    SELECT registry, repo, day::text, pull_count, known AS mark, read_at, total_since::text, tag_count, last_updated, tags, tags_cut, note
    FROM totals JOIN images ON images.id = image_id LEFT JOIN tag_sets ON tag_sets.id = tag_set_id
    WHERE day = ${day} AND ${ids ? sql`image_id = ANY (${numberColumn(ids)}::integer[])` : matches(query)}
    ORDER BY registry COLLATE "C", repo COLLATE "C"`;
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

export async function readEvents(database: Queries, seenOn?: Day): Promise<readonly RecordedEvent[]> {
  const rows = await database.select(
    eventRow,
    sql`
    SELECT time, seen_at, registry, repo, kind, detail FROM events
    WHERE ${seenOn === undefined ? sql`true` : sql`seen_day = ${seenOn}`} ORDER BY id`,
  );
  const events = rows.map(({ time, seen_at: seenAt, registry, repo, kind, detail }) => ({ time, seenAt, registry, repo, kind, detail }));
  return events.toSorted(compareEvents);
}
