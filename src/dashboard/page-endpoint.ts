/** Pages as endpoints. */
import { AppError } from '../core/model/errors.ts';
import { endpoint, type Content, type Declaration, type Endpoint, type EndpointRequest, type TextContent } from '../http/endpoint.ts';
import { pageHeaders } from '../http/headers.ts';
import type { Fields, QueryOf } from '../http/query.ts';
import { currentRevision, type PageDeps } from './context.ts';
import { errorPage, waitingPage, type Html } from './layout.ts';

interface PageDeclaration<Declared extends Fields> extends Pick<
  Declaration<Declared, PageDeps>,
  'path' | 'summary' | 'query' | 'perOrigin'
> {
  /** @throws AppError not_found, invalid_input, or unreachable with when to ask again: a page says it */
  readonly page: (request: EndpointRequest<QueryOf<Declared>>, deps: PageDeps) => Promise<Html> | Html;
}

/** An endpoint for people: they get a page also where there is nothing, nothing yet, or where the address is not valid. Other errors are the API's. */
export function pageEndpoint<Declared extends Fields>({ page, ...declaration }: PageDeclaration<Declared>): Endpoint<PageDeps> {
  const made = endpoint({
    ...declaration,
    headers: pageHeaders,
    cached: false,
    // What comes while the page is made is news for the next look.
    handle: async (request, deps: PageDeps) => pageContent(await page(request, { ...deps, revision: currentRevision(deps) })),
  });
  return {
    ...made,
    prepare(target, known, deps) {
      const refused = (error: unknown): Promise<Content> => refusal(error, deps);
      try {
        const prepared = made.prepare(target, known, deps);
        return { ...prepared, build: () => prepared.build().catch(refused) };
      } catch (error) {
        return { key: `${target.path}?${target.query.toString()}`, hasUnknown: true, build: () => refused(error) };
      }
    },
  };
}

async function refusal(error: unknown, deps: PageDeps): Promise<Content> {
  if (!(error instanceof AppError)) throw error;
  const { code, message, retryAfterMs } = error;
  if (code === 'not_found') return pageContent(await errorPage(deps, 'Page not found', message), 404);
  if (code === 'invalid_input') return pageContent(await errorPage(deps, 'Invalid request', message), 400);
  if (code !== 'unreachable' || retryAfterMs === undefined) throw error;
  return { ...pageContent(await waitingPage(deps, message), 503), retryAfterMs };
}

function pageContent(html: Awaited<Html>, status?: TextContent['status']): TextContent {
  return { type: 'text/html; charset=utf-8', chunks: [String(html)], status };
}
