/** How uPlot is to draw a chart: lines or bars, and marks where a value is not simply one that was read. */
import uPlot from 'uplot';
import { axesOf, cutText, scalesOf } from './chart-axes.ts';
import { secondsOf, visibleLines, type ChartData, type Values } from './chart-data.ts';
import { colorOf, dashOf, faded, inkOf, patternOf, type Ink } from './ink.ts';
import { barShare, drawCut, drawMarks, fadeAt, hollowAt, maxBarPixels } from './marks.ts';
import { drawReleases } from './releases.ts';
import { stack, sumByDay } from './stack.ts';

export interface Drawing {
  readonly options: uPlot.Options;
  readonly columns: uPlot.AlignedData;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What the chart tells of: the point under the cursor, and a stretch of days that was dragged over. */
export interface Listeners {
  readonly onPoint: (chart: uPlot) => void;
  readonly onStretch: (chart: uPlot) => void;
}

interface Column {
  readonly series: uPlot.Series;
  readonly values: Values;
}

/** `hidden`: labels of lines that are not drawn; bars close up over them. */
export function chartOptions(data: ChartData, hidden: ReadonlySet<string>, size: Size, { onPoint, onStretch }: Listeners): Drawing {
  const ink = inkOf();
  const columns = data.look === 'lines' ? lineColumns(data, hidden, ink) : barColumns(data, hidden, ink);
  return {
    columns: [data.days.map(secondsOf), ...columns.map(({ values }) => forScale(values, data))],
    options: {
      ...size,
      tzDate: (timestamp) => uPlot.tzDate(new Date(timestamp * 1000), 'Etc/UTC'),
      padding: [16, 16, 0, 4],
      cursor: { y: false, points: { size: 7 }, drag: { x: true, y: false, setScale: false, dist: 6 } },
      legend: { show: false },
      scales: scalesOf(data),
      axes: axesOf(data, ink),
      series: [{ label: 'Day' }, ...columns.map(({ series }) => series)],
      hooks: {
        drawClear: [(chart) => drawMarks(chart, data, ink)],
        draw: [
          (chart) => {
            for (const at of partialPoints(data)) markPartial(chart, at, data, { hidden, ink });
            if (cutText(chart, data) !== '') drawCut(chart, ink);
            // Over bars, lines and grid, so that they can be read.
            drawReleases(chart, data, ink);
          },
        ],
        setCursor: [onPoint],
        setSelect: [onStretch],
      },
    },
  };
}

/** Of the first and the last point those that are not whole; a total is whole at any time. */
function partialPoints({ partial, days, kind }: ChartData): ReadonlySet<number> {
  if (kind === 'total') return new Set();
  return new Set([...(partial.first === undefined ? [] : [0]), ...(partial.last === undefined ? [] : [days.length - 1])]);
}

function markPartial(chart: uPlot, at: number, data: ChartData, { hidden, ink }: Looks): void {
  const lines = visibleLines(data, hidden);
  if (data.look === 'bars') return fadeAt(chart, at, sumByDay(lines.map(([{ values }]) => values))[at] ?? 0, ink);
  hollowAt(
    chart,
    at,
    lines.map(([{ values }, place]) => [forScale(values, data)[at], colorOf(ink, place)]),
    ink.ground,
  );
}

interface Looks {
  readonly hidden: ReadonlySet<string>;
  readonly ink: Ink;
}

/** A logarithmic scale has no place for 0. */
function forScale(values: Values, { scale }: ChartData): (number | null)[] {
  return values.map((value) => (scale === 'log' && value !== null && value <= 0 ? null : value));
}

function lineColumns(data: ChartData, hidden: ReadonlySet<string>, ink: Ink): Column[] {
  const lines = visibleLines(data, hidden);
  const few = data.days.length < 3;
  const before = lines.flatMap(([{ previous }, place]): Column[] =>
    previous ? [{ series: previousSeries(faded(colorOf(ink, place), 0.45)), values: previous }] : [],
  );
  const now = lines.map(([{ label, values }, place]): Column => {
    const color = colorOf(ink, place);
    const fill = data.lines.length === 1 && data.scale === 'linear' ? { fill: faded(color, 0.13) } : {};
    return { series: { label, stroke: color, width: 2, dash: dashOf(place), ...fill, points: { show: few } }, values };
  });
  return [...before, ...now];
}

/** Bars are stacked, so each is drawn from the ground over the ones that reach higher. */
function barColumns(data: ChartData, hidden: ReadonlySet<string>, ink: Ink): Column[] {
  const lines = visibleLines(data, hidden);
  const tops = stack(lines.map(([{ values }]) => values));
  const bars = uPlot.paths.bars?.({ size: [barShare, maxBarPixels, 1], radius: 0.1 });
  const columns = lines.map(([{ label }, place], at): Column => {
    const color = colorOf(ink, place);
    const look = { stroke: color, width: 1, fill: patternOf(color, place, ink.ground), points: { show: false } };
    return { series: { label, ...look, ...(bars ? { paths: bars } : {}) }, values: tops[at] ?? [] };
  });
  const before = lines.flatMap(([{ previous }]) => (previous ? [previous] : []));
  const past: Column[] = before.length === 0 ? [] : [{ series: previousSeries(faded(ink.text, 0.6)), values: sumByDay(before) }];
  return [...columns.toReversed(), ...past];
}

function previousSeries(stroke: string): uPlot.Series {
  return { label: 'Previous period', stroke, width: 1.5, dash: [4, 4], points: { show: false } };
}
