/** The axes of a chart: days below, and values with as many digits as tell them apart. */
import type uPlot from 'uplot';
import { tickText } from '../../core/views/tick-text.ts';
import { secondsOf, type ChartData } from './chart-data.ts';
import type { Ink } from './ink.ts';

const font = '12px system-ui, sans-serif';
const daySeconds = 86_400;
/** Pixels from one label to the next, at the least. */
const labelSpace = 64;
/** uPlot takes steps of 30 days for months and of 365 for years. */
const wholeDays = [1, 2, 3, 7, 14, 30, 60, 90, 180, 365, 730, 1825].map((days) => days * daySeconds);
const characterWidth = 7.2;

export function axesOf({ days, kind, scale }: ChartData, ink: Ink): uPlot.Axis[] {
  const seconds = days.map(secondsOf);
  return [
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
      gap: 8,
      size: (_, texts) => Math.max(40, Math.max(...(texts ?? []).map((text) => (text ?? '').length)) * characterWidth + 16),
      ...(scale === 'log' ? {} : { incrs: kind === 'average' ? [0.1, 0.2, 0.5, ...wholeSteps] : wholeSteps }),
      values: (_, splits) => valueTexts(splits, scale),
    },
  ];
}

function valueTexts(splits: readonly (number | null)[], scale: ChartData['scale']): string[] {
  const [first, second] = splits;
  const step = (second ?? first ?? 0) - (first ?? 0);
  // On a logarithmic scale the next value is about as far as this is from 0.
  return splits.map((value) => (value === null ? '' : tickText(value, scale === 'log' ? value : step)));
}

/** Room around the values; bars begin at 0, a line uses the height unless that would make little look like much. */
export function scalesOf({ days, kind, look, scale }: ChartData): uPlot.Scales {
  const seconds = days.map(secondsOf);
  // uPlot would show years around a single day.
  const oneDay = [seconds[0] ?? 0, seconds[0] ?? 0] as const;
  return {
    x: { time: true, range: (_, min, max) => aroundDays(seconds.length === 1 ? oneDay : [min, max], kind) },
    y:
      scale === 'log'
        ? { distr: 3, range: (_, min, max) => aroundLogarithms(min, max) }
        : { range: (_, min, max) => aroundValues(min, max, look === 'lines') },
  };
}

/** Null where no value is known. */
function aroundLogarithms(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [1, 10];
  const [low, high] = [10 ** Math.floor(Math.log10(min)), 10 ** Math.ceil(Math.log10(max))];
  return [low, high > low ? high : low * 10];
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
  return (...[, , min, max, foundStep, foundSpace]) => {
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

function aroundValues(min: number | null, max: number | null, isLine: boolean): [number, number] {
  if (min === null || max === null) return [0, 1];
  const top = max === 0 ? 1 : max + (max - (isLine ? min : 0)) * 0.08;
  if (!isLine) return [0, Math.max(top, 1)];
  const bottom = min - (max - min) * 0.1;
  return min < max * 0.3 || min === max ? [0, Math.max(top, max * 1.1, 1)] : [Math.max(0, bottom), top];
}

/** Where the axis of values begins, if that is above 0: the text that says so. */
export function cutText(chart: uPlot, { scale, look }: ChartData): string {
  const { min = 0, max = 0 } = chart.scales['y'] ?? {};
  if (scale === 'log' || look === 'bars' || min === undefined || min === null || min <= 0) return '';
  const step = 10 ** Math.floor(Math.log10(Math.max(((max ?? min) - min) / 10, 1)));
  return `axis starts at ${tickText(Math.round(min / step) * step, step)}`;
}
