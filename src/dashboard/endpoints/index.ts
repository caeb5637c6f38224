/** The pages, the data behind their charts, and the files that they load. */
import { toRoutes, type Endpoint, type Route } from '../../http/endpoint.ts';
import { assetPrefix } from '../assets.ts';
import type { PageDeps } from '../context.ts';
import { createFreezeFinder } from '../freeze-finder.ts';
import { errorPage } from '../layout.ts';
import { createOverviewLists } from '../overview-list.ts';
import { assetsEndpoint } from './assets.ts';
import { chartJsonEndpoint } from './chart-json.ts';
import { chartSvgEndpoint } from './chart-svg.ts';
import { eventsPageEndpoint } from './events.ts';
import { iconsEndpoint } from './icons.ts';
import { imageEndpoint } from './image.ts';
import { overviewEndpoint } from './overview.ts';
import { revisionEndpoint } from './revision.ts';
import { statusPageEndpoint } from './status.ts';
import { createTagSeriesFinder } from '../tag-series-finder.ts';
import { tagsPageEndpoint } from './tags.ts';
import { tagsSvgEndpoint } from './tags-svg.ts';

export const pageEndpoints: readonly Endpoint<PageDeps>[] = [
  overviewEndpoint,
  imageEndpoint,
  tagsPageEndpoint,
  eventsPageEndpoint,
  statusPageEndpoint,
  chartJsonEndpoint,
  chartSvgEndpoint,
  tagsSvgEndpoint,
  revisionEndpoint,
  assetsEndpoint,
  iconsEndpoint,
];

export interface Pages {
  readonly pages: readonly Route[];
  /** The page in place of one that cannot be shown. */
  readonly errorPage: (refusal: { readonly status: number; readonly message: string }) => Promise<string>;
}

export function createPages(deps: Omit<PageDeps, 'asset' | 'origin' | 'revision' | 'freezes' | 'listOf' | 'tagSeries'>): Pages {
  const { basePath, assets } = deps;
  const asset = (name: string): string => `${basePath}${assetPrefix}${assets.nameOf(name)}`;
  const surroundings = {
    ...deps,
    asset,
    origin: '',
    revision: '',
    freezes: createFreezeFinder(deps),
    listOf: createOverviewLists(deps),
    tagSeries: createTagSeriesFinder(deps.store),
  };
  // Whoever adds a slash to the address of a page means the page.
  const slashed = pageEndpoints.filter(({ path }) => /^\/\w+$/.test(path)).map((each) => ({ ...each, path: `${each.path}/` }));
  return {
    pages: toRoutes([...pageEndpoints, ...slashed], surroundings),
    errorPage: async ({ status, message }) =>
      String(await errorPage(surroundings, errorTitle(status), message.charAt(0).toUpperCase() + message.slice(1))),
  };
}

function errorTitle(status: number): string {
  if (status === 404) return 'Page not found';
  return status < 500 ? 'Invalid request' : 'Not available';
}
