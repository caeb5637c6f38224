/** Lines next to each other: from the same start, with the period before, and as shares of their sum. */
import { fromEpochDay, toEpochDay, type EpochDay } from '../model/day.ts';
import { nextDay, shownUnder, sizeOf, type Chart, type ChartKind, type ChartLine, type ChartOptions } from './chart.ts';

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

export interface PreviousPeriod {
  /** What its chart is made of. */
  readonly options: ChartOptions;
  /** Days, weeks or months from it to the period itself. */
  readonly steps: number;
}

/** The equally long period before; undefined where the range has no first day, or is too long. */
export function previousPeriod(options: ChartOptions, today: EpochDay): PreviousPeriod | undefined {
  const { kind, from } = options;
  if (from === undefined) return undefined;
  const to = options.to === undefined ? today : Math.min(toEpochDay(options.to), today);
  const [start, end] = [toEpochDay(shownUnder(toEpochDay(from), kind)), toEpochDay(shownUnder(to, kind))];
  const steps = countSteps(start, end, kind);
  if (steps === 0 || steps > maxSteps) return undefined;
  const range = { from: fromEpochDay(stepBack(start, steps, kind)), to: fromEpochDay(start - 1) };
  // All lines that there are: the largest of the period before may be others.
  return { steps, options: { ...options, ...range, maxLines: Infinity } };
}

/** The chart with the lines of the period before, one whole day, week or month under the other. */
export function withPrevious(chart: Chart, past: Chart, kind: ChartKind, steps: number): Chart {
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
