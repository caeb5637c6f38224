/** The totals of many images day by day. Each statement reads whole days of all of them, so that a slow reader keeps no connection and no cursor. */
import sql, { empty, type Sql } from 'sql-template-tag';
import * as z from 'zod';
import type { Day } from '../../core/model/day.ts';
import type { DailyTotals, DailyTotalsOptions, DayNote, DayTotals } from '../../core/model/history.ts';
import type { ImageName } from '../../core/model/image.ts';
import { isMark, type Mark } from '../../core/model/mark.ts';
import type { DayRange, SeriesQuery } from '../../core/model/query.ts';
import { numberColumn } from './array-parameter.ts';
import type { Queries } from './database.ts';
import { numbers, selectColumns, texts } from './json-columns.ts';
import { matches, readDays, toNote } from './read.ts';

/** Totals that are read at a time: about a megabyte, twice where the next ones are read while these are sent. */
const defaultMaxTotals = 60_000;

/** As SnapshotStore.dailyTotals. */
export async function readDailyTotals(
  database: Queries,
  query: SeriesQuery,
  range: DayRange = {},
  { withMarks = false, maxTotals = defaultMaxTotals }: DailyTotalsOptions & { readonly maxTotals?: number } = {},
): Promise<DailyTotals> {
  const [images, days] = await Promise.all([readImages(database, query), readDays(database, { ...range, withPruned: true })]);
  const only = query.registries || query.repos ? [...images.positions.keys()] : undefined;
  const blocks = splitDays(images.names.length === 0 ? [] : days, Math.max(1, Math.floor(maxTotals / images.names.length)));
  const read = (block: readonly Day[] = []) => startReading(database, block, withMarks, only);
  const first = read(blocks[0]);
  return {
    images: images.names,
    before: await readBefore(database, images, range.from, only),
    days: readBlocks(images, blocks, read, first),
  };
}

interface Images {
  readonly names: readonly ImageName[];
  /** By the id of an image. */
  readonly positions: ReadonlyMap<number, number>;
}

const imageColumns = z.object({ id: numbers, registry: texts, repo: texts });

async function readImages(database: Queries, query: SeriesQuery): Promise<Images> {
  const found = await selectColumns(
    database,
    imageColumns,
    sql`SELECT id, registry, repo FROM images WHERE ${matches(query)} ORDER BY repo COLLATE "C", registry COLLATE "C"`,
  );
  return {
    names: found.id.map((_, at) => ({ registry: found.registry[at] ?? '', repo: found.repo[at] ?? '' })),
    positions: new Map(found.id.map((id, position) => [id, position])),
  };
}

const beforeColumns = z.object({ id: numbers, day: numbers, pull_count: numbers });

async function readBefore(
  database: Queries,
  { names, positions }: Images,
  from: Day | undefined,
  only: readonly number[] | undefined,
): Promise<DailyTotals['before']> {
  const before = { days: new Float64Array(names.length).fill(Number.NaN), totals: new Float64Array(names.length).fill(Number.NaN) };
  if (from === undefined || names.length === 0) return before;
  const found = await selectColumns(
    database,
    beforeColumns,
    sql`
    SELECT id, day - DATE '1970-01-01' AS day, pull_count
    FROM images JOIN LATERAL (SELECT day, pull_count FROM totals WHERE image_id = images.id AND day < ${from} ORDER BY day DESC LIMIT 1) AS totals ON true
    WHERE ${only ? sql`id = ANY (${numberColumn(only)}::integer[])` : sql`true`}`,
  );
  for (const [at, id] of found.id.entries()) {
    const position = positions.get(id);
    if (position === undefined) continue;
    before.days[position] = found.day[at] ?? Number.NaN;
    before.totals[position] = found.pull_count[at] ?? Number.NaN;
  }
  return before;
}

function splitDays(days: readonly Day[], length: number): readonly (readonly Day[])[] {
  return Array.from({ length: Math.ceil(days.length / length) }, (_, at) => days.slice(at * length, (at + 1) * length));
}

type Block = readonly z.infer<typeof dayRow>[];

/** The next block is read while the days of one are taken. */
async function* readBlocks(
  images: Images,
  blocks: readonly (readonly Day[])[],
  read: (block: readonly Day[] | undefined) => Promise<Block>,
  first: Promise<Block>,
): AsyncGenerator<DayTotals> {
  let next = first;
  for (let at = 1; at <= blocks.length; at += 1) {
    const rows = await next;
    next = read(blocks[at]);
    for (const row of rows) yield toDayTotals(row, images);
  }
}

const dayRow = z.object({
  day: z.number(),
  ids: numbers,
  totals: numbers,
  marks: texts.nullish(),
  notes: z.array(z.tuple([z.number(), z.unknown()])).nullable(),
});

/** Whoever takes no more does not wait for it. */
function startReading(database: Queries, days: readonly Day[], withMarks: boolean, only: readonly number[] | undefined): Promise<Block> {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return Promise.resolve([]);
  const rows = database.select(dayRow, blockStatement([first, last], withMarks, only));
  rows.catch(() => undefined);
  return rows;
}

function blockStatement([first, last]: readonly [Day, Day], withMarks: boolean, only: readonly number[] | undefined): Sql {
  return sql`
    SELECT day - DATE '1970-01-01' AS day, json_agg(image_id) AS ids, json_agg(pull_count) AS totals,
      ${withMarks ? sql`json_agg(known) AS marks,` : empty}
      json_agg(json_build_array(image_id, note)) FILTER (WHERE note IS NOT NULL) AS notes
    FROM totals WHERE day >= ${first} AND day <= ${last} ${only ? sql`AND image_id = ANY (${numberColumn(only)}::integer[])` : empty}
    GROUP BY day ORDER BY day`;
}

function toDayTotals({ day, ids, totals: known, marks: knownMarks, notes: knownNotes }: z.infer<typeof dayRow>, images: Images): DayTotals {
  const { names, positions } = images;
  const totals = new Float64Array(names.length).fill(Number.NaN);
  const marks: (Mark | undefined)[] | undefined = knownMarks ? names.map(() => undefined) : undefined;
  for (let at = 0; at < ids.length; at += 1) {
    const position = positions.get(ids[at] ?? -1);
    // An image that came since is not among them.
    if (position === undefined) continue;
    totals[position] = known[at] ?? Number.NaN;
    const mark = knownMarks?.[at];
    if (marks) marks[position] = isMark(mark) ? mark : 'read';
  }
  const notes = new Map<number, DayNote>();
  for (const [id, row] of knownNotes ?? []) {
    const [position, note] = [positions.get(id), toNote(row)];
    if (position !== undefined && note) notes.set(position, note);
  }
  return { day: day, totals, marks, notes };
}
