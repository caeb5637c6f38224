/** Lists an owner's repositories, from more than one end where anonymous paging does not reach far enough. */
import { AppError, toAppError } from '../../core/model/errors.ts';
import { formatRepo, isRepo, parseRepo } from '../../core/model/image-ref.ts';
import type { ListedImage, Listing } from '../../core/model/reading.ts';
import type { HubApi } from './api.ts';
import { listedRepository } from './schema.ts';

/** How far a listing reads. The first ordering is always walked, the others while repositories are missing. */
interface Reach {
  readonly pageSize: number;
  readonly pages: number;
  readonly orderings: readonly string[];
}

/**
 * Since 2026-08-11 an anonymous page that begins at offset 100 or later is refused with 403 (goharbor/harbor#23819,
 * dotCMS/core#37025); the offset counts, not the page. So two pages of 99 reach 198 from one end. The orderings are pairs
 * of opposite ends; which sign means which end is not relied on (seen 2026-09: `pull_count` gives the highest first).
 */
const anonymous: Reach = {
  pageSize: 99,
  pages: 2,
  orderings: ['pull_count', '-pull_count', 'name', '-name', 'last_updated', '-last_updated'],
};

/** A page has at most 100 rows; 50 of them are a bound, not a limit of Docker Hub. Names, unlike totals, keep their place meanwhile. */
const signedIn: Reach = { pageSize: 100, pages: 50, orderings: ['name'] };

export interface ListingDeps {
  readonly api: HubApi;
  /** The moment now, ISO 8601 in UTC. */
  readonly now: () => string;
}

/** What was found so far, each repository once however often it was seen. */
interface Found {
  readonly images: Map<string, ListedImage>;
  /** Private ones, which a login can see: they are counted by Docker Hub and not listed here. */
  readonly hidden: Set<string>;
  /** Rows that give no usable name. */
  readonly unusable: Set<string>;
  /** The largest count that a page printed: a page that suddenly says less must not make a short list complete. */
  count: number;
  /** Whether an anonymous page was refused for its offset. */
  isCut: boolean;
  failure?: AppError;
}

type Direction = 'ascending' | 'descending' | 'unclear';

/**
 * As Source.list.
 * @throws AppError not_found for an owner without public repositories; why nothing was listed when not one could be
 */
export async function listRepositories(deps: ListingDeps, owner: string, signal?: AbortSignal): Promise<Listing> {
  const reach = deps.api.signedIn ? signedIn : anonymous;
  const found: Found = { images: new Map(), hidden: new Set(), unusable: new Set(), count: 0, isCut: false };
  let firstDirection: Direction | undefined;
  for (const ordering of reach.orderings) {
    const known = ordering === '-pull_count' ? firstDirection : undefined;
    const direction = await readFrom(deps, { owner, ordering, reach, known, signal }, found);
    firstDirection ??= direction;
    // A Docker Hub that fails is not asked for the other ends as well.
    if (found.failure || isAccountedFor(found)) break;
  }
  return listingOf(owner, found, reach);
}

