/** From the body of an answer to a checked value. */
import type * as z from 'zod';
import { AppError } from '../core/model/errors.ts';
import { cleanText } from './clean-text.ts';
import type { HttpAnswer } from './http.ts';
import { isWebPage, titleOf } from './reason.ts';

/** The parsed body. @throws AppError invalid_response that names the first field of another shape */
export function parseAnswer<T>({ body }: HttpAnswer, schema: z.ZodType<T>, what: string): T {
  const result = schema.safeParse(parseJson(body, what));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  throw new AppError(
    'invalid_response',
    `${what} has changed its shape: ${field === '' ? 'the answer' : `"${field}"`} is ${issue?.message}`,
    {
      cause: result.error,
    },
  );
}

function parseJson(body: string, what: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    // The platform's message quotes the body.
    const cause = new SyntaxError(cleanText(error instanceof Error ? error.message : String(error)));
    throw new AppError('invalid_response', `${what} is not JSON${whatInstead(body)}`, { cause });
  }
}

function whatInstead(body: string): string {
  if (body.trim() === '') return ' but empty';
  const title = titleOf(body);
  if (title !== undefined) return ` but the web page "${title}"`;
  return isWebPage(body) ? ' but a web page' : '';
}
