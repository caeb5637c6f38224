/** What the endpoints have in common: the schemas of their fields, and how OpenAPI describes their answers. */
import type { ResponseDescription } from './endpoint.ts';
import { count, integer, named, nullable, object, text, type Schema } from './schema.ts';

export const timestamp = text({ example: '2026-03-14T00:00:00Z', description: 'Start of a UTC day' });
export const repo = text({ example: 'acme/app', description: 'Lower case; a nested GHCR package is written owner/charts%2Fname' });
export const registry = text({ example: 'dockerhub' });
export const pulls = nullable(count());
export const change = nullable(integer());

const errorSchema = named('Error', object({ error: object({ code: text({ example: 'invalid_input' }), message: text() }) }));
const errorContent = { 'application/json': errorSchema };

/** An answer with an error. */
export function refusal(description: string): ResponseDescription {
  return { description, content: errorContent };
}

export const invalidParameter = refusal('A parameter is not valid');
export const nothingOfThatDate = refusal('There is no data of that date');

export const notNow = refusal(
  'Too many answers are being made or sent, or the history is still being loaded; Retry-After says when to try again',
);

type Responses = Readonly<Record<number, ResponseDescription>>;

/** The responses of data: as these media types, unchanged, or refused. */
export function dataResponses(content: Readonly<Record<string, Schema>>): Responses {
  return {
    200: { description: 'OK', content },
    304: { description: 'Nothing has changed since the answer whose ETag was sent along' },
    400: invalidParameter,
    503: notNow,
  };
}
