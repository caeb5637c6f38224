/** The OpenAPI 3.1 document, out of what the endpoints declare. */
import type { Description, ResponseDescription } from './endpoint.ts';
import { parametersOf } from './query.ts';
import type { Json, Schema } from './schema.ts';
import { triggerDescription, triggerPath } from './trigger.ts';

const info = {
  title: 'registry-stats',
  version: '1',
  description:
    'How often container images are downloaded: the history that registries do not keep. Days are UTC days. Registries count different things: Docker Hub requests for manifests, GHCR and ECR Public downloads, Quay.io all logged actions of a day and no lifetime total. /api/status says what each counts, unit and total_since in /api/images mark it, and split=registry keeps them apart.',
  license: { name: 'GPL-3.0-only', url: 'https://www.gnu.org/licenses/gpl-3.0.html' },
};

/** `basePath`: prefix behind a reverse proxy: empty, or `/x`. */
export function openApiDocument(endpoints: readonly Description[], basePath = ''): object {
  const schemas: Record<string, object> = {};
  const paths: Record<string, object> = {};
  for (const endpoint of endpoints) if (endpoint.responses) paths[openApiPath(endpoint.path)] = { get: operation(endpoint, schemas) };
  paths[triggerPath] = { post: operation(triggerDescription, schemas) };
  return { openapi: '3.1.0', info, servers: [{ url: basePath || '/' }], components: { schemas }, paths };
}

/** `/badge/:registry/:file{.+}` → `/badge/{registry}/{file}`. */
export function openApiPath(path: string): string {
  return path.replaceAll(/:(\w+)(\{[^}]*\})?/g, '{$1}');
}

/** Schemas that have a name go into `schemas`. */
function operation({ summary, description, params = {}, query, responses = {} }: Description, schemas: Record<string, object>): object {
  const parameters = [
    ...Object.entries(params).map(([name, schema]) => parameter('path', name, schema)),
    ...Object.entries(parametersOf(query)).map(([name, schema]) => parameter('query', name, schema)),
  ];
  return {
    summary,
    ...(description === undefined ? {} : { description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    responses: Object.fromEntries(Object.entries(responses).map(([status, response]) => [status, responseObject(response, schemas)])),
  };
}

function parameter(place: 'path' | 'query', name: string, schema: Schema): object {
  const { description } = schema;
  return { name, in: place, required: place === 'path', ...(description === undefined ? {} : { description }), schema };
}

function responseObject({ description, content }: ResponseDescription, schemas: Record<string, object>): object {
  if (!content) return { description };
  const media = Object.entries(content).map(([type, schema]) => [type, { schema: reference(schema, schemas) }] as const);
  return { description, content: Object.fromEntries(media) };
}

function reference({ name, ...schema }: Json, schemas: Record<string, object>): object {
  if (name === undefined) return schema.items ? { ...schema, items: reference(schema.items, schemas) } : schema;
  schemas[name] = schema;
  return { $ref: `#/components/schemas/${name}` };
}
