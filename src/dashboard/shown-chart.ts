/** The chart of a view: its numbers, how it is drawn, and what of it is partial. */
import { isPartial, nextDay, sumLabel, type Chart, type ChartKind, type ChartOptions } from '../core/numbers/chart.ts';
import { previousPeriod, summarizeLines, toIndex, withPrevious, type LineSummary } from '../core/numbers/comparison.ts';
import { fromEpochDay, toEpochDay, type Day, type EpochDay } from '../core/model/day.ts';
import { readable } from './layout.ts';
import { chartOptions, isCompared, ranges, type View } from './view.ts';

export interface ShownChart {
  readonly chart: Chart;
  readonly kind: ChartKind;
  readonly look: 'bars' | 'lines';
  readonly scale: View['scale'];
  readonly unit: 'pulls' | 'index';
  /** One a line, of the pulls also where the lines are indexed; only where several images are compared. */
  readonly summaries: readonly LineSummary[];
  /** The first day that is known, where the range begins before it. */
  readonly historyBegins?: Day | undefined;
  /** The last day that is in it. */
  readonly lastDay: Day | undefined;
  /** Whether some pulls are in several lines, so that the lines have no sum. */
  readonly isOverlapping?: true | undefined;
  /** What is said of the first and of the last day, week or month. */
  readonly partial: { readonly first?: string; readonly last?: string };
}

/** `build`: makes a chart of what the view shows. */
export async function shownChart(
  build: (options: ChartOptions) => Chart | Promise<Chart>,
  view: View,
  today: EpochDay,
  maxLines: number,
): Promise<ShownChart> {
  const options = chartOptions(view, today, maxLines);
  const { kind } = view;
  const before = view.previous ? previousPeriod(options, today) : undefined;
  const bare = await build(options);
  const pulls = before ? withPrevious(bare, await build(before.options), kind, before.steps) : bare;
  const isIndexed = isCompared(view) && view.values === 'indexed';
  const look = isCompared(view) || kind === 'total' || kind === 'average' ? 'lines' : 'bars';
  return {
    chart: isIndexed ? toIndex(pulls) : pulls,
    kind,
    look,
    scale: look === 'lines' ? view.scale : 'linear',
    unit: isIndexed ? 'index' : 'pulls',
    historyBegins: historyBegins(bare, options),
    summaries: isCompared(view) ? summarizeLines(pulls, kind) : [],
    lastDay: lastDayOf(pulls, kind, today),
    partial: {
      ...(pulls.startsPartial ? { first: 'partial: the history starts in it' } : {}),
      ...(isPartial(pulls, kind, today) ? { last: 'in progress' } : {}),
    },
  };
}

function historyBegins({ days, lines }: Chart, { from }: ChartOptions): Day | undefined {
  const first = days.find((_, at) => lines.some(({ values }) => (values[at] ?? null) !== null));
  return from !== undefined && first !== undefined && first > from ? first : undefined;
}

function lastDayOf({ days }: Chart, kind: ChartKind, today: EpochDay): Day | undefined {
  const last = days.at(-1);
  return last === undefined ? undefined : fromEpochDay(Math.max(toEpochDay(last), Math.min(today, nextDay(toEpochDay(last), kind) - 1)));
}

/** What a line is called; the only line of a sum is just pulls. */
export function lineTitle(label: string): string {
  return label === sumLabel ? 'Pulls' : readable(label);
}

/** What a chart shows beside its title: its days, and what it is cut to. `registryTitle`: of the view's registry. */
export function chartSubtitle(
  { chart, unit, scale, lastDay, historyBegins: begins }: ShownChart,
  view: View,
  registryTitle: string,
): string {
  const [first] = chart.days;
  const range = view.range === 'custom' ? '' : `${ranges[view.range]}: `;
  return [
    ...(first === undefined ? [] : [`${range}${first} to ${lastDay ?? first}`]),
    ...(begins === undefined ? [] : [`history begins ${begins}`]),
    ...(view.registry === '' ? [] : [registryTitle]),
    ...(view.search === '' || view.repos.length > 0 ? [] : [`filter “${view.search}”`]),
    ...(unit === 'index' ? ['start = 100'] : []),
    ...(scale === 'log' ? ['logarithmic scale'] : []),
  ].join(' · ');
}
