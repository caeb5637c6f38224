import type { ApiDeps } from '../deps.ts';
import { endpoint, type Description, type Endpoint } from '../endpoint.ts';
import { jsonContent } from '../json-content.ts';
import { openApiDocument } from '../openapi.ts';
import { dataResponses } from '../responses.ts';
import { object, text } from '../schema.ts';

/** `described`: all endpoints, this one too. */
export function createOpenApiEndpoint(described: () => readonly Description[]): Endpoint<Pick<ApiDeps, 'basePath'>> {
  return endpoint({
    path: '/api/openapi.json',
    summary: 'This API as OpenAPI 3.1',
    query: {},
    responses: dataResponses({ 'application/json': { ...object({ openapi: text() }), additionalProperties: {} } }),
    async handle(_, { basePath }: Pick<ApiDeps, 'basePath'>) {
      return jsonContent(openApiDocument(described(), basePath));
    },
  });
}
