/** Events that were recorded: kept with the day they were seen on, and read in their order. */
import sql, { join, raw, type Sql } from 'sql-template-tag';
import * as z from 'zod';
import { dayMs, dayOf } from '../../core/model/day.ts';
import { eventIdentity, recordedKinds, type RecordedEvent } from '../../core/model/event.ts';
import type { EventPart, EventQuery } from '../../core/model/event-query.ts';
import { toEpochDays, type DayRange } from '../../core/model/query.ts';
import type { Queries } from './database.ts';
import { matches, optional } from './read.ts';
import { hashOf } from './save-readings.ts';
import { storableJson } from './storable-json.ts';

const eventRow = z.object({
  time: z.string(),
  seen_at: z.string(),
  registry: z.string(),
  repo: optional(z.string()),
  kind: z.enum(recordedKinds),
  detail: optional(z.string()),
});

const countRow = z.object({ count: z.number() });

/** What events are ordered by, as `compareIdentities` does. */
const order = [
  'at',
  `registry COLLATE "C"`,
  `coalesce(repo, '') COLLATE "C"`,
  `time COLLATE "C"`,
  `kind COLLATE "C"`,
  `coalesce(detail, '') COLLATE "C"`,
];

/** As SnapshotStore.events. */
export async function readEvents(database: Queries, query: EventQuery = {}): Promise<readonly RecordedEvent[]> {
  const { side = 'after', limit } = query.part ?? {};
  const isBackwards = side === 'before';
  const rows = await database.select(
    eventRow,
    sql`
    SELECT time, seen_at, registry, repo, kind, detail FROM events WHERE ${asked(query)}
    ORDER BY ${raw([...order, `seen_at COLLATE "C"`].map((each) => (isBackwards ? `${each} DESC` : each)).join(', '))} LIMIT ${limit ?? null}`,
  );
  const events = rows.map(({ time, seen_at: seenAt, registry, repo, kind, detail }) => ({ time, seenAt, registry, repo, kind, detail }));
  return isBackwards ? events.toReversed() : events;
}

/** As SnapshotStore.countEvents. */
export async function countEvents(database: Queries, query: EventQuery = {}): Promise<number> {
  const [row] = await database.select(
    countRow,
    sql`SELECT count(*) FROM (SELECT FROM events WHERE ${asked(query)} LIMIT ${query.part?.limit ?? null}) AS asked`,
  );
  return row?.count ?? 0;
}

function asked({ kinds, range, seen, part, ...images }: EventQuery): Sql {
  const conditions = [
    matches(images),
    ...(kinds ? [sql`kind = ANY (${[...kinds]}::text[])`] : []),
    ...(range ? happened(range) : []),
    ...(seen?.from ? [sql`seen_day >= ${seen.from}::date`] : []),
    ...(seen?.to ? [sql`seen_day <= ${seen.to}::date`] : []),
    ...(part?.place ? [besides(part, part.place)] : []),
  ];
  return join(conditions, ' AND ');
}

/** By the day as it is written; an index knows the moments that are near. */
function happened({ from, to }: DayRange): Sql[] {
  const [first, last] = toEpochDays({ from, to });
  return [
    ...(from === undefined ? [] : [sql`left(time, 10) >= ${from} AND at >= ${(first - 1) * dayMs}`]),
    ...(to === undefined ? [] : [sql`left(time, 10) <= ${to} AND at < ${(last + 2) * dayMs}`]),
  ];
}

/** On one side of a place. */
function besides({ side, withPlace }: EventPart, [time = '', ...rest]: readonly string[]): Sql {
  const comparison = raw((side === 'before' ? '<' : '>') + (withPlace ? '=' : ''));
  const [at, [registry = '', repo = '', kind = '', detail = '']] = [timeOf(time), rest];
  // The first condition, which follows from the second, is one that an index knows.
  return sql`at ${raw(side === 'before' ? '<=' : '>=')} ${at}
    AND (${raw(order.join(', '))}) ${comparison} (${at}, ${registry}, ${repo}, ${time}, ${kind}, ${detail})`;
}

/** In milliseconds since the epoch, as compared. */
function timeOf(time: string): number {
  return Date.parse(time) || 0;
}

/** One that is stored already on the day on which it was seen is not stored again. */
export async function saveEvents(transaction: Queries, events: readonly RecordedEvent[]): Promise<void> {
  const rows = events.map((event) => {
    const { time, seenAt, registry, repo, kind, detail } = event;
    const seenDay = dayOf(Date.parse(seenAt));
    const hash = hashOf(JSON.stringify([seenDay, ...eventIdentity(event)]));
    return { hash, at: timeOf(time), time, seen_at: seenAt, seen_day: seenDay, registry, repo: repo ?? null, kind, detail: detail ?? null };
  });
  await transaction.query(sql`
    INSERT INTO events (hash, at, time, seen_at, seen_day, registry, repo, kind, detail)
    SELECT decode(hash, 'hex'), at, time, seen_at, seen_day, registry, repo, kind, detail
    FROM jsonb_to_recordset(${storableJson(rows)}::text::jsonb) AS new (hash text, at bigint, time text, seen_at text, seen_day date, registry text, repo text,
      kind text, detail text)
    ON CONFLICT DO NOTHING`);
}
