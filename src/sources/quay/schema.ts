/** What Quay.io answers: only what is used, lenient for decoration, failing for the numbers. */
import * as z from 'zod';
import { isDay } from '../../core/model/day.ts';
import { isPullCount } from '../../core/model/reading.ts';
import { bytes, digest } from '../fields.ts';

const text = z.string().min(1).optional().catch(undefined);

const dayCount = z.object({
  date: z.string().refine(isDay, 'not a date'),
  count: z.custom<number>(isPullCount, 'not a whole number from 0 to 2^53 − 1'),
});

export const repository = z.object({ namespace: z.string(), name: z.string(), stats: z.array(dayCount) });
export type Repository = z.infer<typeof repository>;

export const listedRepository = z.object({
  namespace: z.string(),
  name: z.string(),
  is_public: z.boolean().optional().catch(undefined),
  kind: text,
});

/** A page of the list of an owner's repositories; its rows are checked one by one. */
export const repositoryPage = z.object({ repositories: z.array(z.unknown()), next_page: z.string().min(1).nullish() });

/** The end of the year 9999: more seconds are no time. */
const lastSecond = 253_402_300_799;

export const tag = z.object({
  name: z.string().min(1),
  start_ts: z.int().min(1).max(lastSecond).optional().catch(undefined),
  /** Written like `Wed, 15 Mar 2023 15:05:28 -0000`; milliseconds since the epoch here. */
  last_modified: z
    .string()
    .transform((written) => Date.parse(written))
    .pipe(z.int().max(lastSecond * 1000))
    .optional()
    .catch(undefined),
  manifest_digest: digest,
  size: bytes,
});

export const tagPage = z.object({ tags: z.array(z.unknown()), has_additional: z.boolean() });
