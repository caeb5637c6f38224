/** The outbox that several processes share: a message is a row, which one of them takes with FOR UPDATE SKIP LOCKED and a lease. */
import sql, { type Sql } from 'sql-template-tag';
import * as z from 'zod';
import type { ChannelRecord, Delivery, DeliveryEnd } from '../../core/model/notice.ts';
import type { ClaimOptions, NotifyStep, Outbox } from '../../core/ports.ts';
import { memorySchema, noticeSchema } from '../notice-schema.ts';
import { maxWaiting, orphanMs, tooManyWait } from '../outbox-state.ts';
import type { Database, Queries } from './database.ts';
import { storable, storableJson } from './storable-json.ts';

const memoryRow = z.object({ memory: z.nullable(memorySchema) });
const deliveryRow = z.object({ channel: z.string(), notice: noticeSchema, attempts: z.number(), tried_for_ms: z.number() });
const waitRow = z.object({ wait_ms: z.nullable(z.number()) });
const keyRow = z.object({ id: z.string() });
const optional = <T extends z.ZodType>(schema: T) => schema.nullable().transform((value) => value ?? undefined);
const channelRow = z.object({
  channel: z.string(),
  delivered: z.number(),
  given_up: z.number(),
  last_success: optional(z.date()),
  last_error_at: optional(z.date()),
  last_error: optional(z.string()),
  waiting: z.number(),
});

const keptEnded = sql`interval '8 days'`;

/** How often another process may have added a message. */
const defaultPollMs = 10_000;
const orphansEveryMs = 3_600_000;

export function createPostgresOutbox(database: Database): Outbox {
  let lookedForOrphansAt = -Infinity;

  return {
    pollMs: defaultPollMs,
    advance: (step) =>
      database.transaction(async (transaction) => {
        const [row] = await transaction.select(memoryRow, sql`SELECT memory FROM notify_memory FOR UPDATE`);
        const result = step(row?.memory ?? undefined);
        if (result) await advance(transaction, result);
      }),
    async claim(channel, options) {
      if (performance.now() - lookedForOrphansAt > orphansEveryMs) {
        lookedForOrphansAt = performance.now();
        await dropOrphans(database, options.configured);
      }
      const delivery = await take(database, channel, options);
      if (delivery) return { delivery };
      const [row] = await database.select(
        waitRow,
        sql`SELECT CASE WHEN count(*) > 0
            THEN greatest(0, ceil(extract(epoch FROM min(greatest(due_at, leased_until)) - now()) * 1000)) END::float8 AS wait_ms
          FROM notify_deliveries WHERE ended_at IS NULL AND channel = ${channel}`,
      );
      return { waitMs: row?.wait_ms ?? undefined };
    },
    settle: ({ channel, id }, end) => database.transaction((transaction) => settle(transaction, { channel, id }, end)),
    async report(channels) {
      const rows = await database.select(
        channelRow,
        sql`SELECT asked.channel, coalesce(delivered, 0)::bigint AS delivered, coalesce(given_up, 0)::bigint AS given_up,
            last_success, last_error_at, last_error,
            (SELECT count(*) FROM notify_deliveries AS own WHERE own.channel = asked.channel AND ended_at IS NULL) AS waiting
          FROM unnest(${[...channels]}::text[]) AS asked (channel) LEFT JOIN notify_channels USING (channel)`,
      );
      const known = new Map(rows.map((row) => [row.channel, row]));
      return channels.map((channel) => recordOf(channel, known.get(channel)));
    },
  };
}

async function advance(transaction: Queries, { memory, messages }: NotifyStep): Promise<void> {
  await transaction.query(sql`UPDATE notify_memory SET memory = ${storableJson(memory)}::jsonb`);
  await transaction.query(sql`DELETE FROM notify_deliveries WHERE ended_at < now() - ${keptEnded}`);
  for (const { channel, notice } of messages) {
    await transaction.query(sql`
      INSERT INTO notify_deliveries (channel, id, notice) VALUES (${channel}, ${notice.id}, ${storableJson(notice)}::jsonb)
      ON CONFLICT DO NOTHING`);
  }
  for (const channel of new Set(messages.map((each) => each.channel))) {
    const tooMany = await transaction.select(
      keyRow,
      sql`SELECT id FROM notify_deliveries WHERE channel = ${channel} AND ended_at IS NULL ORDER BY added_at DESC, id OFFSET ${maxWaiting}`,
    );
    for (const { id } of tooMany) await settle(transaction, { channel, id }, { kind: 'given up', error: tooManyWait });
  }
}

