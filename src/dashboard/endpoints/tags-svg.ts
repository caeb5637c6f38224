import { AppError } from '../../core/model/errors.ts';
import { endpoint } from '../../http/endpoint.ts';
import { imageHeaders } from '../../http/headers.ts';
import { choice, textParameters, withDefault, type Field } from '../../http/query.ts';
import { titleOf, type PageDeps } from '../context.ts';
import { knownTags } from '../known-tags.ts';
import { seriesSvg } from '../series-svg.ts';
import { chartSubtitle } from '../shown-chart.ts';
import { tagViewField } from '../tag-view.ts';
import { tagChartNote, tagChartTitle } from '../tags-page.ts';

const image: Field<string> = { parameters: textParameters('image'), parse: (query) => query.get('image') ?? '' };

export const tagsSvgEndpoint = endpoint({
  path: '/data/tags.svg',
  summary: 'The chart of tags as an image: to save, and for those without JavaScript',
  query: { image, view: tagViewField, theme: withDefault(choice('theme', ['light', 'dark']), 'light') },
  headers: imageHeaders,
  async handle({ query: { image: name, view, theme } }, deps: PageDeps) {
    const { repo, chart } = await knownTags(deps, name, view);
    if (!chart) throw new AppError('not_found', 'no registry counts pulls of these tags');
    const subtitle = [chartSubtitle(chart.shown, view.view, titleOf(deps, view.view.registry)), tagChartNote(chart)];
    const texts = { title: tagChartTitle(view.view, repo), subtitle: subtitle.filter((text) => text !== undefined).join(' · ') };
    return { type: 'image/svg+xml', chunks: [seriesSvg(chart.shown, texts, theme)] };
  },
});
