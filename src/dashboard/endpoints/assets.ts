import { endpoint, nothingHere } from '../../http/endpoint.ts';
import { assetHeaders } from '../../http/headers.ts';
import { assetPrefix } from '../assets.ts';
import type { PageDeps } from '../context.ts';

export const assetsEndpoint = endpoint({
  path: `${assetPrefix}:file`,
  summary: 'Scripts, styles and icons',
  query: {},
  headers: assetHeaders,
  async handle({ params }, { assets }: Pick<PageDeps, 'assets'>) {
    const asset = assets.find(params['file'] ?? '');
    if (!asset) throw nothingHere();
    return asset;
  },
});
