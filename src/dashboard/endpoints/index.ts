/** The pages, the data behind their charts, and the files that they load. */
import { toRoutes, type Endpoint, type Route } from '../../http/endpoint.ts';
import { assetPrefix } from '../assets.ts';
import type { PageDeps } from '../context.ts';
import { createFreezeFinder } from '../freeze-finder.ts';
import { assetsEndpoint } from './assets.ts';
import { chartJsonEndpoint } from './chart-json.ts';
import { chartSvgEndpoint } from './chart-svg.ts';
import { imageEndpoint } from './image.ts';
import { overviewEndpoint } from './overview.ts';
import { revisionEndpoint } from './revision.ts';
import { statusPageEndpoint } from './status.ts';

export const pageEndpoints: readonly Endpoint<PageDeps>[] = [
  overviewEndpoint,
  imageEndpoint,
  statusPageEndpoint,
  chartJsonEndpoint,
  chartSvgEndpoint,
  revisionEndpoint,
  assetsEndpoint,
];

export function createPages(deps: Omit<PageDeps, 'asset' | 'revision' | 'freezes'>): readonly Route[] {
  const { basePath, assets } = deps;
  const asset = (name: string): string => `${basePath}${assetPrefix}${assets.nameOf(name)}`;
  return toRoutes(pageEndpoints, { ...deps, asset, revision: '', freezes: createFreezeFinder(deps) });
}
