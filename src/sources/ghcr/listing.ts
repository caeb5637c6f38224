/** Lists an owner's public packages, page by page. */
import { AppError, toAppError } from '../../core/model/errors.ts';
import { parseRepo } from '../../core/model/image-ref.ts';
import type { Listing } from '../../core/model/reading.ts';
import type { HttpAnswer } from '../../net/http.ts';
import { parseListingPage, type ListingPage } from './parse-listing.ts';

export interface PackageListerDeps {
  /** Asks github.com for a page. */
  readonly get: (url: string, signal?: AbortSignal) => Promise<HttpAnswer>;
  /** Where github.com is, without a trailing slash. */
  readonly baseUrl: string;
}

export interface PackageLister {
  /** As Source.list. */
  list(owner: string, signal?: AbortSignal): Promise<Listing>;
}

/** How the pages of an owner are addressed: organisations and users have different ones. */
type Form = (owner: string, page: number) => string;

interface FirstPage {
  readonly form: Form;
  readonly page: ListingPage;
}

/** What a walk over the pages has gathered. */
interface Walk {
  readonly names: Set<string>;
  /** The largest number of packages that a page printed. */
  printed: number;
  /** Links that give no usable name. */
  unusable: number;
  /** Whether a page did not print how many there are. */
  uncounted: boolean;
}

const maxPages = 50;
/** GitHub puts so many packages on a page. */
const fullPage = 30;

export function createPackageLister({ get, baseUrl }: PackageListerDeps): PackageLister {
  const orgForm: Form = (owner, page) => `${baseUrl}/orgs/${encodeURIComponent(owner)}/packages?ecosystem=container&page=${page}`;
  const userForm: Form = (owner, page) => `${baseUrl}/${encodeURIComponent(owner)}?tab=packages&ecosystem=container&page=${page}`;
  /** Owners that were users the last time, so that they need not be asked for as organisations again. */
  const users = new Set<string>();

  /** The page, or undefined when GitHub answers 404. */
  async function pageAt(form: Form, owner: string, page: number, signal: AbortSignal | undefined): Promise<ListingPage | undefined> {
    const { status, body } = await get(form(owner, page), signal);
    if (status === 404) return undefined;
    if (status === 401 || status === 403) throw new AppError('unauthorized', `GitHub refuses the list of packages (answered ${status})`);
    if (status !== 200) throw new AppError('invalid_response', `GitHub answered ${status} for the list of packages`);
    return parseListingPage(body, owner, baseUrl);
  }

  /**
   * The organisations' form comes first: for a user it is a 404, while the users' form sends an organisation to its profile,
   * a page without packages (Go tool, commit c714387).
   */
  async function firstPage(owner: string, signal: AbortSignal | undefined): Promise<FirstPage> {
    const wasUser = users.delete(owner);
    for (const form of wasUser ? [userForm, orgForm] : [orgForm, userForm]) {
      const page = await pageAt(form, owner, 1, signal);
      if (!page) continue;
      if (form === userForm) users.add(owner);
      return { form, page };
    }
    throw new AppError('not_found', 'no such owner on GitHub');
  }

  async function laterPage(form: Form, owner: string, page: number, signal: AbortSignal | undefined): Promise<ListingPage> {
    const found = await pageAt(form, owner, page, signal);
    if (!found) throw new AppError('invalid_response', 'GitHub answered 404');
    return found;
  }

  /** Adds the further pages to the walk; resolves to what stopped it before its end. */
  async function walkOn(walk: Walk, first: FirstPage, owner: string, signal: AbortSignal | undefined): Promise<AppError | undefined> {
    let { page } = first;
    for (let number = 2; mayHaveNext(page); number += 1) {
      if (number > maxPages) return incomplete(`the list of packages has more than ${maxPages} pages`);
      try {
        page = await laterPage(first.form, owner, number, signal);
      } catch (error) {
        signal?.throwIfAborted();
        const { code, message, retryAfterMs } = toAppError(error);
        const read = `${walk.names.size} packages were listed, then page ${number} failed: ${message}`;
        return new AppError(code, read, { cause: error, retryAfterMs });
      }
      const added = addPage(walk, page);
      if (added === 0 && page.hasNext) return incomplete(`page ${number} of the list of packages repeats earlier ones`);
      if (added === 0) break;
    }
    return undefined;
  }

  return {
    async list(owner, signal) {
      const first = await firstPage(owner, signal);
      if (first.page.linkCount === 0) throw new AppError('not_found', 'no public container packages');
      const walk: Walk = { names: new Set(), printed: 0, unusable: 0, uncounted: false };
      addPage(walk, first.page);
      const stopped = await walkOn(walk, first, owner, signal);
      return listingOf(owner, walk, stopped);
    },
  };
}

/** A full page without a link to the next is asked past all the same: a link that is only not recognised would hide packages. */
function mayHaveNext(page: ListingPage): boolean {
  return page.hasNext || page.linkCount >= fullPage;
}

/** How many names were new. Packages are sorted by downloads and may change pages between two requests. */
function addPage(walk: Walk, page: ListingPage): number {
  const before = walk.names.size;
  for (const name of page.names) walk.names.add(name);
  walk.printed = Math.max(walk.printed, page.printedCount ?? 0);
  walk.unusable += page.linkCount - page.names.length;
  walk.uncounted ||= page.printedCount === undefined;
  return walk.names.size - before;
}

function listingOf(owner: string, walk: Walk, stopped: AppError | undefined): Listing {
  const images = Array.from(walk.names, (name) => ({ ref: parseRepo(`${owner}/${name}`) }));
  // The heading counts the page or all pages, GitHub does not say which: it is a total only where it is not exceeded.
  const expected = walk.printed >= images.length ? walk.printed : undefined;
  const shortfall = stopped ?? shortfallOf(walk);
  return { images, expected, complete: shortfall === undefined, shortfall };
}

function shortfallOf({ names, printed, unusable, uncounted }: Walk): AppError | undefined {
  const listed = names.size;
  if (unusable > 0) {
    return incomplete(`${listed} of ${listed + unusable} packages could be listed, the others have names that cannot be used`);
  }
  if (listed < printed) return incomplete(`${listed} of ${printed} packages could be listed`);
  if (uncounted) return incomplete(`${listed} packages could be listed, but GitHub does not say how many there are`);
  return undefined;
}

function incomplete(message: string): AppError {
  return new AppError('invalid_response', message);
}
