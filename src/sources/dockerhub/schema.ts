/** What Docker Hub answers: only what is used, lenient for decoration, failing for the number. */
import * as z from 'zod';
import { isPullCount } from '../../core/model/reading.ts';

const text = z.string().min(1).optional().catch(undefined);
const bytes = z.int().min(1).optional().catch(undefined);
const pullCount = z.custom<number>(isPullCount, 'not a whole number from 0 to 2^53 − 1');

export const repository = z.object({ namespace: z.string(), name: z.string(), pull_count: pullCount, last_updated: text });

/** A row of a listing. One whose number cannot be believed still names its repository. */
export const listedRepository = z.object({
  namespace: z.string(),
  name: z.string(),
  pull_count: pullCount.optional().catch(undefined),
  last_updated: text,
  is_private: z.boolean().optional().catch(undefined),
});

export const tag = z.object({
  name: z.string().min(1),
  last_updated: text,
  digest: text,
  full_size: bytes,
  images: z.array(z.unknown()).catch([]),
});

export const tagImage = z.object({ architecture: z.string(), os: z.string(), variant: text, digest: text, size: bytes });

/** The envelope of every listing; its rows are checked one by one. */
export const page = z.object({ count: z.int().min(0), results: z.array(z.unknown()) });
export type Page = z.infer<typeof page>;

/** The envelope of an error, as far as it is looked at. */
export const problem = z.object({ message: z.string() });

export const accessToken = z.object({ access_token: z.string().regex(/^[\w.~+/=-]+$/) });
