import { chartSvg } from '../../badge/chart.ts';
import { pointsOf } from '../../badge/points.ts';
import { dayOf, fromEpochDay, toEpochDay } from '../../core/model/day.ts';
import { buildChart, isPartial, type ChartKind } from '../../core/numbers/chart.ts';
import { agedSince } from '../../core/views/images.ts';
import { seriesWithFreezes } from '../../core/views/frozen-series.ts';
import { withGroups } from '../../core/views/groups.ts';
import type { ApiDeps } from '../deps.ts';
import { ageLimit, embedParams, embedResponses, parseEmbedded } from '../embed.ts';
import { endpoint } from '../endpoint.ts';
import { embedHeaders } from '../headers.ts';
import { dayRange } from '../parameters.ts';
import { choice, withDefault } from '../query.ts';
import { text } from '../schema.ts';

const titles: Readonly<Record<ChartKind, string>> = {
  total: 'Cumulative pulls',
  daily: 'Daily pulls',
  average: 'Pulls a day, 7-day average',
  weekly: 'Weekly pulls',
  monthly: 'Monthly pulls',
};
/** Days that are shown where the address says nothing. */
const defaultDays = 90;

export const chartEndpoint = endpoint({
  path: '/chart/:registry/:file{.+}',
  summary: 'A chart for a README',
  params: embedParams('owner/name.svg'),
  query: {
    range: dayRange,
    kind: withDefault(choice('kind', ['total', 'daily', 'average', 'weekly', 'monthly']), 'daily'),
    theme: withDefault(choice('theme', ['light', 'dark']), 'light'),
  },
  responses: embedResponses({ 'image/svg+xml': text() }),
  headers: embedHeaders,
  async handle({ params, query }, deps: Pick<ApiDeps, 'store' | 'clock' | 'registries' | 'groups' | 'status' | 'staleAfterMs'>) {
    const { name, query: images } = parseEmbedded(params, deps, ['svg']);
    const { kind, theme } = query;
    const today = toEpochDay(dayOf(deps.clock.now()));
    const { from = fromEpochDay(today - defaultDays + 1) } = query.range;
    // The average of a day waits for its end.
    const to = kind === 'average' ? fromEpochDay(Math.min(today - 1, toEpochDay(query.range.to ?? fromEpochDay(today)))) : query.range.to;
    const grouped = withGroups(images, deps.groups);
    const [known, latest] = await Promise.all([seriesWithFreezes(deps.store, grouped.query), deps.store.latest(grouped.query)]);
    const series = grouped.named(known.series);
    const chart = buildChart(series, { kind, split: 'none', maxLines: 1, from, to });
    const svg = chartSvg({
      title: `${titles[kind]} of ${name}`,
      points: pointsOf(chart),
      kind,
      isPartial: isPartial(chart, kind, today),
      agedSince: agedSince(
        latest.filter(grouped.has).map(({ readAt: lastRead }) => ({ lastRead })),
        ageLimit(deps),
      ),
      theme,
      width: 720,
      height: 240,
    });
    return { type: 'image/svg+xml', chunks: [svg], status: series.length === 0 ? 404 : 200 };
  },
});
