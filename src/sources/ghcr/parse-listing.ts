/** Reads one page of an owner's list of packages on github.com. */
import { AppError } from '../../core/model/errors.ts';
import { isRepo, parseRepo } from '../../core/model/image-ref.ts';
import { attribute, detached, isHeading, parsePage, type Page, type PageElement } from './page.ts';

export interface ListingPage {
  /** Names of the owner's packages, decoded, in the page's order, each once. */
  readonly names: readonly string[];
  /** Links to packages of the owner, each once; more than names where a link could not be used. */
  readonly linkCount: number;
  /** Rows that name a package which another row of the page names already: GitHub prints some twice (seen by backage), and counts them. */
  readonly repeatedRows: number;
  /** The number that the page's "N packages" heading prints: of this page or of all pages. Absent without such a heading. */
  readonly printedCount?: number | undefined;
  /** Whether there is a link to a further page. */
  readonly hasNext: boolean;
}

/** GitHub puts 30 packages on a page; on one with more than this, something else is taken for a package. */
const maxLinks = 100;

const packagesHeading = /^(\d{1,9}|\d{1,3}(?:,\d{3}){1,2}) packages?$/;

/**
 * @param base where github.com is, e.g. `https://github.com`; a path in it may stand before the links' paths
 * @throws AppError invalid_response when the page is no list of packages, or its heading and links contradict each other
 */
export function parseListingPage(html: string, owner: string, base: string): ListingPage {
  const page = parsePage(html);
  const rows = rowsBySegment(page, owner, base);
  const segments = new Set(rows.keys());
  const printedCount = printedCountOf(page);
  const linkCount = segments.size;
  if (linkCount > maxLinks) throw drift(`links ${linkCount} packages`);
  if (printedCount === undefined && linkCount === 0) throw drift('prints no number of packages');
  if (printedCount !== undefined && linkCount > printedCount) throw drift(`prints ${printedCount} packages and links ${linkCount}`);
  if (printedCount !== undefined && printedCount > 0 && linkCount === 0) throw drift(`prints ${printedCount} packages and links none`);
  const names = Array.from(new Set(Array.from(segments).flatMap((segment) => packageName(segment, owner) ?? [])));
  const repeatedRows = Array.from(rows.values()).reduce((sum, own) => sum + own.size - 1, 0);
  return detached({ names, linkCount, repeatedRows, printedCount, hasNext: hasNextLink(page) });
}

function drift(what: string): AppError {
  return new AppError('invalid_response', `the list of packages ${what}: GitHub may have changed it`);
}

/** The list rows that link each package; a link outside of a list is its own row. */
function rowsBySegment(page: Page, owner: string, base: string): ReadonlyMap<string, ReadonlySet<PageElement>> {
  const rows = new Map<string, Set<PageElement>>();
  for (const element of page.elements) {
    const segment = packageSegment(attribute(element, 'href'), owner, base);
    if (segment === undefined) continue;
    const own = rows.get(segment) ?? new Set();
    rows.set(segment, own.add(rowAround(element)));
  }
  return rows;
}

function rowAround(link: PageElement): PageElement {
  for (let around = link.parent; around; around = around.parent) if (around.tagName === 'LI') return around;
  return link;
}

/** The still encoded name in `/orgs/Acme/packages/container/package/charts%2Fapp`. Links have the owner in its registered case. */
function packageSegment(href: string | undefined, owner: string, base: string): string | undefined {
  if (href === undefined || !URL.canParse(href, base)) return undefined;
  const root = new URL(base);
  const { origin, pathname } = new URL(href, base);
  if (origin !== root.origin) return undefined;
  const prefix = root.pathname === '/' ? '' : root.pathname;
  const path = pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) : pathname;
  const [empty, kind, linkOwner = '', packages, container, single, segment, ...rest] = path.split('/');
  if (empty !== '' || (kind !== 'orgs' && kind !== 'users') || linkOwner.toLowerCase() !== owner.toLowerCase()) return undefined;
  if (packages !== 'packages' || container !== 'container' || single !== 'package' || rest.length > 0) return undefined;
  return segment === '' ? undefined : segment?.toLowerCase();
}

/** What comes back from a registry is checked like what is configured: it becomes part of URLs and file contents. */
function packageName(segment: string, owner: string): string | undefined {
  const name = decoded(segment);
  // parseRepo reads %2F as a slash; here it could only come from a name that was encoded twice.
  if (name === undefined || name.includes('%')) return undefined;
  const repo = `${owner}/${name}`;
  return isRepo(repo) ? parseRepo(repo).name : undefined;
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function printedCountOf(page: Page): number | undefined {
  const printed = new Set<number>();
  for (const element of page.elements) {
    const digits = isHeading(element) ? packagesHeading.exec(page.textOf(element))?.[1] : undefined;
    if (digits !== undefined) printed.add(Number(digits.replaceAll(',', '')));
  }
  if (printed.size > 1) throw drift(`prints ${printed.size} different numbers of packages`);
  const [count] = printed;
  return count;
}

function hasNextLink(page: Page): boolean {
  return page.elements.some((element) => element.tagName === 'A' && relations(attribute(element, 'rel')).includes('next'));
}

function relations(rel: string | undefined): string[] {
  return (rel ?? '').toLowerCase().split(/\s+/);
}
