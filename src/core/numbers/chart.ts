/** The data of a chart: lines over days, weeks or months, with remarks where a value was not simply read. */
import { fromEpochDay, toEpochDay, type Day, type EpochDay } from '../model/day.ts';
import { endOfPeriod } from './period.ts';
import type { ImageSeries } from '../model/history.ts';
import { compareText } from '../model/image.ts';
import { toAverages } from './moving-average.ts';
import { averagesByDay, pullsByDay, pullsByPeriod, totalsByDay, type SeriesRow } from './series.ts';
import { type DayRange } from '../model/query.ts';
import { isRemarkable, partsByDay, periods, type ChartKind, type ValueParts } from './value-parts.ts';

export type { ChartKind, ValueParts } from './value-parts.ts';
export { shownUnder } from './value-parts.ts';

export type ChartSplit = 'none' | 'registry' | 'image';

export interface ChartOptions extends DayRange {
  readonly kind: ChartKind;
  /** What has a line of its own. */
  readonly split: ChartSplit;
  /** Maximum number of lines; the smallest are summed in the last one. */
  readonly maxLines: number;
}

export interface ChartLine {
  readonly label: string;
  /** One value a day of the chart; null where none is known. */
  readonly values: readonly (number | null)[];
  /** The same of the equally long period before, where that is asked for. */
  readonly previous?: readonly (number | null)[];
}

export interface Chart {
  /** Every day, Monday or 1st from the first value to the last, without holes. */
  readonly days: readonly Day[];
  /** The largest first, by what is shown; the others last. */
  readonly lines: readonly ChartLine[];
  /** By day; days without any are not there. */
  readonly remarks: ReadonlyMap<Day, ValueParts>;
  /** Whether the history begins in the first week or month, so that its value is partial. */
  readonly startsPartial: boolean;
}

/** The label of a chart's only line. */
export const sumLabel = 'all';
/** The label of the line that sums the smallest. */
const restLabel = 'others';

/** The chart of these images. */
export function buildChart(series: readonly ImageSeries[], options: ChartOptions): Chart {
  const labelled = series.map((image) => ({ ...image, repo: toLabel(image, options.split) }));
  const kept = largest(labelled, options.maxLines);
  const merged = labelled.map((image) => (kept.has(image.repo) ? image : { ...image, repo: restLabel }));
  const values = new Map<string, Map<Day, number>>();
  let [first, last] = ['9999-12-31', ''];
  for (const { day, repo, value } of selectRows(merged, options)) {
    const line = values.get(repo) ?? new Map<Day, number>();
    values.set(repo, line.set(day, value));
    if (day < first) first = day;
    if (day > last) last = day;
  }
  const days = last === '' ? [] : daysBetween(first, last, options.kind);
  const order = [...kept, restLabel].filter((label) => values.has(label));
  const lines = order.map((label) => ({ label, values: days.map((day) => values.get(label)?.get(day) ?? null) }));
  return {
    days,
    lines: bySize(lines, options.kind),
    remarks: collectRemarks(series, options.kind, { days, lines }),
    startsPartial: startsPartial(series, days, options.kind),
  };
}

function toLabel({ registry, repo }: ImageSeries, split: ChartSplit): string {
  return split === 'none' ? sumLabel : split === 'registry' ? registry : repo;
}

/** The labels with the largest newest totals, the largest first; one place is left for the others where there are more. */
function largest(series: readonly ImageSeries[], maxLines: number): ReadonlySet<string> {
  const totals = new Map<string, number>();
  for (const { repo, totals: known } of series) totals.set(repo, (totals.get(repo) ?? 0) + (known[known.length - 1] ?? 0));
  const labels = [...totals].toSorted(([a, x], [b, y]) => y - x || compareText(a, b)).map(([label]) => label);
  return new Set(labels.length <= maxLines ? labels : labels.slice(0, maxLines - 1));
}

/** The largest first, by the last total or by the sum of the pulls shown. */
function bySize(lines: readonly ChartLine[], kind: ChartKind): ChartLine[] {
  const sizes = new Map(lines.map((line) => [line, line.label === restLabel ? -1 : sizeOf(line, kind)]));
  return lines.toSorted((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0));
}

/** What a line comes to: its last total, or the sum of its pulls. */
export function sizeOf({ values }: Pick<ChartLine, 'values'>, kind: ChartKind): number {
  const known = values.filter((value) => value !== null);
  return kind === 'total' ? (known.at(-1) ?? 0) : known.reduce((sum, value) => sum + value, 0);
}

function startsPartial(series: readonly ImageSeries[], days: readonly Day[], kind: ChartKind): boolean {
  const [first] = days;
  if (first === undefined || (kind !== 'weekly' && kind !== 'monthly')) return false;
  // Pulls of the first day need the total of the day before.
  return series.every((image) => image.days.length === 0 || (image.days[0] ?? 0) >= toEpochDay(first));
}

function selectRows(series: readonly ImageSeries[], { kind, from, to }: ChartOptions): Iterable<SeriesRow> {
  if (kind === 'total') return totalsByDay(series, { from, to });
  if (kind === 'average') return averagesByDay(series.map(toAverages), { from, to });
  return kind === 'daily' ? pullsByDay(series, { from, to }) : pullsByPeriod(series, periods[kind], { from, to });
}

function daysBetween(first: Day, last: Day, kind: ChartKind): Day[] {
  const days: Day[] = [];
  const end = toEpochDay(last);
  for (let day = toEpochDay(first); day <= end; day = nextDay(day, kind)) days.push(fromEpochDay(day));
  return days;
}

/** The day, Monday or 1st after this one. */
export function nextDay(day: EpochDay, kind: ChartKind): EpochDay {
  return kind === 'weekly' || kind === 'monthly' ? endOfPeriod(day, periods[kind]) + 1 : day + 1;
}

/** Whether the last day, week or month of a chart is still in progress: its value is partial. */
export function isPartial({ days }: Pick<Chart, 'days'>, kind: ChartKind, today: EpochDay): boolean {
  const last = days.at(-1);
  return last !== undefined && nextDay(toEpochDay(last), kind) > today;
}

/** What was not simply read, by day; each part is measured against what the chart shows on that day. */
function collectRemarks(
  series: readonly ImageSeries[],
  kind: ChartKind,
  { days, lines }: Pick<Chart, 'days' | 'lines'>,
): Map<Day, ValueParts> {
  // An average has no single reading of which anything could be said.
  if (kind === 'average') return new Map();
  const parts = partsByDay(series, kind);
  const remarks = new Map<Day, ValueParts>();
  for (const [at, day] of days.entries()) {
    const found = parts.get(day);
    if (!found || !isRemarkable(found)) continue;
    remarks.set(day, { ...found, value: lines.reduce((sum, { values }) => sum + (values[at] ?? 0), 0) });
  }
  return remarks;
}
