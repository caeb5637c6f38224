import { chartSvg } from '../../badge/chart.ts';
import { pointsOf } from '../../badge/points.ts';
import { withGroups } from '../../core/views/groups.ts';
import { endpoint } from '../../http/endpoint.ts';
import { imageHeaders } from '../../http/headers.ts';
import { choice, withDefault } from '../../http/query.ts';
import { titleOf, type PageDeps } from '../context.ts';
import { imageChart } from '../image.ts';
import { knownGroupedImages } from '../known-images.ts';
import { overviewOf } from '../overview-data.ts';
import { seriesSvg } from '../series-svg.ts';
import { chartSubtitle, type ShownChart } from '../shown-chart.ts';
import { chartTitle, viewField, type View } from '../view.ts';

export const chartSvgEndpoint = endpoint({
  path: '/data/chart.svg',
  summary: 'The chart of a view as an image: to save, and for those without JavaScript',
  query: { view: viewField, theme: withDefault(choice('theme', ['light', 'dark']), 'light') },
  headers: imageHeaders,
  async handle({ query: { view, theme } }, deps: PageDeps) {
    const shown = await shownOf(deps, view);
    const svg = isSimple(shown)
      ? chartSvg({
          title: chartTitle(view),
          points: pointsOf(shown.chart),
          kind: view.kind,
          isPartial: shown.partial.last !== undefined,
          startsPartial: shown.partial.first !== undefined,
          theme,
          width: 960,
          height: 320,
        })
      : seriesSvg(shown, { title: chartTitle(view), subtitle: chartSubtitle(shown, view, titleOf(deps, view.registry)) }, theme);
    return { type: 'image/svg+xml', chunks: [svg] };
  },
});

/** The same chart as the page of the view shows. */
async function shownOf(deps: PageDeps, view: View): Promise<ShownChart> {
  const [repo, ...others] = view.repos;
  if (repo === undefined || others.length > 0) return (await overviewOf(deps, view)).shown;
  const registries = view.registry === '' ? undefined : new Set([view.registry]);
  const grouped = withGroups({ registries, repos: new Set([repo]) }, deps.groups);
  return imageChart(deps, view, await knownGroupedImages(deps.store, grouped));
}

/** Whether it is a single line, of which can be drawn how each value is known. */
function isSimple({ chart: { lines }, scale }: ShownChart): boolean {
  return scale === 'linear' && (lines.length === 0 || (lines.length === 1 && lines[0]?.previous === undefined));
}
