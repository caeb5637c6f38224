/** Writes readings and events: batches whose statements hold the merge rule, so that two writers never lose a newer value. */
import { createHash } from 'node:crypto';
import sql, { raw } from 'sql-template-tag';
import * as z from 'zod';
import { dayOf, type Day } from '../../core/model/day.ts';
import { certainty } from '../../core/model/mark.ts';
import type { Reading, Tag } from '../../core/model/reading.ts';
import type { StoredReading } from '../../core/model/history.ts';
import { eventIdentity, type RecordedEvent } from '../../core/model/event.ts';
import { compareImages, compareText, imageKey } from '../../core/model/image.ts';
import { tagRows } from '../../core/document/snapshot-row.ts';
import type { Database, Queries } from './database.ts';
import { errorCode } from './database-error.ts';
import { changesChannel, partitionLock } from './locks.ts';
import { storableJson } from './storable-json.ts';

export interface Batch {
  readonly readings: readonly StoredReading[];
  readonly events: readonly RecordedEvent[];
}

const mostRows = 2_000;
const mostAttempts = 4;

/** Stores all of it or nothing. Resolves to the number of the change. `partitions`: the months that are known to have one. */
export async function saveBatch(database: Database, batch: Batch, partitions: Set<string>): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await ensurePartitions(database, batch.readings, partitions);
      return await insertBatch(database, batch);
    } catch (error) {
      if (attempt === mostAttempts || !isPassing(error)) throw error;
      partitions.clear();
    }
  }
}

/** The month was pruned by another process, or it and this one waited for each other. */
function isPassing(error: unknown): boolean {
  return ['23514', '42P01', '40P01', '40001'].includes(errorCode(error));
}

function insertBatch(database: Database, batch: Batch): Promise<number> {
  return database.transaction(async (transaction) => {
    // Others may save meanwhile, but not prune: the images and tags that this refers to have to stay.
    await transaction.query(sql`SELECT pg_advisory_xact_lock_shared(${partitionLock})`);
    for (const rows of inRounds(batch.readings)) await saveReadings(transaction, rows);
    if (batch.events.length > 0) await saveEvents(transaction, batch.events);
    const days = [
      ...new Set([...batch.readings.map(({ day }) => day), ...batch.events.map(({ seenAt }) => dayOf(Date.parse(seenAt)))]),
    ].toSorted();
    await transaction.query(
      sql`INSERT INTO snapshot_days (day) SELECT day::date FROM unnest(${days}::text[]) AS days (day) ON CONFLICT DO NOTHING`,
    );
    return countChange(transaction);
  });
}

/** In the order of commits, because the row is locked until then. */
export async function countChange(transaction: Queries): Promise<number> {
  const [row] = await transaction.query(sql`UPDATE changes SET count = count + 1 RETURNING count`);
  const { count } = z.object({ count: z.number() }).parse(row);
  await transaction.query(sql`SELECT pg_notify(${changesChannel}, ${String(count)})`);
  return count;
}

/** Before the transaction: a partition that another process makes at the same time must not end ours. */
async function ensurePartitions(database: Database, readings: readonly StoredReading[], partitions: Set<string>): Promise<void> {
  for (const month of new Set(readings.map(({ day }) => day.slice(0, 7)))) {
    if (partitions.has(month)) continue;
    const first = `${month}-01`;
    await database.transaction(async (transaction) => {
      await transaction.query(sql`SELECT pg_advisory_xact_lock(${partitionLock})`);
      await transaction.query(
        raw(
          `CREATE TABLE IF NOT EXISTS ${partitionOf(month)} PARTITION OF totals FOR VALUES FROM ('${first}') TO ('${monthAfter(first)}')`,
        ),
      );
    });
    partitions.add(month);
  }
}

export function partitionOf(month: string): string {
  return `totals_${month.replace('-', '_')}`;
}

export function monthAfter(day: Day): Day {
  const [year = 0, month = 0] = day.split('-').map(Number);
  const [nextYear, nextMonth] = month === 12 ? [year + 1, 1] : [year, month + 1];
  return `${String(nextYear).padStart(4, '0')}-${String(nextMonth).padStart(2, '0')}-01`;
}

/** Parts in which every image and day stands once: a statement cannot write one row twice. */
function inRounds(readings: readonly StoredReading[]): readonly (readonly StoredReading[])[] {
  const rounds: StoredReading[][] = [];
  const times = new Map<string, number>();
  for (const reading of readings) {
    const key = `${imageKey(reading)} ${reading.day}`;
    const round = times.get(key) ?? 0;
    times.set(key, round + 1);
    (rounds[round] ??= []).push(reading);
  }
  return rounds.flatMap((round) => {
    // In one order everywhere, so that two writers never wait for each other.
    const sorted = round.toSorted((a, b) => compareImages(a, b) || compareText(a.day, b.day));
    return Array.from({ length: Math.ceil(sorted.length / mostRows) }, (_, at) => sorted.slice(at * mostRows, (at + 1) * mostRows));
  });
}

