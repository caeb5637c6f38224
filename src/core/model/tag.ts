/** Rules about tags and the versions that they point at. */
import type { Reading, Tag } from './reading.ts';

const attachment = /^sha256-[0-9a-f]{64}/;

/** Whether it is a tag that cosign and the like push beside an image; such are no releases. */
export function isAttachment({ name }: Pick<Tag, 'name'>): boolean {
  return attachment.test(name);
}

/**
 * The tags and their number without what is pushed beside an image. Of a list that was not read whole nobody knows how many of those are
 * in the rest: then there is no number, and where nothing else was read no list either.
 */
export function withoutAttachments<T extends Pick<Reading, 'tags' | 'tagCount'>>(reading: T): T {
  const { tags: all, tagCount } = reading;
  if (!all?.some(isAttachment)) return reading;
  const tags = all.filter((tag) => !isAttachment(tag));
  if (tagCount === all.length) return { ...reading, tags, tagCount: tags.length };
  return { ...reading, tags: tags.length > 0 ? tags : undefined, tagCount: undefined };
}

/** Whether a version's id is larger than another's. */
export function isNewer(id: string, than: string): boolean {
  return id.length === than.length ? id > than : id.length > than.length;
}
