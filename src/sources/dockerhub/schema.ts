/** What Docker Hub answers: only what is used, lenient for decoration, failing for the number. */
import * as z from 'zod';
import { isPullCount } from '../../core/model/reading.ts';
import { bytes, digest, moment, tagName, word } from '../fields.ts';

const pullCount = z.custom<number>(isPullCount, 'not a whole number from 0 to 2^53 − 1');

export const repository = z.object({ namespace: z.string(), name: z.string(), pull_count: pullCount, last_updated: moment });

/** A row of a listing. One whose number cannot be believed still names its repository. */
export const listedRepository = z.object({
  namespace: z.string(),
  name: z.string(),
  pull_count: pullCount.optional().catch(undefined),
  last_updated: moment,
  is_private: z.boolean().optional().catch(undefined),
});

export const tag = z.object({
  name: tagName,
  last_updated: moment,
  digest,
  full_size: bytes,
  images: z.array(z.unknown()).catch([]),
});

export const tagImage = z.object({ architecture: word, os: word, variant: word, digest, size: bytes });

/** The envelope of every listing; its rows are checked one by one. `next` is an address, or null (in the search: empty) on the last page. */
export const page = z.object({
  count: z.int().min(0),
  next: z.string().nullish().catch(undefined),
  results: z.array(z.unknown()),
});
export type Page = z.infer<typeof page>;

/** The envelope of an error, as far as it is looked at: the older API says it in `detail`. */
export const problem = z.object({ message: z.string().optional().catch(undefined), detail: z.string().optional().catch(undefined) });

export const accessToken = z.object({ access_token: z.string().regex(/^[\w.~+/=-]+$/) });