async function saveReadings(transaction: Queries, readings: readonly StoredReading[]): Promise<void> {
  const images = [...new Map(readings.map((image) => [imageKey(image), image])).values()];
  await transaction.query(sql`
    INSERT INTO images (registry, repo)
    SELECT registry, repo FROM unnest(${images.map(({ registry }) => registry)}::text[], ${images.map(({ repo }) => repo)}::text[]) AS new (registry, repo)
    ON CONFLICT DO NOTHING`);
  const tagSets = await saveTagSets(transaction, readings);
  const rows = readings.map((reading) => ({
    registry: reading.registry,
    repo: reading.repo,
    day: reading.day,
    pull_count: reading.pullCount,
    known: reading.mark ?? 'read',
    worth: certainty(reading.mark),
    read_at: reading.readAt,
    read_ms: Math.trunc(Date.parse(reading.readAt)),
    total_since: reading.totalSince ?? null,
    tag_count: reading.tagCount ?? null,
    last_updated: reading.lastUpdated ?? null,
    tag_set_id: reading.tags ? (tagSets.get(reading.tags) ?? null) : null,
  }));
  await transaction.query(sql`
    INSERT INTO totals (image_id, day, pull_count, known, worth, read_at, read_ms, total_since, tag_count, last_updated, tag_set_id)
    SELECT images.id, day, pull_count, known, worth, read_at, read_ms, total_since, tag_count, last_updated, tag_set_id
    FROM jsonb_to_recordset(${storableJson(rows)}::text::jsonb) AS new (registry text, repo text, day date, pull_count bigint, known text, worth smallint,
      read_at text, read_ms bigint, total_since date, tag_count bigint, last_updated text, tag_set_id bigint)
    JOIN images USING (registry, repo)
    ORDER BY images.id, day
    ON CONFLICT (image_id, day) DO UPDATE SET
      pull_count = EXCLUDED.pull_count, known = EXCLUDED.known, worth = EXCLUDED.worth, read_at = EXCLUDED.read_at, read_ms = EXCLUDED.read_ms,
      total_since = coalesce(EXCLUDED.total_since, totals.total_since),
      tag_count = coalesce(EXCLUDED.tag_count, totals.tag_count),
      last_updated = coalesce(EXCLUDED.last_updated, totals.last_updated),
      tag_set_id = coalesce(EXCLUDED.tag_set_id, totals.tag_set_id)
    WHERE EXCLUDED.worth > totals.worth OR (EXCLUDED.worth = totals.worth AND EXCLUDED.read_ms >= totals.read_ms)`);
}

/** The id of each list of tags, by the list. */
async function saveTagSets(transaction: Queries, readings: readonly Reading[]): Promise<ReadonlyMap<readonly Tag[], string>> {
  const lists = readings.flatMap(({ registry, tags }) => (tags ? [{ tags, json: storableJson(tagRows(tags, registry)) }] : []));
  if (lists.length === 0) return new Map();
  const byHash = new Map(lists.map(({ json }) => [hashOf(json), json]));
  const hashes = [...byHash.keys()].toSorted();
  const texts = hashes.map((hash) => byHash.get(hash) ?? '[]');
  await transaction.query(sql`
    INSERT INTO tag_sets (hash, tags)
    SELECT decode(hash, 'hex'), tags::jsonb FROM unnest(${hashes}::text[], ${texts}::text[]) AS new (hash, tags)
    ON CONFLICT DO NOTHING`);
  const known = z.array(z.object({ id: z.string(), hash: z.string() }));
  const ids = known.parse(
    await transaction.query(
      sql`SELECT id::text, encode(hash, 'hex') AS hash FROM tag_sets WHERE hash IN (SELECT decode(hash, 'hex') FROM unnest(${hashes}::text[]) AS wanted (hash))`,
    ),
  );
  const idOf = new Map(ids.map(({ id, hash }) => [byHash.get(hash) ?? '', id]));
  return new Map(lists.map(({ tags, json }) => [tags, idOf.get(json) ?? '']));
}

async function saveEvents(transaction: Queries, events: readonly RecordedEvent[]): Promise<void> {
  const rows = events.map((event) => {
    const { time, seenAt, registry, repo, kind, detail } = event;
    const seenDay = dayOf(Date.parse(seenAt));
    const hash = hashOf(JSON.stringify([seenDay, ...eventIdentity(event)]));
    return { hash, time, seen_at: seenAt, seen_day: seenDay, registry, repo: repo ?? null, kind, detail: detail ?? null };
  });
  await transaction.query(sql`
    INSERT INTO events (hash, time, seen_at, seen_day, registry, repo, kind, detail)
    SELECT decode(hash, 'hex'), time, seen_at, seen_day, registry, repo, kind, detail
    FROM jsonb_to_recordset(${storableJson(rows)}::text::jsonb) AS new (hash text, time text, seen_at text, seen_day date, registry text, repo text,
      kind text, detail text)
    ON CONFLICT DO NOTHING`);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
