/** Pages and their files. */
import type { Context } from 'hono';
import { AppError } from '../../core/model/errors.ts';
import type { Site, SiteAsset } from '../../core/views/site.ts';
import { encodingOf, type Asked, type Content } from '../answers.ts';
import { imageHeaders, pageHeaders } from '../headers.ts';

/** What is asked, so that it is the same only for those to whom the same is answered: a page names the address under which it is reached. */
export function askedOfSite({ req }: Context, asked: Asked): Asked {
  return req.path.startsWith('/data/') ? asked : { ...asked, url: `${publicOrigin(req)} ${asked.url}` };
}

/** @throws AppError not_found when there is no page at the address */
export async function siteContent({ req }: Context, site: Site | undefined): Promise<Content> {
  const { searchParams } = new URL(req.url);
  const answer = await site?.answer({ path: req.path, query: searchParams, origin: publicOrigin(req) });
  if (!answer) throw new AppError('not_found', 'there is nothing at this address');
  const { kind, status, type, text } = answer;
  const headers = kind === 'page' ? pageHeaders : type === 'image/svg+xml' ? imageHeaders : undefined;
  return { type, status, chunks: [text], headers, lasting: kind === 'data' };
}

/** A proxy that speaks https to the outside says so. */
function publicOrigin(req: Context['req']): string {
  const url = new URL(req.url);
  const [protocol, host] = [req.header('X-Forwarded-Proto'), req.header('X-Forwarded-Host')];
  const scheme = protocol === 'https' || protocol === 'http' ? protocol : url.protocol.slice(0, -1);
  return `${scheme}://${host !== undefined && /^[\w.:[\]-]+$/.test(host) ? host : url.host}`;
}

/** An asset never changes under its name. */
export function assetAnswer(context: Context, asset: SiteAsset): Response {
  const packed = encodingOf({ acceptEncoding: context.req.header('Accept-Encoding') }) === 'br';
  return new Response(packed ? asset.brotli : asset.plain(), {
    headers: {
      'Content-Type': asset.type,
      'Cache-Control': 'public, max-age=31536000, immutable',
      Vary: 'Accept-Encoding',
      ...(packed ? { 'Content-Encoding': 'br' } : {}),
    },
  });
}
