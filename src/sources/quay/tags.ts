/** Reads a repository's tags. */
import type { ImageRef } from '../../core/model/image-ref.ts';
import type { Tag } from '../../core/model/reading.ts';
import { readPages, tagsOf, type TagsRead } from '../pages.ts';
import type { QuayApi } from './api.ts';
import { tag as tagSchema, tagPage } from './schema.ts';

const pageSize = 100;
const bounds = { maxRows: 1000, maxPages: 40 };

/** Newest tags first, so that a list which is cut lacks old ones. Rejects only with the signal's reason. */
export async function readTags(api: QuayApi, { owner, name }: ImageRef, signal?: AbortSignal): Promise<TagsRead> {
  const pages = await readPages(
    bounds,
    async (page = '1') => {
      // A nested name has its slashes as they are (seen at quay.io/jetstack/charts/…).
      const path = `repository/${owner}/${name}/tag/?limit=${pageSize}&page=${page}&onlyActiveTags=true`;
      const { tags, has_additional: isMore } = await api.get(path, tagPage, 'the list of tags', signal);
      return { rows: tags, next: isMore ? String(Number(page) + 1) : undefined };
    },
    signal,
  );
  return tagsOf(pages, tagOf);
}

function tagOf(row: unknown): Tag | undefined {
  const { data } = tagSchema.safeParse(row);
  if (!data) return undefined;
  const { name, start_ts: seconds, last_modified: modified, manifest_digest: digest, size } = data;
  const epochMs = seconds === undefined ? modified : seconds * 1000;
  return { name, lastUpdated: epochMs === undefined ? undefined : new Date(epochMs).toISOString(), digest, fullSize: size };
}