async function take(database: Queries, channel: string, { leaseMs }: ClaimOptions): Promise<Delivery | undefined> {
  const [row] = await database.select(
    deliveryRow,
    sql`UPDATE notify_deliveries SET leased_until = now() + ${milliseconds(leaseMs)}
      WHERE channel = ${channel} AND id IN (
        SELECT id FROM notify_deliveries
        WHERE channel = ${channel} AND ended_at IS NULL AND due_at <= now() AND (leased_until IS NULL OR leased_until <= now())
        ORDER BY added_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
      RETURNING channel, notice, attempts, coalesce(greatest(0, extract(epoch FROM now() - tried_at) * 1000), 0)::float8 AS tried_for_ms`,
  );
  if (!row) return undefined;
  const { tried_for_ms: triedForMs, ...delivery } = row;
  return { ...delivery, triedForMs };
}

async function settle(
  transaction: Queries,
  { channel, id }: { readonly channel: string; readonly id: string },
  end: DeliveryEnd,
): Promise<void> {
  const isIt = sql`channel = ${channel} AND id = ${id} AND ended_at IS NULL`;
  if (end.kind === 'released') {
    await transaction.query(sql`UPDATE notify_deliveries SET leased_until = NULL WHERE ${isIt}`);
    return;
  }
  if (end.kind === 'failed') {
    const due = sql`now() + ${milliseconds(end.retryInMs)}`;
    const failed = await transaction.query(sql`
      UPDATE notify_deliveries SET attempts = attempts + 1, tried_at = coalesce(tried_at, now()), due_at = ${due}, leased_until = NULL
      WHERE ${isIt} RETURNING id`);
    if (failed.length === 0) return;
    if (end.isChannelDown) {
      await transaction.query(sql`
        UPDATE notify_deliveries SET due_at = greatest(due_at, ${due}), tried_at = coalesce(tried_at, now())
        WHERE channel = ${channel} AND ended_at IS NULL AND id <> ${id}`);
    }
    return count(transaction, channel, sql`last_error = ${storable(end.error)}, last_error_at = now()`);
  }
  const ended = await transaction.query(sql`UPDATE notify_deliveries SET ended_at = now(), leased_until = NULL WHERE ${isIt} RETURNING id`);
  if (ended.length === 0) return;
  await count(
    transaction,
    channel,
    end.kind === 'delivered'
      ? sql`delivered = notify_channels.delivered + 1, last_success = now()`
      : sql`given_up = notify_channels.given_up + 1, last_error = ${storable(end.error)}, last_error_at = now()`,
  );
}

async function count(transaction: Queries, channel: string, change: Sql): Promise<void> {
  await transaction.query(sql`INSERT INTO notify_channels (channel) VALUES (${channel}) ON CONFLICT DO NOTHING`);
  await transaction.query(sql`UPDATE notify_channels SET ${change} WHERE channel = ${channel}`);
}

async function dropOrphans(database: Queries, channels: readonly string[]): Promise<void> {
  await database.query(sql`
    DELETE FROM notify_deliveries
    WHERE ended_at IS NULL AND channel <> ALL (${[...channels]}::text[]) AND added_at < now() - ${milliseconds(orphanMs)}`);
}

function milliseconds(ms: number): Sql {
  return sql`${ms}::float8 * interval '1 millisecond'`;
}

function recordOf(channel: string, row: z.infer<typeof channelRow> | undefined): ChannelRecord {
  return {
    channel,
    waiting: row?.waiting ?? 0,
    delivered: row?.delivered ?? 0,
    givenUp: row?.given_up ?? 0,
    lastSuccess: row?.last_success?.toISOString(),
    lastErrorAt: row?.last_error_at?.toISOString(),
    lastError: row?.last_error,
  };
}
