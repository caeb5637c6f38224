/** The statements that read; in the table the column of the mark is still called `known`. */
import sql, { empty, type Sql } from 'sql-template-tag';
import * as z from 'zod';
import type { Day, EpochDay } from '../../core/model/day.ts';
import { marks, readMarks } from '../../core/model/mark.ts';
import type { DayRange, SeriesQuery } from '../../core/model/query.ts';
import type { DayNote, ImageSeries, LatestImage, StoredReading } from '../../core/model/history.ts';
import { compareEvents, recordedKinds, type RecordedEvent } from '../../core/model/event.ts';
import type { Queries } from './database.ts';
import { withoutAttachments } from '../../core/model/tag.ts';
import { isRow, parseNote, parseTags } from '../../core/document/snapshot-row.ts';

const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

const seriesRow = z.object({
  registry: z.string(),
  repo: z.string(),
  days: z.array(z.number()),
  totals: z.array(z.number()),
  marks: z.array(z.enum(marks)),
  notes: z.record(z.string(), z.unknown()).nullable(),
});

const latestRow = z.object({
  registry: z.string(),
  repo: z.string(),
  day: z.string(),
  pull_count: z.number(),
  read_at: optional(z.string()),
  tag_count: optional(z.number()),
  last_updated: optional(z.string()),
  total_since: optional(z.string()),
  note: z.unknown(),
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
function matches({ registries, repos }: SeriesQuery): Sql {
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
  const since = from === undefined ? sql`true` : sql`day >= ${from}`;
  return sql`
    SELECT registry, repo,
      json_agg(day - DATE '1970-01-01' ORDER BY day) AS days,
      json_agg(pull_count ORDER BY day) AS totals,
      json_agg(known ORDER BY day) AS marks,
      json_object_agg(day - DATE '1970-01-01', note) FILTER (WHERE note IS NOT NULL) AS notes
    FROM images JOIN LATERAL (${before} ${own} AND ${since} AND ${last}) AS totals ON true
    WHERE ${matches(query)}
    GROUP BY images.id
    ORDER BY repo COLLATE "C", registry COLLATE "C"`;
}

function toDayNotes(notes: z.infer<typeof seriesRow>['notes']): ReadonlyMap<EpochDay, DayNote> {
  return new Map(
    Object.entries(notes ?? {}).flatMap(([day, row]): [EpochDay, DayNote][] => {
      const { dayPulls, discrepancy } = isRow(row) ? parseNote(row) : {};
      return dayPulls === undefined && discrepancy === undefined ? [] : [[Number(day), { dayPulls, discrepancy }]];
    }),
  );
}

/** A detail that the newest day lacks is looked for further back. */
export async function readLatest(database: Queries, query: SeriesQuery): Promise<readonly LatestImage[]> {
  return (await database.select(latestRow, latestStatement(query))).map(
    ({
      pull_count: pullCount,
      read_at: readAt,
      tag_count: tagCount,
      last_updated: lastUpdated,
      total_since: totalSince,
      note,
      ...row
    }) => ({
      ...row,
      pullCount,
      readAt,
      tagCount,
      lastUpdated,
      totalSince,
      discrepancy: isRow(note) ? parseNote(note).discrepancy : undefined,
    }),
  );
}

export function latestStatement(query: SeriesQuery): Sql {
  const newestTotal = sql`
    SELECT day, pull_count, known, note, read_at, tag_count, last_updated, total_since
    FROM totals
    WHERE image_id = images.id`;
  return sql`
    SELECT registry, repo, newest.day::text, newest.pull_count,
      newest.note, CASE WHEN newest.known = ANY (${[...readMarks]}::text[]) THEN newest.read_at
        ELSE (SELECT read_at FROM totals WHERE image_id = images.id AND known = ANY (${[...readMarks]}::text[]) ORDER BY day DESC LIMIT 1) END AS read_at,
      coalesce(newest.tag_count, (SELECT tag_count FROM (${newestTotal} AND tag_count IS NOT NULL ORDER BY day DESC LIMIT 1) AS known)) AS tag_count,
      coalesce(newest.last_updated, (SELECT last_updated FROM totals WHERE image_id = images.id AND last_updated IS NOT NULL ORDER BY day DESC LIMIT 1)) AS last_updated,
      coalesce(newest.total_since, (SELECT total_since FROM totals WHERE image_id = images.id AND total_since IS NOT NULL ORDER BY day DESC LIMIT 1))::text AS total_since
    FROM images JOIN LATERAL (${newestTotal} ORDER BY day DESC LIMIT 1) AS newest ON true
    WHERE ${matches(query)}
    ORDER BY registry COLLATE "C", repo COLLATE "C"`;
}

/** The readings of one day. */
export async function readDay(database: Queries, day: Day, query: SeriesQuery): Promise<readonly StoredReading[]> {
  return (await database.select(readingRow, dayStatement(day, query))).map(storedReading);
}

export function dayStatement(day: Day, query: SeriesQuery): Sql {
  return sql`
    SELECT registry, repo, day::text, pull_count, known AS mark, read_at, total_since::text, tag_count, last_updated, tags, tags_cut, note
    FROM totals JOIN images ON images.id = image_id LEFT JOIN tag_sets ON tag_sets.id = tag_set_id
    WHERE day = ${day} AND ${matches(query)}
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
