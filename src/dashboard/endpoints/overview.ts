import { knownImages } from '../known-images.ts';
import { overviewPage } from '../overview.ts';
import { pageEndpoint } from '../page-endpoint.ts';
import { viewField } from '../view.ts';

export const overviewEndpoint = pageEndpoint({
  path: '/',
  summary: 'Totals, charts, and the table of images',
  query: { view: viewField },
  page: async ({ query: { view } }, deps) => overviewPage(deps, view, await knownImages(deps.store)),
});
