/** Lists the repositories of an alias. */
import type { Listing } from '../../core/model/reading.ts';
import { listingOf, readPages } from '../pages.ts';
import type { GalleryApi } from './api.ts';
import { listedRepository, repositoryPage } from './schema.ts';

const pageSize = 100;
const bounds = { maxRows: 5000, maxPages: 200 };

/**
 * As Source.list.
 * @throws AppError not_found (no such alias, or nothing in it), unauthorized, rate_limited, unreachable, invalid_response
 */
export async function listRepositories(api: GalleryApi, owner: string, signal?: AbortSignal): Promise<Listing> {
  const pages = await readPages(
    bounds,
    async (nextToken) => {
      const parameters = { registryAliasName: owner, maxResults: pageSize, nextToken };
      const answer = await api.call('describeRepositoryCatalogData', parameters, repositoryPage, `the list of ${owner}`, signal);
      return { rows: answer.repositories, next: answer.nextToken };
    },
    signal,
  );
  return listingOf(pages, { owner, place: 'in the gallery of Amazon ECR Public', nestedNames: true }, (row) => {
    const { data } = listedRepository.safeParse(row);
    return data ? { repo: `${owner}/${data.repositoryName}` } : 'unusable';
  });
}
