import { overviewPage } from '../overview.ts';
import { overviewOf } from '../overview-data.ts';
import { pageEndpoint, pageOf } from '../page-endpoint.ts';
import { pageViewField } from '../view.ts';

export const overviewEndpoint = pageEndpoint({
  path: '/',
  summary: 'Totals, charts, and the table of images',
  query: { view: pageViewField },
  page: async ({ query: { view } }, deps) => pageOf(overviewPage(deps, view, await overviewOf(deps, view)), view.problem),
});
