/** Lists an owner's public repositories. */
import { AppError, toAppError } from '../../core/errors.ts';
import { formatRepo, isRepo, parseRepo } from '../../core/image-ref.ts';
import type { ListedImage, Listing } from '../../core/model.ts';
import type { QuayApi } from './api.ts';
import { listedRepository, repositoryPage } from './schema.ts';

/** 5,000 repositories: a bound, not a limit of Quay.io. */
const mostPages = 50;

/**
 * All pages of the list; those before one that fails are kept.
 * @throws AppError not_found (no such owner, or nothing public), unauthorized, rate_limited, unreachable, invalid_response
 */
export async function listRepositories(api: QuayApi, owner: string, signal?: AbortSignal): Promise<Listing> {
  const images = new Map<string, ListedImage>();
  let token: string | undefined;
  let shortfall: AppError | undefined;
  for (let page = 1; page <= mostPages; page += 1) {
    const next = token === undefined ? '' : `&next_page=${encodeURIComponent(token)}`;
    const path = `repository?namespace=${owner}&public=true&repo_kind=image${next}`;
    try {
      const { repositories, next_page: nextPage } = await api.get(path, repositoryPage, `the list of ${owner}`, signal);
      for (const image of repositories.flatMap((row) => listedImage(row, owner))) images.set(formatRepo(image.ref), image);
      token = nextPage ?? undefined;
      if (token === undefined) break;
    } catch (error) {
      signal?.throwIfAborted();
      if (page === 1) throw error;
      shortfall = toAppError(error);
      break;
    }
  }
  // An owner that is not there and one without public repositories are the same empty list.
  if (images.size === 0) throw new AppError('not_found', `${owner} has no public repositories on Quay.io`);
  if (token !== undefined) shortfall ??= new AppError('invalid_response', `the list of ${owner} has more than ${mostPages} pages`);
  return { images: [...images.values()], complete: token === undefined, shortfall };
}

function listedImage(row: unknown, owner: string): ListedImage[] {
  const { data } = listedRepository.safeParse(row);
  if (!data || data.is_public === false || (data.kind !== undefined && data.kind !== 'image')) return [];
  const repo = `${data.namespace}/${data.name}`;
  return isRepo(repo) && data.namespace.toLowerCase() === owner ? [{ ref: parseRepo(repo) }] : [];
}
