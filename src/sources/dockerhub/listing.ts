/** Lists an owner's repositories, from more than one end where anonymous paging does not reach far enough. */
import { AppError, toAppError } from '../../core/model/errors.ts';
import { formatRepo, isRepo, parseRepo } from '../../core/model/image-ref.ts';
import type { ListedImage, Listing } from '../../core/model/reading.ts';
import type { HubApi } from './api.ts';
import { directionOf, hasMore, type Direction } from './ordering.ts';
import { listedRepository } from './schema.ts';

/** How far a listing reads. The first ordering is always walked, the others while repositories are missing. */
interface Reach {
  readonly pageSize: number;
  /** From one end. */
  readonly maxRows: number;
  /** More than `maxRows` needs, because pages may be smaller than was asked for. */
  readonly maxPages: number;
  readonly orderings: readonly Ordering[];
}

type Key = 'pull_count' | 'name' | 'last_updated';
type Ordering = Key | `-${Key}`;

/**
 * Since 2026-08-11 an anonymous page that begins at offset 100 or later is refused with 403 (goharbor/harbor#23819,
 * dotCMS/core#37025); the offset counts, not the page. So two pages of 99 reach 198 from one end. The orderings are pairs
 * of opposite ends; which sign means which end is not relied on (seen 2026-09: `pull_count` gives the highest first).
 */
const anonymous: Reach = {
  pageSize: 99,
  maxRows: 198,
  maxPages: 20,
  orderings: ['pull_count', '-pull_count', 'name', '-name', 'last_updated', '-last_updated'],
};

/** 5,000 repositories are a bound, not a limit of Docker Hub. Names, unlike totals, keep their place meanwhile. */
const signedIn: Reach = { pageSize: 100, maxRows: 5000, maxPages: 200, orderings: ['name'] };

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

/**
 * As Source.list.
 * @throws AppError not_found for an owner without public repositories; why nothing was listed when not one could be
 */
export async function listRepositories(deps: ListingDeps, owner: string, signal?: AbortSignal): Promise<Listing> {
  const reach = (await deps.api.signIn(signal)) ? signedIn : anonymous;
  const found: Found = { images: new Map(), hidden: new Set(), unusable: new Set(), count: 0, isCut: false };
  const directions = new Map<Key, Direction>();
  for (const [index, ordering] of reach.orderings.entries()) {
    const key = orderingKey(ordering);
    const direction = await readFrom(deps, { owner, ordering, reach, isFirst: index === 0, known: directions.get(key), signal }, found);
    directions.set(key, direction);
    // A Docker Hub that fails is not asked for the other ends as well.
    if (found.failure || isAccountedFor(found)) break;
  }
  return listingOf(owner, found, reach, deps.api.loginProblem());
}

interface End {
  readonly owner: string;
  readonly ordering: Ordering;
  readonly reach: Reach;
  /** Then it is read to its end, whatever the count says. */
  readonly isFirst: boolean;
  /** A direction that was read already: further pages that run the same way bring nothing. */
  readonly known: Direction | undefined;
  readonly signal: AbortSignal | undefined;
}

function orderingKey(ordering: Ordering): Key {
  if (ordering.endsWith('pull_count')) return 'pull_count';
  return ordering.endsWith('name') ? 'name' : 'last_updated';
}

/** Adds the pages of one ordering to what was found, and tells which way they run. */
async function readFrom({ api, now }: ListingDeps, end: End, found: Found): Promise<Direction> {
  const { owner, ordering, reach, isFirst, known, signal } = end;
  const path = `/v2/namespaces/${owner}/repositories`;
  const seen = new Set<string>();
  let direction: Direction = 'unclear';
  let read = 0;
  let isOpen = false;
  for (let number = 1; number <= reach.maxPages && read < reach.maxRows; number += 1) {
    try {
      const page = await api.getPage(path, { size: reach.pageSize, number, ordering }, `the list of ${owner}'s repositories`, signal);
      if (page === 'refused') found.isCut = true;
      if (page === 'past_end') isOpen = false;
      if (typeof page === 'string') break;
      found.count = Math.max(found.count, page.count);
      const rows = addRows(found, owner, page.results, now());
      read += page.results.length;
      isOpen = hasMore(page, read);
      if (number === 1) direction = directionOf(rows.map((row) => row[orderingKey(ordering)]));
      const before = seen.size;
      for (const { id } of rows) seen.add(id);
      // A page that only repeats what was there has no end.
      if (!isOpen || seen.size === before || (!isFirst && isAccountedFor(found))) break;
    } catch (error) {
      signal?.throwIfAborted();
      found.failure = toAppError(error);
      break;
    }
    if (direction !== 'unclear' && direction === known) break;
  }
  // A count that was reached before the end is too small.
  if (isFirst && isOpen) found.count = Math.max(found.count, read + 1);
  return direction;
}