interface End {
  readonly owner: string;
  readonly ordering: string;
  readonly reach: Reach;
  /** A direction that was read already: further pages that run the same way bring nothing. */
  readonly known: Direction | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Adds the pages of one ordering to what was found, and tells which way its totals run. */
async function readFrom({ api, now }: ListingDeps, { owner, ordering, reach, known, signal }: End, found: Found): Promise<Direction> {
  const path = `/v2/namespaces/${owner}/repositories`;
  let direction: Direction = 'unclear';
  for (let number = 1; number <= reach.pages; number += 1) {
    try {
      const page = await api.getPage(path, { size: reach.pageSize, number, ordering }, `the list of ${owner}'s repositories`, signal);
      if (page === 'refused') found.isCut = true;
      if (typeof page === 'string') return direction;
      found.count = Math.max(found.count, page.count);
      const totals = addRows(found, owner, page.results, now());
      if (number === 1) direction = directionOf(totals);
      const isLast = page.results.length === 0 || number * reach.pageSize >= page.count;
      if (isLast || isAccountedFor(found)) return direction;
    } catch (error) {
      signal?.throwIfAborted();
      found.failure = toAppError(error);
      return direction;
    }
    if (direction !== 'unclear' && direction === known) return direction;
  }
  return direction;
}

/** Adds the rows to what was found and gives their totals in order. */
function addRows(found: Found, owner: string, rows: readonly unknown[], readAt: string): number[] {
  const totals: number[] = [];
  for (const row of rows) {
    const { data } = listedRepository.safeParse(row);
    const name = `${data?.namespace}/${data?.name}`;
    // Docker Hub has no nested names: a slash, also an encoded one, belongs to no repository.
    if (!data || data.namespace.toLowerCase() !== owner || !isRepo(name) || parseRepo(name).name.includes('/')) {
      found.unusable.add(data ? name : JSON.stringify(row));
      continue;
    }
    const ref = parseRepo(name);
    const repo = formatRepo(ref);
    if (data.is_private) {
      found.hidden.add(repo);
      continue;
    }
    const { pull_count: pullCount, last_updated: lastUpdated } = data;
    if (pullCount !== undefined) totals.push(pullCount);
    const reading = pullCount === undefined ? undefined : { registry: 'dockerhub', repo, pullCount, readAt, lastUpdated };
    if (!found.images.get(repo)?.reading) found.images.set(repo, { ref, reading });
  }
  return totals;
}

/** Which way the totals run, whatever was asked for. */
function directionOf(totals: readonly number[]): Direction {
  const rises = totals.filter((total, index) => index > 0 && total > (totals[index - 1] ?? 0)).length;
  const falls = totals.filter((total, index) => index > 0 && total < (totals[index - 1] ?? 0)).length;
  if (rises > 0 && falls === 0) return 'ascending';
  return falls > 0 && rises === 0 ? 'descending' : 'unclear';
}

/** Whether every repository that Docker Hub counts was seen, also those that are not listed. */
function isAccountedFor({ images, hidden, unusable, count }: Found): boolean {
  return images.size + hidden.size + unusable.size >= count;
}

function listingOf(owner: string, found: Found, reach: Reach): Listing {
  const images = [...found.images.values()];
  const expected = Math.max(0, found.count - found.hidden.size);
  const complete = found.unusable.size === 0 && isAccountedFor(found);
  if (images.length > 0) return { images, expected, complete, ...(complete ? {} : { shortfall: shortfallOf(found, expected, reach) }) };
  if (found.failure) throw found.failure;
  if (complete) throw new AppError('not_found', `${owner} has no public repositories on Docker Hub; is the name right?`);
  throw shortfallOf(found, expected, reach);
}

function shortfallOf(found: Found, expected: number, reach: Reach): AppError {
  const { images, unusable, failure } = found;
  const listed = `${images.size} of ${expected} repositories could be listed`;
  if (failure) {
    return new AppError(failure.code, `${listed}: ${failure.message}`, { cause: failure, retryAfterMs: failure.retryAfterMs });
  }
  if (isAccountedFor(found)) {
    const rows = unusable.size === 1 ? '1 row' : `${unusable.size} rows`;
    return new AppError('invalid_response', `${listed}; ${rows} could not be used`);
  }
  const bound = reach.pageSize * reach.pages;
  if (reach === anonymous && (found.isCut || found.count > bound)) {
    return new AppError('unauthorized', `${listed} without login; set DOCKERHUB_USERNAME and DOCKERHUB_TOKEN, or name the others`);
  }
  if (found.count > bound) return new AppError('invalid_response', `${listed}; no more than ${bound} are read, name the others`);
  return new AppError('invalid_response', `${listed}; the list moved while it was read, or Docker Hub counts what it does not show`);
}
