/** Lists an owner's public repositories. */
import type { Listing } from '../../core/model/reading.ts';
import { listingOf, readPages, type ListedRow } from '../pages.ts';
import type { QuayApi } from './api.ts';
import { listedRepository, repositoryPage } from './schema.ts';

const bounds = { maxRows: 5000, maxPages: 200 };

/**
 * As Source.list.
 * @throws AppError not_found (no such owner and one without public repositories are the same empty list), unauthorized, rate_limited,
 *   unreachable, invalid_response
 */
export async function listRepositories(api: QuayApi, owner: string, signal?: AbortSignal): Promise<Listing> {
  const pages = await readPages(
    bounds,
    async (token) => {
      const next = token === undefined ? '' : `&next_page=${encodeURIComponent(token)}`;
      const path = `repository?namespace=${owner}&public=true&repo_kind=image${next}`;
      const answer = await api.get(path, repositoryPage, `the list of ${owner}`, signal);
      return { rows: answer.repositories, next: answer.next_page };
    },
    signal,
  );
  return listingOf(pages, { owner, place: 'on Quay.io', nestedNames: true }, listedRow);
}

function listedRow(row: unknown): ListedRow {
  const { data } = listedRepository.safeParse(row);
  if (!data) return 'unusable';
  if (data.is_public === false || (data.kind !== undefined && data.kind !== 'image')) return 'hidden';
  return { repo: `${data.namespace}/${data.name}` };
}
