/** Rules about tags and the versions that they point at. */
import type { Tag } from './reading.ts';

const attachment = /^sha256-[0-9a-f]{64}/;

/** Whether it is a tag that cosign and the like push beside an image; such are no releases. */
export function isAttachment({ name }: Pick<Tag, 'name'>): boolean {
  return attachment.test(name);
}

/** Whether a version's id is larger than another's. */
export function isNewer(id: string, than: string): boolean {
  return id.length === than.length ? id > than : id.length > than.length;
}
