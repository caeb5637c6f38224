/**
 * How much of tags is stored. Totals are small and always stored; lists of tags may be a thousand times as large, so that all newest lists
 * together have a budget: it bounds the file of a day, and what reading, merging and serving tags hold in memory.
 */
import { createHash } from 'node:crypto';
import { toTagRows } from '../core/document/snapshot-row.ts';
import type { Reading, Tag } from '../core/model/reading.ts';

/** For the newest lists of all images together: some 4,500 tags of three platforms. */
export const maxTagBytes = 4 * 1024 * 1024;

/** What a tag, a platform and their field names take in a file. */
const tagBytes = 240;
const platformBytes = 190;

/** About how many bytes the tags take in a file. */
export function sizeOfTags(tags: readonly Tag[] = []): number {
  return tags.reduce((sum, tag) => sum + sizeOfTag(tag), 0);
}

function sizeOfTag({ name, lastUpdated = '', digest = '', versionId = '', platforms = [] }: Tag): number {
  const own = tagBytes + name.length + lastUpdated.length + digest.length + versionId.length;
  return platforms.reduce((sum, { architecture, os, variant = '', digest: of = '' }) => {
    return sum + platformBytes + architecture.length + os.length + variant.length + of.length;
  }, own);
}

/** The most that each may have so that all fit: those who need less leave the rest to the others. Infinite where all fit. */
export function fairShare(demands: Iterable<number>, budget: number): number {
  const sorted = Array.from(demands).toSorted((a, b) => a - b);
  let rest = budget;
  for (const [at, demand] of sorted.entries()) {
    const share = rest / (sorted.length - at);
    if (demand > share) return Math.floor(share);
    rest -= demand;
  }
  return Number.POSITIVE_INFINITY;
}

/** What a list would take whole, also where it was cut before. */
export function demandOf({ tags, tagsCut = 0 }: Pick<Reading, 'tags' | 'tagsCut'>): number {
  const size = sizeOfTags(tags);
  return tags?.length ? size * (1 + tagsCut / tags.length) : size;
}

/** The reading with as many of its newest tags as fit, in their order; `tagsCut` says how many do not. */
export function cutTags<T extends Reading>(reading: T, maxBytes: number): T {
  const { tags, tagsCut = 0 } = reading;
  if (!tags || sizeOfTags(tags) <= maxBytes) return reading;
  const kept = newestOf(tags, fitting(newestFirst(tags), maxBytes));
  return { ...reading, tags: kept.length > 0 ? kept : undefined, tagsCut: tagsCut + tags.length - kept.length };
}

function fitting(tags: readonly Tag[], maxBytes: number): number {
  let bytes = 0;
  const end = tags.findIndex((tag) => (bytes += sizeOfTag(tag)) > maxBytes);
  return end === -1 ? tags.length : end;
}

/** So many of the newest, in the order that they have. */
function newestOf(tags: readonly Tag[], count: number): readonly Tag[] {
  if (count >= tags.length) return tags;
  const kept = new Set(newestFirst(tags).slice(0, count));
  return tags.filter((tag) => kept.has(tag));
}

/** Those without a time come last, as the registry lists them. */
function newestFirst(tags: readonly Tag[]): readonly Tag[] {
  const times = new Map(tags.map((tag) => [tag, Date.parse(tag.lastUpdated ?? '') || 0]));
  return tags.toSorted((a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0));
}

/** Tells two lists of tags apart: how many they are, and what they say. */
export function tagsHash(registry: string, tags: readonly Tag[]): string {
  const hash = createHash('sha256');
  for (const tag of tags) hash.update(JSON.stringify(toTagRows([tag], registry)));
  return `${tags.length} ${hash.digest('base64url').slice(0, 22)}`;
}

/** Whether a list is the one with this hash, or that one is what was left of it when it was cut. */
export function isStoredAs(hash: string, wasCut: boolean, { registry, tags = [] }: Pick<Reading, 'registry' | 'tags'>): boolean {
  const count = Number.parseInt(hash, 10);
  if (!(wasCut ? tags.length >= count : tags.length === count)) return false;
  return tagsHash(registry, newestOf(tags, count)) === hash;
}
