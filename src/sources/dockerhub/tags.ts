/** Reads a repository's tags with their platforms. */
import { AppError, toAppError } from '../../core/model/errors.ts';
import type { ImageRef } from '../../core/model/image-ref.ts';
import type { Platform, Tag } from '../../core/model/reading.ts';
import { isTooLarge } from '../../net/body.ts';
import type { HubApi } from './api.ts';
import { directionOf, hasMore, type Direction } from './ordering.ts';
import { tag as tagSchema, tagImage, type Page } from './schema.ts';

export interface TagsRead {
  /** Undefined when not a single one could be read. */
  readonly tags?: readonly Tag[] | undefined;
  /** How many Docker Hub counts, also where not all were read. */
  readonly tagCount?: number | undefined;
  /** Why tags are missing that should have been read. */
  readonly flaw?: AppError | undefined;
}

/** Reads the tags of one repository, newest first. Rejects only with the signal's reason. */
export type ReadTags = (ref: ImageRef, signal?: AbortSignal) => Promise<TagsRead>;

const pageSize = 100;
/** 100 tags of 17 platforms with an attestation for each take 1.1 MB. */
const maxPageBytes = 2 * 1024 * 1024;
/** What is asked for where even that is too little; it divides `pageSize`. */
const smallPageSize = 25;
/** Anonymous pages that begin at offset 1000 or later are refused (seen 2026-08, badges/shields#12111). */
const anonymousRows = 1000;
/** A bound, not a limit of Docker Hub. */
const signedInRows = 5000;
const maxPages = 200;

const orderings = ['last_updated', '-last_updated'] as const;

interface Walk {
  readonly tags: Map<string, Tag>;
  tagCount?: number;
  failure?: AppError;
  direction: Direction;
  /** Whether the last page was read. */
  isWhole: boolean;
}

interface Route {
  readonly path: string;
  readonly ordering: string;
  readonly maxRows: number;
  readonly signal: AbortSignal | undefined;
}

/** Remembers from one repository to the next by which ordering the newest come first. */
export function createTagReader(api: HubApi): ReadTags {
  let ordering: (typeof orderings)[number] = orderings[0];
  let isSettled = false;

  return async ({ owner, name }, signal) => {
    const path = `/v2/namespaces/${owner}/repositories/${name}/tags`;
    const maxRows = (await api.signIn(signal)) ? signedInRows : anonymousRows;
    let walk = await readTagPages(api, { path, ordering, maxRows, signal }, !isSettled);
    if (walk.direction === 'ascending' && !walk.isWhole && !isSettled) {
      ordering = orderings[ordering === orderings[0] ? 1 : 0];
      isSettled = true;
      walk = await readTagPages(api, { path, ordering, maxRows, signal }, false);
    }
    isSettled ||= walk.direction === 'descending';
    return tagsRead(walk);
  };
}

/** `mayTurn`: stops after the first page where the oldest come first, because another ordering will be tried. */
async function readTagPages(api: HubApi, { path, ordering, maxRows, signal }: Route, mayTurn: boolean): Promise<Walk> {
  const walk: Walk = { tags: new Map(), direction: 'unclear', isWhole: false };
  let size = pageSize;
  let number = 1;
  let rows = 0;
  for (let pages = 0; pages < maxPages && rows < maxRows; pages += 1) {
    try {
      const page = await api.getPage(path, { size, number, ordering, maxBytes: maxPageBytes }, 'the list of tags', signal);
      // Where paging ends is where it ends: the total and the newest tags are there, and so is their count.
      if (typeof page === 'string') break;
      const isNew = addTags(walk, page);
      rows += page.results.length;
      if (number === 1) walk.direction = directionOf([...walk.tags.values()].map(({ lastUpdated }) => toEpochMs(lastUpdated)));
      walk.isWhole = !hasMore(page, rows);
      if (walk.isWhole || !isNew || (mayTurn && walk.direction === 'ascending')) break;
      number += 1;
    } catch (error) {
      signal?.throwIfAborted();
      if (isTooLarge(error) && size === pageSize) {
        number = (number - 1) * (pageSize / smallPageSize) + 1;
        size = smallPageSize;
        continue;
      }
      walk.failure = toAppError(error);
      break;
    }
  }
  return walk;
}

/** False where every row was there before: a list that repeats has no end. */
function addTags(walk: Walk, page: Page): boolean {
  walk.tagCount = Math.max(walk.tagCount ?? 0, page.count);
  const before = walk.tags.size;
  const tags = page.results.flatMap((row) => toTag(row) ?? []);
  for (const tag of tags) walk.tags.set(tag.name, tag);
  return walk.tags.size > before || tags.length === 0;
}

function tagsRead({ tags: byName, tagCount: counted, failure, direction, isWhole }: Walk): TagsRead {
  const tags = newestFirst([...byName.values()], direction);
  const tagCount = counted === undefined ? undefined : Math.max(counted, tags.length);
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
  if (direction === 'ascending' && !isWhole) {
    const flaw = new AppError('invalid_response', `only the oldest ${tags.length} of ${tagCount} tags could be read`);
    return { tags, tagCount, flaw };
  }
  return { tags, tagCount };
}

function newestFirst(tags: readonly Tag[], direction: Direction): readonly Tag[] {
  if (direction !== 'ascending') return tags;
  return tags.toSorted((a, b) => (toEpochMs(b.lastUpdated) ?? 0) - (toEpochMs(a.lastUpdated) ?? 0));
}

function toEpochMs(moment: string | undefined): number | undefined {
  return moment === undefined ? undefined : Date.parse(moment);
}

/** Undefined for a row of another shape: tags are decoration. */
function toTag(row: unknown): Tag | undefined {
  const { data } = tagSchema.safeParse(row);
  if (!data) return undefined;
  const platforms = data.images.flatMap(toPlatforms);
  return { name: data.name, lastUpdated: data.last_updated, digest: data.digest, fullSize: data.full_size, platforms };
}

/** Attestations have `unknown` for architecture and system; they are no platform that could be pulled. */
function toPlatforms(row: unknown): Platform[] {
  const { data } = tagImage.safeParse(row);
  if (data?.architecture === undefined || data.os === undefined) return [];
  const { architecture, os } = data;
  return architecture === 'unknown' && os === 'unknown' ? [] : [{ ...data, architecture, os }];
}
