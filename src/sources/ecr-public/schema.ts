/** What the gallery of Amazon ECR Public answers, as its public clients read it: no capture of a whole answer exists. */
import * as z from 'zod';
import { isPullCount } from '../../core/model/reading.ts';
import { bytes, digest, moment } from '../fields.ts';

export const catalogData = z.object({
  insightData: z.object({ downloadCount: z.custom<number>(isPullCount, 'not a whole number from 0 to 2^53 − 1') }),
});

const nextToken = z.string().min(1).nullish();

/** A page of the list of an alias's repositories; its rows are checked one by one. */
export const repositoryPage = z.object({ repositories: z.array(z.unknown()), nextToken });
export const listedRepository = z.object({ repositoryName: z.string() });

export const tagPage = z.object({ imageTagDetails: z.array(z.unknown()), nextToken });
export const tag = z.object({
  imageTag: z.string().min(1),
  createdAt: moment,
  imageDetail: z.object({ imageDigest: digest, imageSizeInBytes: bytes, imagePushedAt: moment }).optional().catch(undefined),
});

/** An error, as AWS services write it. */
export const problem = z.object({ ['__type']: z.string() }).transform((answer) => ({ type: answer['__type'] }));
