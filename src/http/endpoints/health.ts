import type { ApiDeps } from '../deps.ts';
import { endpoint } from '../endpoint.ts';
import { momentHeaders } from '../headers.ts';
import { jsonContent } from '../json-content.ts';
import { named, object, oneOf, type ValueOf } from '../schema.ts';

const health = named('Health', object({ status: oneOf(['ok', 'unhealthy']) }));

export const healthEndpoint = endpoint({
  path: '/api/health',
  summary: 'Whether the last run succeeded',
  query: {},
  responses: {
    200: { description: 'Healthy', content: { 'application/json': health } },
    503: { description: 'Unhealthy; /api/status says why', content: { 'application/json': health } },
  },
  headers: momentHeaders,
  cached: false,
  immediate: true,
  async handle(_, { status }: Pick<ApiDeps, 'status'>) {
    const { healthy } = status().health;
    const answer: ValueOf<typeof health> = { status: healthy ? 'ok' : 'unhealthy' };
    return jsonContent(answer, healthy ? 200 : 503);
  },
});
