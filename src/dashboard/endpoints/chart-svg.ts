import { chartSvg } from '../../badge/chart.ts';
import { pointsOf } from '../../badge/points.ts';
import { isPartial } from '../../core/numbers/chart.ts';
import { endpoint } from '../../http/endpoint.ts';
import { imageHeaders } from '../../http/headers.ts';
import { choice, withDefault } from '../../http/query.ts';
import { todayOf, type PageDeps } from '../context.ts';
import { overviewOf } from '../overview-data.ts';
import { chartTitle, viewField } from '../view.ts';

export const chartSvgEndpoint = endpoint({
  path: '/data/chart.svg',
  summary: 'The chart of a view as an image, for those without JavaScript',
  query: { view: viewField, theme: withDefault(choice('theme', ['light', 'dark']), 'light') },
  headers: imageHeaders,
  async handle({ query: { view, theme } }, deps: PageDeps) {
    const summed = { ...view, split: 'none' } as const;
    const { chart } = (await overviewOf(deps, summed)).shown;
    const svg = chartSvg({
      title: chartTitle(summed),
      points: pointsOf(chart),
      kind: summed.kind,
      isPartial: isPartial(chart, summed.kind, todayOf(deps)),
      theme,
      width: 960,
      height: 320,
    });
    return { type: 'image/svg+xml', chunks: [svg] };
  },
});