interface Row {
  /** The same for the same row. */
  readonly id: string;
  readonly pull_count?: number | undefined;
  readonly name?: string | undefined;
  readonly last_updated?: string | undefined;
}

/** Adds the rows to what was found and gives what they are ordered by. */
function addRows(found: Found, owner: string, rows: readonly unknown[], readAt: string): Row[] {
  return rows.map((row) => {
    const { data } = listedRepository.safeParse(row);
    const name = `${data?.namespace}/${data?.name}`;
    // Docker Hub has no nested names: a slash, also an encoded one, belongs to no repository.
    if (!data || data.namespace.toLowerCase() !== owner || !isRepo(name) || parseRepo(name).name.includes('/')) {
      const id = data ? name : JSON.stringify(row);
      found.unusable.add(id);
      return { id };
    }
    const ref = parseRepo(name);
    const repo = formatRepo(ref);
    const { pull_count: pullCount, last_updated: lastUpdated } = data;
    const values = { id: repo, pull_count: pullCount, name: ref.name, last_updated: lastUpdated };
    if (data.is_private) {
      found.hidden.add(repo);
      return { id: repo };
    }
    const reading = pullCount === undefined ? undefined : { registry: 'dockerhub', repo, pullCount, readAt, lastUpdated };
    if (!found.images.get(repo)?.reading) found.images.set(repo, { ref, reading });
    return values;
  });
}

/** Whether every repository that Docker Hub counts was seen, also those that are not listed. */
function isAccountedFor({ images, hidden, unusable, count }: Found): boolean {
  return images.size + hidden.size + unusable.size >= count;
}

function listingOf(owner: string, found: Found, reach: Reach, loginProblem: AppError | undefined): Listing {
  const images = [...found.images.values()];
  const expected = Math.max(images.length, found.count - found.hidden.size);
  const complete = found.unusable.size === 0 && isAccountedFor(found);
  const shortfall = complete ? undefined : shortfallOf(found, expected, reach, loginProblem);
  if (images.length > 0) return { images, expected, complete, ...(shortfall ? { shortfall } : {}) };
  if (found.failure) throw found.failure;
  throw shortfall ?? new AppError('not_found', `${owner} has no public repositories on Docker Hub; is the name right?`);
}

function shortfallOf(found: Found, expected: number, reach: Reach, loginProblem: AppError | undefined): AppError {
  const { images, unusable, failure } = found;
  const listed = `${images.size} of ${expected} repositories could be listed`;
  if (failure) {
    return new AppError(failure.code, `${listed}: ${failure.message}`, { cause: failure, retryAfterMs: failure.retryAfterMs });
  }
  if (isAccountedFor(found)) {
    const rows = unusable.size === 1 ? '1 row' : `${unusable.size} rows`;
    return new AppError('invalid_response', `${listed}; ${rows} could not be used`);
  }
  if (loginProblem) return new AppError(loginProblem.code, `${listed} without login: ${loginProblem.message}`, { cause: loginProblem });
  if (reach === anonymous && (found.isCut || found.count > reach.maxRows)) {
    return new AppError('unauthorized', `${listed} without login; set DOCKERHUB_USERNAME and DOCKERHUB_TOKEN, or name the others`);
  }
  if (found.count > reach.maxRows)
    return new AppError('invalid_response', `${listed}; no more than ${reach.maxRows} are read, name the others`);
  return new AppError('invalid_response', `${listed}; the list changed while it was read, or Docker Hub counts what it does not show`);
}
