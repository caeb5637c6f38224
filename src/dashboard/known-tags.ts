/** What is known of the tags of an image, or of the images of a group. */
import { AppError } from '../core/model/errors.ts';
import { canonicalRepo } from '../core/model/image-ref.ts';
import { withGroups } from '../core/views/groups.ts';
import type { TrackedImage } from '../core/views/images.ts';
import { newestTags, type ImageTags } from '../core/views/tags.ts';
import type { PageDeps } from './context.ts';
import { nameOn, registriesOf } from './image.ts';
import { readable } from './layout.ts';
import { tagChart, type TagChart } from './tag-chart.ts';
import { tagRows, type TagRow } from './tag-rows.ts';
import type { TagView } from './tag-view.ts';
import { textFilter } from './text-filter.ts';

export interface KnownTags {
  /** The canonical name, or that of a group. */
  readonly repo: string;
  readonly images: readonly TrackedImage[];
  readonly tags: readonly ImageTags[];
  /** Of what the view finds; undefined where no registry counts pulls of tags. */
  readonly chart: TagChart | undefined;
  /** What the view finds, the newest of each image first. */
  readonly found: readonly TagRow[];
}

/** @throws AppError not_found for an image that is not tracked */
export async function knownTags(deps: PageDeps, name: string, { view }: TagView): Promise<KnownTags> {
  const repo = canonicalRepo(name.replace(/\/+$/, ''));
  const { query, has } = withGroups({ repos: new Set([repo]) }, deps.groups);
  const [found, days] = await Promise.all([deps.store.latest(query), deps.store.days()]);
  const latest = found.filter(has);
  const images = registriesOf(deps, repo, { latest, newestDay: days.at(-1) });
  if (images.length === 0) throw notTracked(repo);
  const tags = await newestTags(deps.store, latest);
  const chosen = tags.filter(({ registry }) => view.registry === '' || view.registry === registry);
  const isShown = textFilter(view.search);
  const chart = await tagChart(deps, view, chosen, {
    isShown,
    nameOf: (image) => nameOn(deps, image, repo),
  });
  return { repo, images, tags, chart, found: chosen.flatMap(tagRows).filter(({ tag }) => isShown(tag.name)) };
}

export function notTracked(repo: string): AppError {
  return new AppError('not_found', `${readable(repo)} is not tracked. Check the spelling, or add it to the configuration`);
}
