/** Lists an owner's public packages, page by page. */
import { AppError, toAppError } from '../../core/model/errors.ts';
import { parseRepo } from '../../core/model/image-ref.ts';
import type { Listing } from '../../core/model/reading.ts';
import type { HttpAnswer } from '../../net/http.ts';
import { readPage } from './answers.ts';
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

/** How the pages of an owner are addressed: organizations and users have different ones. */
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
  /** Rows that were printed twice on one page. */
  repeatedRows: number;
  /** A package that two pages name. */
  movedName?: string | undefined;
}

const maxPages = 50;
/** GitHub puts so many packages on a page. */
const fullPage = 30;

export function createPackageLister({ get, baseUrl }: PackageListerDeps): PackageLister {
  const orgForm: Form = (owner, page) => `${baseUrl}/orgs/${encodeURIComponent(owner)}/packages?ecosystem=container&page=${page}`;
  const userForm: Form = (owner, page) => `${baseUrl}/${encodeURIComponent(owner)}?tab=packages&ecosystem=container&page=${page}`;
  /** Owners that were users the last time, so that they need not be asked for as organizations again. */
  const users = new Set<string>();
  /** Owners that were listed: a 404 for one of them says more about GitHub than about the owner. */
  const listed = new Set<string>();

  /** The page, or undefined when GitHub answers 404. */
  async function pageAt(form: Form, owner: string, page: number, signal: AbortSignal | undefined): Promise<ListingPage | undefined> {
    const answer = await get(form(owner, page), signal);
    if (answer.status === 200 && form === userForm && isProfile(answer.url)) {
      throw new AppError('invalid_response', 'GitHub shows the profile of the owner instead of the list of packages');
    }
    return readPage(answer, 'list of packages', (body) => parseListingPage(body, owner, baseUrl));
  }

  /**
   * The organizations' form comes first: for a user it is a 404, while the users' form sends an organization to its profile,
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
    if (listed.has(owner)) throw new AppError('invalid_response', 'GitHub answered 404 for the list of packages, which it showed before');
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
      listed.add(owner);
      if (first.page.linkCount === 0) throw new AppError('not_found', 'no public container packages');
      const walk: Walk = { names: new Set(), printed: 0, unusable: 0, uncounted: false, repeatedRows: 0 };
      addPage(walk, first.page);
      const stopped = await walkOn(walk, first, owner, signal);
      return listingOf(owner, walk, stopped);
    },
  };
}

/** The users' form leads there for an organization, and forgets which tab was asked for (Go tool, commit c714387). */
function isProfile(url: string): boolean {
  const { pathname, searchParams } = new URL(url);
  return searchParams.get('tab') !== 'packages' && !pathname.endsWith('/login');
}

/** A full page without a link to the next is asked past all the same: a link that is only not recognized would hide packages. */
function mayHaveNext(page: ListingPage): boolean {
  return page.hasNext || page.linkCount + page.repeatedRows >= fullPage;
}

/**
 * How many names were new. Packages are sorted by downloads and may change pages between two requests: where one is on two pages,
 * another one may be on none.
 */
function addPage(walk: Walk, page: ListingPage): number {
  const before = walk.names.size;
  walk.movedName ??= page.names.find((name) => walk.names.has(name));
  for (const name of page.names) walk.names.add(name);
  walk.repeatedRows += page.repeatedRows;
  walk.printed = Math.max(walk.printed, page.printedCount ?? 0);
  walk.unusable += page.linkCount - page.names.length;
  walk.uncounted ||= page.printedCount === undefined;
  return walk.names.size - before;
}

function listingOf(owner: string, walk: Walk, stopped: AppError | undefined): Listing {
  const images = Array.from(walk.names, (name) => ({ ref: parseRepo(`${owner}/${name}`) }));
  const printed = printedPackages(walk);
  const shortfall = stopped ?? shortfallOf(walk);
  // The heading counts the page or all pages, GitHub does not say which: it is a total only where it is not exceeded.
  return { images, expected: printed >= images.length ? printed : undefined, complete: shortfall === undefined, shortfall };
}

/** The headings count rows. */
function printedPackages({ printed, repeatedRows }: Walk): number {
  return Math.max(0, printed - repeatedRows);
}

function shortfallOf(walk: Walk): AppError | undefined {
  const { names, unusable, uncounted, movedName } = walk;
  const listed = names.size;
  const printed = printedPackages(walk);
  if (unusable > 0) {
    return incomplete(`${listed} of ${listed + unusable} packages could be listed, the others have names that cannot be used`);
  }
  if (listed < printed) return incomplete(`${listed} of ${printed} packages could be listed`);
  if (uncounted) return incomplete(`${listed} packages could be listed, but GitHub does not say how many there are`);
  // As many as a heading counts that counts more than its own page: then none is missing.
  const isCounted = listed === printed && listed > fullPage;
  if (movedName !== undefined && !isCounted) {
    return incomplete(`the list changed while it was read: ${movedName} is on two of its pages, and another package may be on none`);
  }
  return undefined;
}

function incomplete(message: string): AppError {
  return new AppError('invalid_response', message);
}
