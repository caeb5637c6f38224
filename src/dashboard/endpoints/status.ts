import { pageEndpoint } from '../page-endpoint.ts';
import { statusPage } from '../status.ts';

export const statusPageEndpoint = pageEndpoint({
  path: '/status',
  summary: 'Registries, the current run, failures and what to do about them',
  query: {},
  page: (_, deps) => statusPage(deps),
});
