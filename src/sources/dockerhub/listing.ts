/** Lists an owner's repositories, from more than one end where anonymous paging does not reach far enough. */
import { AppError, toAppError } from '../../core/errors.ts';
import { formatRepo, isRepo, parseRepo } from '../../core/image-ref.ts';
import type { ListedImage, Listing } from '../../core/model.ts';
import type { HubApi } from './api.ts';
import { listedRepository, page as pageSchema } from './schema.ts';

/**
 * Since 2026-08-11 an anonymous page that begins at offset 100 or later is refused with 403 (facts of goharbor/harbor#23819,
 * dotCMS/core#37025); the offset counts, not the page. So two pages of 99 reach 198 from one end.
 */
const anonymous = { pageSize: 99, pages: 2 };
/** A page has at most 100 rows; 50 of them are a bound, not a limit of Docker Hub. */
const signedIn = { pageSize: 100, pages: 50 };

/** Pairs of opposite ends. Which sign means which end is not relied on: seen 2026-09, `pull_count` gives the highest first. */
const orderings = ['pull_count', '-pull_count', 'name', '-name', 'last_updated', '-last_updated'];

interface Walk {
  readonly owner: string;
  readonly images: Map<string, ListedImage>;
  expected: number;
  /** Rows that give no usable name. */
  unusable: number;
  failure?: AppError;
}

type Direction = 'ascending' | 'descending' | 'unclear';

/**
 * As Source.list.
 * @throws AppError not_found for an owner without public repositories; what failed when not a single page could be read
 */
export async function listRepositories(api: HubApi, owner: string, now: () => string, signal?: AbortSignal): Promise<Listing> {
  const walk: Walk = { owner, images: new Map(), expected: 0, unusable: 0 };
  let firstDirection: Direction | undefined;
  for (const ordering of api.signedIn ? orderings.slice(0, 1) : orderings) {
    const opposite = ordering === '-pull_count';
    const direction = await walkFrom(api, walk, ordering, now, opposite ? firstDirection : undefined, signal);
    firstDirection ??= direction;
    if (isComplete(walk)) break;
    // A registry that fails is not asked for the other ends as well; a refused offset only ends this one.
    if (walk.failure && walk.failure.code !== 'unauthorized') break;
  }
  if (walk.images.size === 0 && walk.failure) throw walk.failure;
  if (walk.expected === 0 && walk.images.size === 0)
    throw new AppError('not_found', `${owner} has no public repositories on Docker Hub; is the name right?`);
  return listingOf(walk, api.signedIn);
}

/** Reads the pages of one ordering into the walk. `known`: a direction that was read already, whose further pages bring nothing. */
async function walkFrom(
  api: HubApi,
  walk: Walk,
  ordering: string,
  now: () => string,
  known: Direction | undefined,
  signal: AbortSignal | undefined,
): Promise<Direction> {
  const { pageSize, pages } = api.signedIn ? signedIn : anonymous;
  let direction: Direction = 'unclear';
  for (let number = 1; number <= pages; number += 1) {
    const path = `/v2/namespaces/${walk.owner}/repositories?page_size=${pageSize}&page=${number}&ordering=${ordering}`;
    let rows: readonly unknown[];
    try {
      const answer = await api.get(path, pageSchema, `the list of ${walk.owner}'s repositories`, signal);
      walk.expected = answer.count;
      rows = answer.results;
    } catch (error) {
      signal?.throwIfAborted();
      walk.failure = toAppError(error);
      return direction;
    }
    const counts = addRows(walk, rows, now());
    if (number === 1) direction = directionOf(counts);
    const isSameEnd = known !== undefined && known !== 'unclear' && known === direction;
    if (isComplete(walk) || rows.length === 0 || isSameEnd) break;
  }
  return direction;
}

/** Adds the rows to the walk and gives the totals in their order. */
function addRows(walk: Walk, rows: readonly unknown[], readAt: string): number[] {
  const counts: number[] = [];
  for (const row of rows) {
    const { data } = listedRepository.safeParse(row);
    const name = `${data?.namespace}/${data?.name}`;
    // Docker Hub has no nested names: a slash, also an encoded one, belongs to no repository.
    if (!data || data.namespace.toLowerCase() !== walk.owner || !isRepo(name) || parseRepo(name).name.includes('/')) {
      walk.unusable += 1;
      continue;
    }
    if (data.is_private) continue;
    const ref = parseRepo(name);
    const repo = formatRepo(ref);
    const { pull_count: pullCount, last_updated: lastUpdated } = data;
    if (pullCount !== undefined) counts.push(pullCount);
    const reading = pullCount === undefined ? undefined : { registry: 'dockerhub', repo, pullCount, readAt, lastUpdated };
    if (!walk.images.get(repo)?.reading) walk.images.set(repo, { ref, reading });
  }
  return counts;
}

/** Which way the totals run, whatever was asked for. */
function directionOf(counts: readonly number[]): Direction {
  const rises = counts.filter((count, index) => index > 0 && count > (counts[index - 1] ?? 0)).length;
  const falls = counts.filter((count, index) => index > 0 && count < (counts[index - 1] ?? 0)).length;
  if (rises > 0 && falls === 0) return 'ascending';
  return falls > 0 && rises === 0 ? 'descending' : 'unclear';
}

function isComplete({ images, expected, unusable }: Walk): boolean {
  return images.size + unusable >= expected;
}

function listingOf(walk: Walk, isSignedIn: boolean): Listing {
  const { expected, unusable } = walk;
  const images = [...walk.images.values()];
  if (images.length >= expected && unusable === 0) return { images, expected, complete: true };
  return { images, expected, complete: false, shortfall: shortfallOf(walk, isSignedIn) };
}

function shortfallOf({ images, expected, unusable, failure }: Walk, isSignedIn: boolean): AppError {
  const read = `${images.size} of ${expected} repositories could be listed`;
  if (unusable > 0) return new AppError('invalid_response', `${read}; ${unusable} rows could not be used`);
  if (failure && failure.code !== 'unauthorized') return new AppError(failure.code, `${read}: ${failure.message}`, { cause: failure });
  if (isSignedIn)
    return new AppError(
      'invalid_response',
      `${read}; the list moved while it was read, or is longer than ${signedIn.pageSize * signedIn.pages}`,
    );
  return new AppError('unauthorized', `${read} without login; set DOCKERHUB_USERNAME and DOCKERHUB_TOKEN, or name the others`);
}
