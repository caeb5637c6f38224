import { cutPage, pagingField } from '../../http/paging.ts';
import { pageEndpoint, pageOf } from '../page-endpoint.ts';
import { knownTags } from '../known-tags.ts';
import { tagKeyLength, tagOrder, tagOrderName } from '../tag-rows.ts';
import { tagQuery, tagViewField } from '../tag-view.ts';
import { tagsOnPage, tagsPage } from '../tags-page.ts';

export const tagsPageEndpoint = pageEndpoint({
  path: '/tags/:name{.+}',
  summary: 'The tags of one image, or of the images of a group',
  query: { view: tagViewField, paging: pagingField(tagOrderName, tagKeyLength) },
  async page({ params, query: { view, paging } }, deps) {
    const known = await knownTags(deps, params['name'] ?? '', view);
    const order = tagOrder(view);
    const keyed = known.found.map((row) => ({ row, key: order.key(row) }));
    const found = keyed.toSorted((a, b) => order.compare(a.key, b.key)).map(({ row }) => row);
    const cut = { limit: tagsOnPage, after: paging?.after, others: tagQuery(view).slice(1) };
    return pageOf(tagsPage(deps, { ...known, view, found, shown: cutPage(found, cut, order) }), view.view.problem);
  },
});
