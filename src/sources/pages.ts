/** Lists that come page by page without a count of all rows: pages before one that fails are kept, and what is missing is said. */
import { AppError, toAppError } from '../core/model/errors.ts';
import { formatRepo, isRepo, isTagName, parseRepo, type ImageRef } from '../core/model/image-ref.ts';
import type { ListedImage, Listing, Tag } from '../core/model/reading.ts';

export interface Page {
  readonly rows: readonly unknown[];
  /** What the next page is asked with; absent on the last one. */
  readonly next?: string | null | undefined;
}

export interface PagesRead {
  readonly rows: readonly unknown[];
  /** Whether the last page was read. */
  readonly isWhole: boolean;
  /** Why the rest was not read, unless it was for the bound. */
  readonly failure?: AppError | undefined;
}

/** How far a list is read: a bound of this program, not a limit of the registry. */
export interface PageBounds {
  readonly maxRows: number;
  /** More than `maxRows` needs, because pages may be smaller than was asked for. */
  readonly maxPages: number;
}

/**
 * Reads pages from the one that is asked with nothing, until one has no next. What the page size should be does not matter. A list
 * that repeats itself has no end: that is a failure. Rejects only with the signal's reason.
 */
export async function readPages(
  { maxRows, maxPages }: PageBounds,
  readPage: (next: string | undefined) => Promise<Page>,
  signal: AbortSignal | undefined,
): Promise<PagesRead> {
  const rows: unknown[] = [];
  const asked = new Set<string>();
  let next: string | undefined;
  let previous = '';
  for (let page = 1; page <= maxPages && rows.length < maxRows; page += 1) {
    try {
      const read = await readPage(next);
      const text = read.rows.length === 0 ? '' : JSON.stringify(read.rows);
      next = read.next ?? undefined;
      if (text !== '' && text === previous) return { rows, isWhole: false, failure: repeating() };
      rows.push(...read.rows);
      previous = text;
    } catch (error) {
      signal?.throwIfAborted();
      return { rows, isWhole: false, failure: toAppError(error) };
    }
    if (next === undefined) return { rows, isWhole: true };
    if (asked.has(next)) return { rows, isWhole: false, failure: repeating() };
    asked.add(next);
  }
  return { rows, isWhole: false };
}

function repeating(): AppError {
  return new AppError('invalid_response', 'the list repeats itself and does not end');
}

/** What a row of an owner's list gives: the text of a name, something that is not collected, or nothing that is understood. */
export type ListedRow = { readonly repo: string } | 'hidden' | 'unusable';

export interface ListedOwner {
  readonly owner: string;
  /** Where it was looked for, as in `on Quay.io`. */
  readonly place: string;
  readonly nestedNames: boolean;
}

/**
 * The images of an owner. A row that is not understood may be any image: then absence says nothing.
 * @throws AppError not_found when there are none; why nothing was listed when not one could be
 */
export function listingOf(pages: PagesRead, { owner, place, nestedNames }: ListedOwner, listedRow: (row: unknown) => ListedRow): Listing {
  const images = new Map<string, ListedImage>();
  let unusable = 0;
  for (const row of pages.rows.map(listedRow)) {
    if (row === 'hidden') continue;
    const ref = row === 'unusable' ? undefined : refOf(row.repo);
    if (ref?.owner === owner && (nestedNames || !ref.name.includes('/'))) images.set(formatRepo(ref), { ref });
    else unusable += 1;
  }
  const shortfall = shortfallOf(pages, unusable, owner);
  if (images.size > 0) return { images: [...images.values()], complete: shortfall === undefined, ...(shortfall ? { shortfall } : {}) };
  throw shortfall ?? new AppError('not_found', `${owner} has no public repositories ${place}; is the name right?`);
}

function refOf(repo: string): ImageRef | undefined {
  return isRepo(repo) ? parseRepo(repo) : undefined;
}

function shortfallOf({ rows, isWhole, failure }: PagesRead, unusable: number, owner: string): AppError | undefined {
  if (failure) return failure;
  if (!isWhole)
    return new AppError('invalid_response', `no more than ${rows.length} rows of the list of ${owner} are read, name the others`);
  if (unusable === 0) return undefined;
  return new AppError('invalid_response', `${unusable === 1 ? '1 row' : `${unusable} rows`} of the list of ${owner} could not be used`);
}

export interface TagsRead {
  /** Undefined when not a single one could be read. */
  readonly tags?: readonly Tag[] | undefined;
  /** Undefined when not all of them were read: there is no count of them. */
  readonly tagCount?: number | undefined;
  /** Why tags are missing that should have been read. */
  readonly flaw?: AppError | undefined;
}

/** The tags of the rows, each name once; `tagOf` gives undefined for a row of another shape. */
export function tagsOf({ rows, isWhole, failure }: PagesRead, tagOf: (row: unknown) => Tag | undefined): TagsRead {
  const tags = new Map<string, Tag>();
  let unusable = 0;
  for (const tag of rows.map(tagOf)) {
    if (!tag || !isTagName(tag.name)) unusable += 1;
    else if (!tags.has(tag.name)) tags.set(tag.name, tag);
  }
  // An empty list would wipe out the tags that were read before.
  if (failure && tags.size === 0) return { flaw: flawOf('the tags could not be read', failure) };
  if (failure) return { tags: [...tags.values()], flaw: flawOf(`only ${tags.size} tags could be read`, failure) };
  if (tags.size === 0 && unusable > 0) return { flaw: new AppError('invalid_response', `none of the ${unusable} tags could be read`) };
  return { tags: [...tags.values()], tagCount: isWhole && unusable === 0 ? tags.size : undefined };
}

function flawOf(what: string, failure: AppError): AppError {
  const { code, message, retryAfterMs } = failure;
  return new AppError(code, `${what}: ${message}`, { cause: failure, retryAfterMs });
}
