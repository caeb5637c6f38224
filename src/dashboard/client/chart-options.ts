/** How uPlot is to draw a chart: lines for totals, bars for pulls, and marks where a value is not simply one that was read. */
import uPlot from 'uplot';
import type { ChartData } from './chart-data.ts';
import { dashOf, inkOf, patternOf, swatchOf, type Ink } from './ink.ts';
import { barShare, drawMarks, fadeLast, mostBarPixels } from './marks.ts';

export interface Drawing {
  readonly options: uPlot.Options;
  readonly columns: uPlot.AlignedData;
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const font = '12px system-ui, sans-serif';
const daySeconds = 86_400;
/** Pixels from one label to the next, at the least. */
const labelSpace = 64;
/** uPlot takes steps of 30 days for months and of 365 for years. */
const wholeDays = [1, 2, 3, 7, 14, 30, 60, 90, 180, 365, 730, 1825].map((days) => days * daySeconds);

/** `goesOn`: the last day, week or month has not ended. `onPoint` hears of the point under the cursor. */
export function chartOptions(
  data: ChartData,
  { kind, goesOn }: { readonly kind: string; readonly goesOn: boolean },
  size: { readonly width: number; readonly height: number },
  onPoint: (at: number | undefined) => void,
): Drawing {
  const ink = inkOf();
  const isTotal = kind === 'total';
  const seconds = data.days.map((day) => Date.parse(`${day}T00:00:00Z`) / 1000);
  // uPlot would show years around a single day.
  const oneDay = [seconds[0] ?? 0, seconds[0] ?? 0] as const;
  // Bars are stacked, so each is drawn from the ground over the ones that reach higher.
  const columns = isTotal ? data.lines.map(({ values }) => [...values]) : stacked(data);
  const series = data.lines.map((_, at) => seriesOf(data, at, isTotal, ink));
  const order = isTotal ? series.map((_, at) => at) : series.map((_, at) => series.length - 1 - at);
  return {
    columns: [seconds, ...order.map((at) => columns[at] ?? [])],
    options: {
      ...size,
      tzDate: (timestamp) => uPlot.tzDate(new Date(timestamp * 1000), 'Etc/UTC'),
      padding: [16, 16, 0, 4],
      cursor: { y: false, points: { size: 7 }, drag: { x: true, y: false } },
      legend: {
        show: data.lines.length > 1,
        live: false,
        markers: {
          width: isTotal ? 2 : 0,
          fill: (_, at) => (isTotal ? 'transparent' : swatchOf(colorOf(ink, order[at - 1] ?? 0), order[at - 1] ?? 0)),
          stroke: (_, at) => colorOf(ink, order[at - 1] ?? 0),
          dash: (_, at) => ['solid', 'dashed', 'dotted', 'double'][(order[at - 1] ?? 0) % 4] ?? 'solid',
        },
      },
      scales: {
        x: { time: true, range: (_, min, max) => aroundDays(seconds.length === 1 ? oneDay : [min, max], kind) },
        y: { range: (_, min, max) => aroundValues(min, max, isTotal) },
      },
      axes: [
        {
          stroke: ink.muted,
          font,
          grid: { show: false },
          ticks: { stroke: ink.line, width: 1, size: 4 },
          space: labelSpace,
          size: 30,
          incrs: wholeDays,
          ...(kind === 'weekly' || kind === 'monthly' ? { splits: atBars(seconds, kind) } : {}),
          values: (_, splits) => dayTexts(splits, kind),
        },
        {
          stroke: ink.muted,
          font,
          grid: { stroke: ink.line, width: 1 },
          ticks: { show: false },
          size: 56,
          // Pulls are whole.
          incrs: wholeSteps,
          values: (_, splits) => splits.map((value) => compact.format(value).replace('K', 'k')),
        },
      ],
      series: [{ label: 'Day' }, ...order.flatMap((at) => series[at] ?? [])],
      hooks: {
        drawClear: [(chart) => drawMarks(chart, data, kind, ink)],
        draw: goesOn && !isTotal ? [(chart) => fadeLast(chart, data, ink)] : [],
        setCursor: [(chart) => onPoint(chart.cursor.idx ?? undefined)],
      },
    },
  };
}

function seriesOf({ lines }: ChartData, at: number, isTotal: boolean, ink: Ink): uPlot.Series {
  const color = colorOf(ink, at);
  const label = lines[at]?.label ?? '';
  if (isTotal) {
    const fill = lines.length === 1 ? { fill: `${color}22` } : {};
    return { label, stroke: color, width: 2, dash: dashOf(at), ...fill, points: { show: (lines[at]?.values.length ?? 0) < 3 } };
  }
  const bars = uPlot.paths.bars?.({ size: [barShare, mostBarPixels, 1], radius: 0.1 });
  return {
    label,
    stroke: color,
    width: 1,
    fill: patternOf(color, at, ink.ground),
    ...(bars ? { paths: bars } : {}),
    points: { show: false },
  };
}

function colorOf({ lines, text }: Ink, at: number): string {
  return lines[at % lines.length] ?? text;
}

function stacked({ days, lines }: ChartData): (number | null)[][] {
  const sums: (number | null)[] = days.map(() => null);
  return lines.map(({ values }) =>
    values.map((value, at) => {
      if (value !== null) sums[at] = (sums[at] ?? 0) + value;
      return value === null ? null : (sums[at] ?? null);
    }),
  );
}

const dayAndMonth = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const monthAndYear = new Intl.DateTimeFormat('en', { month: 'short', year: 'numeric', timeZone: 'UTC' });

/** Of labels at these times. */
function dayTexts(seconds: readonly number[], kind: string): string[] {
  const [first = 0, second = first] = seconds;
  const isOfMonths = kind === 'monthly' || second - first >= (kind === 'weekly' ? 90 : 28) * daySeconds;
  const format = isOfMonths ? monthAndYear : dayAndMonth;
  return seconds.map((each) => format.format(new Date(each * 1000)));
}

/** Labels of weeks and months stand under their bars, where uPlot would count from the first day in view. */
function atBars(seconds: readonly number[], kind: string): Extract<uPlot.Axis.Splits, (...args: never[]) => unknown> {
  return (_, __, min, max, foundStep, foundSpace) => {
    const barSpace = (foundSpace / foundStep) * (barDays[kind] ?? 1) * daySeconds;
    const every = Math.max(1, Math.ceil(labelSpace / barSpace));
    return seconds.filter((each, at) => at % every === 0 && each >= min && each <= max);
  };
}

const wholeSteps = Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();

const barDays: Readonly<Record<string, number>> = { daily: 1, weekly: 7, monthly: 30 };

/** Room for the first and the last bar. */
function aroundDays([min, max]: readonly [number, number], kind: string): [number, number] {
  const half = ((barDays[kind] ?? 0.5) * daySeconds) / 2;
  return [min - half, max + half];
}

/** Bars begin at 0; a line of totals uses the height, unless that would make little look like much. */
function aroundValues(min: number, max: number, isTotal: boolean): [number, number] {
  const top = max === 0 ? 1 : max + (max - (isTotal ? min : 0)) * 0.08;
  if (!isTotal) return [0, Math.max(top, 1)];
  const bottom = min - (max - min) * 0.1;
  return min < max * 0.3 || min === max ? [0, Math.max(top, max * 1.1, 1)] : [Math.max(0, bottom), top];
}
