/** Pages as endpoints. */
import { AppError } from '../core/model/errors.ts';
import { endpoint, type Content, type Declaration, type Endpoint, type EndpointRequest, type TextContent } from '../http/endpoint.ts';
import { pageHeaders } from '../http/headers.ts';
import type { Fields, QueryOf } from '../http/query.ts';
import { currentRevision, type PageDeps } from './context.ts';
import { errorPage, waitingPage, type Html } from './layout.ts';

interface PageDeclaration<Declared extends Fields> extends Pick<
  Declaration<Declared, PageDeps>,
  'path' | 'summary' | 'query' | 'cached' | 'waitsFor'
> {
  /** @throws AppError not_found, invalid_input, or unreachable with when to ask again: a page says it */
  readonly page: (request: EndpointRequest<QueryOf<Declared>>, deps: PageDeps) => Promise<Html | InvalidPage> | Html | InvalidPage;
}

/** A page that says what is wrong with its address where it can be mended: in its form. */
interface InvalidPage {
  readonly invalid: Html;
}

/** The page, as one that is to be mended where something is wrong with its view. */
export function pageOf(html: Html, problem: string | undefined): Html | InvalidPage {
  return problem === undefined ? html : { invalid: html };
}

/** An endpoint for people: they get a page also where there is nothing, nothing yet, or where the address is not valid. Other errors are the API's. */
export function pageEndpoint<Declared extends Fields>({ page, ...declaration }: PageDeclaration<Declared>): Endpoint<PageDeps> {
  const made = endpoint({
    ...declaration,
    headers: pageHeaders,
    moment: currentRevision,
    perOrigin: true,
    // What comes while the page is made is news for the next look.
    async handle(request, deps: PageDeps) {
      const answer = await page(request, { ...deps, origin: request.origin, revision: currentRevision(deps) });
      return isInvalid(answer) ? pageContent(await answer.invalid, 400) : pageContent(answer);
    },
  });
  return {
    ...made,
    prepare(target, known, deps) {
      const refused = (error: unknown): Promise<Content> => refusal(error, deps);
      try {
        const prepared = made.prepare(target, known, deps);
        return { ...prepared, build: (failure) => prepared.build(failure).catch(refused) };
      } catch (error) {
        return { key: `${target.path}?${target.query.toString()}`, hasUnknown: true, build: () => refused(error) };
      }
    },
  };
}

function isInvalid(answer: object | string): answer is InvalidPage {
  return Object.hasOwn(Object(answer), 'invalid');
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
