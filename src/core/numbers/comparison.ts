/** Lines next to each other: from the same start, with the period before, and as shares of their sum. */
import { fromEpochDay, toEpochDay, type EpochDay } from '../model/day.ts';
import type { ImageSeries } from '../model/history.ts';
import { buildChart, nextDay, shownUnder, sizeOf, type Chart, type ChartKind, type ChartLine, type ChartOptions } from './chart.ts';

type Values = readonly (number | null)[];

/** What an index starts with. */
export const indexStart = 100;

/** The chart with every line as an index: its first value above 0 is 100, what is before it is left out. */
export function toIndex(chart: Chart): Chart {
  return {
    ...chart,
    lines: chart.lines.map((line) => ({
      ...line,
      values: indexed(line.values),
      ...(line.previous ? { previous: indexed(line.previous) } : {}),
    })),
  };
}

function indexed(values: Values): (number | null)[] {
  const start = values.findIndex((value) => value !== null && value > 0);
  const base = values[start] ?? 0;
  return values.map((value, at) => (value === null || start < 0 || at < start ? null : Math.round((value / base) * indexStart * 10) / 10));
}

/** The chart with the same lines over the equally long period before, one whole day, week or month under the other; as it is where it has no first day. */
export function withPrevious(series: readonly ImageSeries[], chart: Chart, options: ChartOptions, today: EpochDay): Chart {
  const { kind, from } = options;
  if (from === undefined) return chart;
  const to = options.to === undefined ? today : Math.min(toEpochDay(options.to), today);
  const [start, end] = [toEpochDay(shownUnder(toEpochDay(from), kind)), toEpochDay(shownUnder(to, kind))];
  if (end < start) return chart;
  const steps = countSteps(start, end, kind);
  if (steps > maxSteps) return chart;
  const before = stepBack(start, steps, kind);
  // All lines that there are: the largest of the period before may be others.
  const past = buildChart(series, { ...options, maxLines: Infinity, from: fromEpochDay(before), to: fromEpochDay(start - 1) });
  const byDay = new Map(past.days.map((day, at) => [day, at]));
  const earlier = chart.days.map((day) => byDay.get(fromEpochDay(stepBack(toEpochDay(day), steps, kind))));
  const lines = chart.lines.map((line): ChartLine => {
    const found = past.lines.find(({ label }) => label === line.label);
    return found ? { ...line, previous: earlier.map((at) => (at === undefined ? null : (found.values[at] ?? null))) } : line;
  });
  return { ...chart, lines };
}

/** A century of days; before a longer range there is nothing. */
const maxSteps = 36_525;

function countSteps(start: EpochDay, end: EpochDay, kind: ChartKind): number {
  let steps = 0;
  for (let day = start; day <= end && steps <= maxSteps; day = nextDay(day, kind)) steps += 1;
  return steps;
}

/** The day, Monday or 1st so many days, weeks or months before. */
function stepBack(day: EpochDay, steps: number, kind: ChartKind): EpochDay {
  if (kind === 'weekly') return day - 7 * steps;
  if (kind !== 'monthly') return day - steps;
  const [year = 0, month = 1] = fromEpochDay(day).split('-').map(Number);
  const months = year * 12 + month - 1 - steps;
  return toEpochDay(`${String(Math.floor(months / 12)).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}-01`);
}

/** What a line of a chart comes to. */
export interface LineSummary {
  readonly label: string;
  /** The sum of its pulls, or its last total; absent where nothing is known. */
  readonly value: number | undefined;
  /** Of the sum of all lines, from 0 to 1; absent where that is 0. */
  readonly share: number | undefined;
  /** The same of the period before, where that is known. */
  readonly previous: number | undefined;
}

/** Of a chart whose lines are not indexed. An average comes to its mean. */
export function summarizeLines({ lines }: Pick<Chart, 'lines'>, kind: ChartKind): readonly LineSummary[] {
  const values = lines.map((line) => summaryOf(line.values, kind));
  const sum = values.reduce<number>((all, value) => all + (value ?? 0), 0);
  return lines.map(({ label, previous }, at) => ({
    label,
    value: values[at],
    share: values[at] === undefined || sum <= 0 ? undefined : (values[at] ?? 0) / sum,
    previous: previous && summaryOf(previous, kind),
  }));
}

function summaryOf(values: Values, kind: ChartKind): number | undefined {
  const count = values.filter((value) => value !== null).length;
  if (count === 0) return undefined;
  const size = sizeOf({ values }, kind);
  return kind === 'average' ? Math.round((size / count) * 10) / 10 : size;
}
