/** Reads a repository's tags. */
import { AppError, toAppError } from '../../core/errors.ts';
import type { ImageRef } from '../../core/image-ref.ts';
import type { Tag } from '../../core/model.ts';
import type { QuayApi } from './api.ts';
import { tag as tagSchema, tagPage } from './schema.ts';

export interface TagsRead {
  /** Undefined when not a single page could be read. */
  readonly tags?: readonly Tag[] | undefined;
  /** Undefined when not all of them were read: Quay.io does not say how many there are. */
  readonly tagCount?: number | undefined;
  /** Why tags are missing that should have been read. */
  readonly flaw?: AppError | undefined;
}

const pageSize = 100;
/** A bound, not a limit of Quay.io. */
const mostPages = 10;

/** Newest tags first, so that a list which is cut lacks old ones. Rejects only with the signal's reason. */
export async function readTags(api: QuayApi, { owner, name }: ImageRef, signal?: AbortSignal): Promise<TagsRead> {
  const tags = new Map<string, Tag>();
  for (let page = 1; page <= mostPages; page += 1) {
    try {
      const path = `repository/${owner}/${name}/tag/?limit=${pageSize}&page=${page}&onlyActiveTags=true`;
      const { tags: rows, has_additional: isMore } = await api.get(path, tagPage, 'the list of tags', signal);
      for (const each of rows.flatMap(tagOf)) if (!tags.has(each.name)) tags.set(each.name, each);
      if (!isMore) return { tags: [...tags.values()], tagCount: tags.size };
    } catch (error) {
      signal?.throwIfAborted();
      const { code, message, retryAfterMs } = toAppError(error);
      const read = page === 1 ? 'the tags could not be read' : `only ${tags.size} tags could be read`;
      const flaw = new AppError(code, `${read}: ${message}`, { cause: error, retryAfterMs });
      return page === 1 ? { flaw } : { tags: [...tags.values()], flaw };
    }
  }
  return { tags: [...tags.values()] };
}

/** Nothing for a row of another shape: tags are decoration. */
function tagOf(row: unknown): Tag[] {
  const { data } = tagSchema.safeParse(row);
  if (!data) return [];
  const { name, start_ts: seconds, manifest_digest: digest, size } = data;
  return [{ name, lastUpdated: seconds === undefined ? undefined : new Date(seconds * 1000).toISOString(), digest, fullSize: size }];
}
