import type { ApiDeps } from '../deps.ts';
import { endpoint } from '../endpoint.ts';
import { AppError } from '../../core/model/errors.ts';
import { momentHeaders } from '../headers.ts';
import { text } from '../schema.ts';

export const metricsEndpoint = endpoint({
  path: '/metrics',
  summary: 'Metrics for Prometheus',
  query: {},
  responses: { 200: { description: 'OK', content: { 'text/plain': text() } } },
  headers: momentHeaders,
  cached: false,
  async handle(_, { metrics }: Pick<ApiDeps, 'metrics'>) {
    if (!metrics) throw new AppError('not_found', 'there are no metrics here');
    return metrics.scrape();
  },
});
