/** What is kept of messages, checked when it is read: another version may have written it. */
import * as z from 'zod';
import { eventKinds } from '../core/model/event.ts';

const event = z.object({
  id: z.string(),
  time: z.string(),
  registry: z.string(),
  repo: z.optional(z.string()),
  kind: z.enum(eventKinds),
  subject: z.string(),
  text: z.string(),
});
const cells = z.array(z.string());

export const noticeSchema = z.object({
  id: z.string(),
  kind: z.enum(['events', 'digest', 'test']),
  time: z.string(),
  title: z.string(),
  isProblem: z.boolean(),
  lines: cells,
  events: z.array(event),
  moreEvents: z.number(),
  digest: z.optional(
    z.object({
      from: z.string(),
      to: z.string(),
      head: cells,
      rows: z.array(cells),
      moreRows: z.number(),
      sum: cells,
      movers: cells,
      milestones: cells,
      problems: cells,
      daily: z.array(z.nullable(z.number())),
    }),
  ),
});

const numbers = z.record(z.string(), z.number());

export const memorySchema = z.object({
  watermark: z.string(),
  known: numbers,
  seen: numbers,
  troubles: z.record(z.string(), z.object({ event, runs: z.number(), isSent: z.boolean() })),
  digestAt: z.optional(z.number()),
});
