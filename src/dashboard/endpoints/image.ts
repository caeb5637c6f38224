import { shownRecordedKinds } from '../../core/model/event.ts';
import { canonicalRepo } from '../../core/model/image-ref.ts';
import { withGroups } from '../../core/views/groups.ts';
import { newestTags } from '../../core/views/tags.ts';
import { embedField } from '../embed.ts';
import { imagePage, registriesOf } from '../image.ts';
import { knownGroupedImages } from '../known-images.ts';
import { notTracked } from '../known-tags.ts';
import { pageEndpoint, pageOf } from '../page-endpoint.ts';
import { pageViewField } from '../view.ts';

export const imageEndpoint = pageEndpoint({
  path: '/images/:name{.+}',
  summary: 'One image in its registries, or the images of a group',
  query: { view: pageViewField, embed: embedField },
  async page({ params, query: { view, embed }, origin }, deps) {
    const { store, groups } = deps;
    const repo = canonicalRepo((params['name'] ?? '').replace(/\/+$/, ''));
    const grouped = withGroups({ repos: new Set([repo]) }, groups);
    const known = await knownGroupedImages(store, grouped);
    if (registriesOf(deps, repo, known).length === 0) throw notTracked(repo);
    const [tags, events] = await Promise.all([
      newestTags(store, known.latest),
      store.events({ ...grouped.query, kinds: shownRecordedKinds }),
    ]);
    const recorded = events.filter(grouped.hasEvent);
    const page = await imagePage(deps, { repo, known, recorded, tags, view, embed, origin });
    return pageOf(page, view.problem);
  },
});
