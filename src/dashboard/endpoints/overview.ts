import { overviewPage } from '../overview.ts';
import { overviewOf } from '../overview-data.ts';
import { pageEndpoint } from '../page-endpoint.ts';
import { viewField } from '../view.ts';

export const overviewEndpoint = pageEndpoint({
  path: '/',
  summary: 'Totals, charts, and the table of images',
  query: { view: viewField },
  page: async ({ query: { view } }, deps) => overviewPage(deps, view, await overviewOf(deps, view)),
});
