/** Pieces of the schemas of more than one registry: what is stored and shown is bounded, and has no characters that do harm. */
import * as z from 'zod';
import { isTagName } from '../core/model/image-ref.ts';

/** A decoration of another shape is left away. */
function decoration<T>(type: z.ZodType<T>): z.ZodCatch<z.ZodOptional<z.ZodType<T>>> {
  return type.optional().catch(undefined);
}

/** A word such as an architecture: printable ASCII. */
export const word = decoration(z.string().regex(/^[\x21-\x7e]{1,100}$/));

/** `sha256:…`, as the OCI image specification writes digests. */
export const digest = decoration(z.string().regex(/^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[\w=-]{1,128}$/));

/** ISO 8601 with a zone and up to 9 digits of a second, as the registry writes it. */
export const moment = decoration(
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/)
    .refine((written) => !Number.isNaN(Date.parse(written))),
);

/** Compressed size; 0 and null stand for "not known". */
export const bytes = decoration(z.int().min(1));

export const tagName = z.string().refine(isTagName, 'not a name of a tag');
