/** Reads what is kept. */
import sql, { type Sql } from 'sql-template-tag';
import * as z from 'zod';
import { parseNote, isRow } from '../../../core/document/snapshot-row.ts';
import type { DaySum, LatestImage } from '../../../core/model/history.ts';
import { marks } from '../../../core/model/mark.ts';
import type { SeriesQuery } from '../../../core/model/query.ts';
import type { Queries } from '../database.ts';
import { numbers } from '../json-columns.ts';
import { matches, optional } from '../read.ts';

const valuesRow = z.object({
  id: z.number(),
  registry: z.string(),
  repo: z.string(),
  day: z.string(),
  pull_count: z.number(),
  mark: z.enum(marks),
  read_at: optional(z.string()),
  tag_count: optional(z.number()),
  last_updated: optional(z.string()),
  total_since: optional(z.string()),
  tags_day: optional(z.string()),
  note: z.unknown(),
  history_since: z.string(),
  first_seen: optional(z.string()),
  backfilled_days: z.number(),
  imported_days: z.number(),
  recent_days: numbers,
  recent_pulls: numbers,
  change: z.number(),
});

export interface KeptImage {
  readonly id: number;
  readonly change: number;
  readonly image: LatestImage;
}

/** The newest known values of the images that match, ordered by registry, then repo. */
export async function readLatest(database: Queries, query: SeriesQuery): Promise<readonly LatestImage[]> {
  const rows = await readValues(database, sql`${matches(query)} ORDER BY registry COLLATE "C", repo COLLATE "C"`);
  return rows.map(({ image }) => image);
}

/** Rows that are in memory as they came from the database. */
const maxRowsAtOnce = 1_000;

/** Those that were written by changes after this one, in no order, some at a time. */
export async function* readLatestSince(database: Queries, change: number): AsyncGenerator<readonly KeptImage[]> {
  let rows: readonly KeptImage[];
  let last = 0;
  do {
    rows = await readValues(database, sql`change > ${change} AND image_id > ${last} ORDER BY image_id LIMIT ${maxRowsAtOnce}`);
    last = rows.at(-1)?.id ?? last;
    yield rows;
  } while (rows.length === maxRowsAtOnce);
}

async function readValues(database: Queries, condition: Sql): Promise<readonly KeptImage[]> {
  const rows = await database.select(
    valuesRow,
    sql`
    SELECT images.id, registry, repo, day::text, pull_count, mark, read_at, tag_count, last_updated, total_since::text, tags_day::text, note,
      history_since::text, first_seen::text, backfilled_days, imported_days, to_json(recent_days) AS recent_days, to_json(recent_pulls) AS recent_pulls, change
    FROM image_values JOIN images ON images.id = image_id WHERE ${condition}`,
  );
  return rows.map(toKeptImage);
}

function toKeptImage({ id, change, ...row }: z.infer<typeof valuesRow>): KeptImage {
  const image = {
    registry: row.registry,
    repo: row.repo,
    day: row.day,
    pullCount: row.pull_count,
    readAt: row.read_at,
    tagCount: row.tag_count,
    lastUpdated: row.last_updated,
    totalSince: row.total_since,
    tagsDay: row.tags_day,
    discrepancy: isRow(row.note) ? parseNote(row.note).discrepancy : undefined,
    mark: row.mark,
    historySince: row.history_since,
    firstSeen: row.first_seen,
    backfilledDays: row.backfilled_days,
    importedDays: row.imported_days,
    recent: { days: row.recent_days, pulls: row.recent_pulls },
  };
  return { id, change, image };
}

const sumRow = z.object({
  registry: z.string(),
  day: z.number(),
  mark: z.enum(marks),
  covered: z.number(),
  values: z.number(),
  pulls: z.number(),
  total: z.number(),
  step: z.number(),
  resets: z.number(),
  fall: z.number(),
  change: z.number(),
});

/** A sum with the change that wrote it; one that has come to nothing is there too. */
export type KeptSum = DaySum & { readonly change: number };

export function readSumsSince(database: Queries, change: number): Promise<readonly KeptSum[]> {
  return database.select(
    sumRow,
    sql`
    SELECT registry, day - DATE '1970-01-01' AS day, mark, covered, image_count AS values, pulls, total, step, resets, fall, change
    FROM day_sums WHERE change > ${change}`,
  );
}

/** The sums of these registries that come to something. */
export function toDaySums(kept: Iterable<KeptSum>, registries?: ReadonlySet<string>): readonly DaySum[] {
  const sums: DaySum[] = [];
  for (const { change: _, ...sum } of kept) if (sum.values > 0 && registries?.has(sum.registry) !== false) sums.push(sum);
  return sums;
}

const stateRow = z.object({ change: z.number(), renewed: z.number() });

/** The number of the last change, and of the one that made everything anew. */
export async function readState(database: Queries): Promise<z.infer<typeof stateRow>> {
  const [state] = await database.select(
    stateRow,
    sql`SELECT changes.count AS change, kept_state.change AS renewed FROM changes, kept_state`,
  );
  return state ?? { change: 0, renewed: 0 };
}
