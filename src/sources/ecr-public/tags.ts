/** Reads a repository's tags. */
import type { ImageRef } from '../../core/model/image-ref.ts';
import type { Tag } from '../../core/model/reading.ts';
import { readPages, tagsOf, type TagsRead } from '../pages.ts';
import type { GalleryApi } from './api.ts';
import { tag as tagSchema, tagPage } from './schema.ts';

const pageSize = 1000;
const bounds = { maxRows: 10_000, maxPages: 100 };

/** Rejects only with the signal's reason. */
export async function readTags(api: GalleryApi, { owner, name }: ImageRef, signal?: AbortSignal): Promise<TagsRead> {
  const pages = await readPages(
    bounds,
    async (nextToken) => {
      const parameters = { registryAliasName: owner, repositoryName: name, maxResults: pageSize, nextToken };
      const answer = await api.call('describeImageTags', parameters, tagPage, 'the list of tags', signal);
      return { rows: answer.imageTagDetails, next: answer.nextToken };
    },
    signal,
  );
  return tagsOf(pages, tagOf);
}

function tagOf(row: unknown): Tag | undefined {
  const { data } = tagSchema.safeParse(row);
  if (!data) return undefined;
  const { imageTag: name, createdAt, imageDetail: detail } = data;
  return { name, lastUpdated: detail?.imagePushedAt ?? createdAt, digest: detail?.imageDigest, fullSize: detail?.imageSizeInBytes };
}
