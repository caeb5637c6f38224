import { endpoint, nothingHere } from '../../http/endpoint.ts';
import { iconHeaders } from '../../http/headers.ts';
import type { PageDeps } from '../context.ts';

const assetsByName: Readonly<Record<string, string>> = { 'favicon.ico': 'favicon.ico', 'apple-touch-icon.png': 'touch-icon.png' };

export const iconsEndpoint = endpoint({
  path: '/:icon{favicon\\.ico|apple-touch-icon\\.png}',
  summary: 'Icons where programs look for them without reading the page',
  query: {},
  headers: iconHeaders,
  async handle({ params }, { assets }: Pick<PageDeps, 'assets'>) {
    const icon = assets.find(assets.nameOf(assetsByName[params['icon'] ?? ''] ?? ''));
    if (!icon) throw nothingHere();
    return icon;
  },
});
