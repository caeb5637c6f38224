/** What is said of images whose tags are not known, or not all. */
import { html } from 'hono/html';
import { imageKey } from '../core/model/image.ts';
import { formatExact } from '../core/views/format.ts';
import type { TrackedImage } from '../core/views/images.ts';
import type { ImageTags } from '../core/views/tags.ts';
import type { PageContext } from './context.ts';
import { nameOn, unreadText } from './image.ts';
import type { Html } from './layout.ts';
import { tagCountText } from './tag-table.ts';

/** `shown`: the name of the page. */
export function tagNotes(context: PageContext, images: readonly TrackedImage[], tags: readonly ImageTags[], shown: string): Html {
  const byImage = new Map(tags.map((image) => [imageKey(image), image]));
  return html`${images.map((image) => {
    const note = tagNote(context, image, byImage.get(imageKey(image)));
    if (note === undefined) return '';
    const name = images.length > 1 ? html`<strong>${nameOn(context, image, shown)}:</strong> ` : '';
    return html`<p class="notice" data-key="note ${imageKey(image)}">${name}${note}</p>`;
  })}`;
}

function tagNote(context: PageContext, image: TrackedImage, known: ImageTags | undefined): Html | string | undefined {
  const { tags = [], cut = 0 } = known ?? {};
  if (tags.length > 0) return partNote(known ?? { ...image, tags, cut }, image.tagCount);
  if (cut > 0) return `None of ${formatExact(cut)} tags is stored. ${budgetText}`;
  if (image.pullCount === undefined) return unreadText(context, image);
  if (known || image.tagCount === 0) return 'The registry has no tags of this image.';
  return html`No tags are known: none were read in the last 7 days. <a href="${context.basePath}/status">View status</a>`;
}

const budgetText = 'The lists of all images together have room for 4 MiB; the newest tags are stored, long lists are cut first.';

function partNote(known: ImageTags, all: number | undefined): string | undefined {
  const { tags, cut = 0 } = known;
  if (cut > 0) return `${tagCountText(known, all)} are stored. ${budgetText}`;
  if (all === undefined || all <= tags.length) return undefined;
  return `${tagCountText(known, all)}: the others are not published by the registry, or could not be read.`;
}
