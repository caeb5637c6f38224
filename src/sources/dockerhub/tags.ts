/** Reads a repository's tags with their platforms. */
import { AppError, toAppError } from '../../core/model/errors.ts';
import type { ImageRef } from '../../core/model/image-ref.ts';
import type { Platform, Tag } from '../../core/model/reading.ts';
import type { HubApi } from './api.ts';
import { tag as tagSchema, tagImage } from './schema.ts';

export interface TagsRead {
  /** Undefined when not a single one could be read. */
  readonly tags?: readonly Tag[] | undefined;
  /** How many there are, also where not all were read. */
  readonly tagCount?: number | undefined;
  /** Why tags are missing that should have been read. */
  readonly flaw?: AppError | undefined;
}

const pageSize = 100;
/** Anonymous pages that begin at offset 1000 or later are refused (seen 2026-08, badges/shields#12111). */
const anonymousPages = 10;
/** A bound, not a limit of Docker Hub. */
const signedInPages = 50;

/** Newest tags first, so that a list which is cut lacks old ones. Rejects only with the signal's reason. */
export async function readTags(api: HubApi, { owner, name }: ImageRef, signal?: AbortSignal): Promise<TagsRead> {
  const path = `/v2/namespaces/${owner}/repositories/${name}/tags`;
  const pages = api.signedIn ? signedInPages : anonymousPages;
  const tags = new Map<string, Tag>();
  let tagCount: number | undefined;
  let failure: AppError | undefined;
  for (let number = 1; number <= pages; number += 1) {
    try {
      const page = await api.getPage(path, { size: pageSize, number, ordering: 'last_updated' }, 'the list of tags', signal);
      // Where paging ends is where it ends: the total and the newest tags are there, and so is their count.
      if (typeof page === 'string') break;
      tagCount = Math.max(tagCount ?? 0, page.count);
      for (const row of page.results) {
        const tag = tagOf(row);
        if (tag) tags.set(tag.name, tag);
      }
      if (page.results.length === 0 || number * pageSize >= page.count) break;
    } catch (error) {
      signal?.throwIfAborted();
      failure = toAppError(error);
      break;
    }
  }
  return tagsRead([...tags.values()], tagCount, failure);
}

function tagsRead(tags: readonly Tag[], tagCount: number | undefined, failure: AppError | undefined): TagsRead {
  if (failure) {
    const { code, message, retryAfterMs } = failure;
    const read = tags.length === 0 ? 'the tags could not be read' : `${tags.length} of ${tagCount} tags could be read`;
    const flaw = new AppError(code, `${read}: ${message}`, { cause: failure, retryAfterMs });
    return tags.length === 0 ? { tagCount, flaw } : { tags, tagCount, flaw };
  }
  // An empty list would wipe out the tags that were read before.
  if (tags.length === 0 && tagCount !== 0) {
    return { tagCount, flaw: new AppError('invalid_response', `none of the ${tagCount} tags could be read`) };
  }
  return { tags, tagCount };
}

/** Undefined for a row of another shape: tags are decoration. */
function tagOf(row: unknown): Tag | undefined {
  const { data } = tagSchema.safeParse(row);
  if (!data) return undefined;
  const platforms = data.images.flatMap(platformOf);
  return { name: data.name, lastUpdated: data.last_updated, digest: data.digest, fullSize: data.full_size, platforms };
}

/** Attestations have `unknown` for architecture and system; they are no platform that could be pulled. */
function platformOf(row: unknown): Platform[] {
  const { data } = tagImage.safeParse(row);
  return data && (data.architecture !== 'unknown' || data.os !== 'unknown') ? [data] : [];
}
