/** Reads a repository's tags with their platforms. */
import { AppError, toAppError } from '../../core/errors.ts';
import type { ImageRef } from '../../core/image-ref.ts';
import type { Platform, Tag } from '../../core/model.ts';
import type { HubApi } from './api.ts';
import { page as pageSchema, tag as tagSchema, tagImage } from './schema.ts';

export interface TagsRead {
  /** Undefined when not a single page could be read. */
  readonly tags?: readonly Tag[] | undefined;
  /** How many there are, also where not all were read. */
  readonly tagCount?: number | undefined;
  /** Why tags are missing. */
  readonly flaw?: AppError | undefined;
}

const pageSize = 100;
/** Anonymous pages that begin at offset 1000 or later are refused (seen 2026-08, badges/shields#12111). */
const anonymousPages = 10;
const signedInPages = 50;

/** Newest tags first, so that a list which is cut lacks old ones. Rejects only with the signal's reason. */
export async function readTags(api: HubApi, { owner, name }: ImageRef, signal?: AbortSignal): Promise<TagsRead> {
  const tags = new Map<string, Tag>();
  let tagCount: number | undefined;
  const pages = api.signedIn ? signedInPages : anonymousPages;
  for (let number = 1; number <= pages; number += 1) {
    const path = `/v2/namespaces/${owner}/repositories/${name}/tags?page_size=${pageSize}&page=${number}&ordering=last_updated`;
    try {
      const answer = await api.get(path, pageSchema, 'the list of tags', signal);
      tagCount = answer.count;
      for (const row of answer.results) {
        const tag = tagOf(row);
        if (tag) tags.set(tag.name, tag);
      }
      if (number * pageSize >= answer.count || answer.results.length === 0) return { tags: [...tags.values()], tagCount };
    } catch (error) {
      signal?.throwIfAborted();
      const { code, message } = toAppError(error);
      if (tagCount === undefined) return { flaw: new AppError(code, `the tags could not be read: ${message}`, { cause: error }) };
      return {
        tags: [...tags.values()],
        tagCount,
        flaw: new AppError(code, `${tags.size} of ${tagCount} tags could be read: ${message}`, { cause: error }),
      };
    }
  }
  return { tags: [...tags.values()], tagCount };
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
