import { seriesChartSvg } from '../badge/series-chart.ts';
import { lineTitle, type ShownChart } from './shown-chart.ts';

/** A chart of several lines as the server draws it. */
export function seriesSvg(
  { chart, kind, look, scale, partial }: ShownChart,
  texts: { readonly title: string; readonly subtitle: string },
  theme: 'light' | 'dark',
): string {
  return seriesChartSvg({
    ...texts,
    days: chart.days,
    lines: chart.lines.map((line) => ({ ...line, label: lineTitle(line.label) })),
    kind,
    look,
    scale,
    partial: { first: partial.first !== undefined, last: partial.last !== undefined },
    theme,
  });
}
