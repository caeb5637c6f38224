/** The data of a chart: lines over days, weeks or months, with remarks where a value was not simply read. */
import { firstPullDay, fromEpochDay, toEpochDay, type Day, type EpochDay } from '../model/day.ts';
import { endOfPeriod } from './period.ts';
import type { ImageSeries } from '../model/history.ts';
import { compareText } from '../model/image.ts';
import { daySumsOf } from './day-sums.ts';
import { firstSorted } from './first.ts';
import type { Freeze } from './freezes.ts';
import { averageRows } from './moving-average.ts';
import { pullsByDay, pullsByPeriod, totalsByDay, type SeriesRow } from './series.ts';
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
  /** The same of the equally long period before, where that is wanted. */
  readonly previous?: readonly (number | null)[];
}

export interface Chart {
  /** Every day, Monday or 1st from the first value to the last, without holes; of those on which there can be pulls. */
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
export const restLabel = 'others';

/** The chart of these images. */
export function buildChart(series: readonly ImageSeries[], options: ChartOptions): Chart {
  const labeled = series.map((image) => ({ ...image, repo: toLabel(image, options.split) }));
  const newest = newestTotals(labeled);
  const kept = largest(newest, newest.size, options.maxLines);
  const merged = labeled.map((image) => (kept.has(image.repo) ? image : { ...image, repo: restLabel }));
  const firstDay = series.reduce((first, { days: known }) => Math.min(first, known[0] ?? Infinity), Infinity);
  return drawChart(selectRows(merged, options), [...kept, restLabel], {
    kind: options.kind,
    parts: partsByDay(series, options.kind),
    firstDay,
  });
}

/** A week, a month and an average begin before the day from which they are shown. */
const leadDays = 35;

/** The days whose values a chart needs: the same is drawn of them as of all history. A value after the last day may cover that one too. */
export function knownRange({ from }: ChartOptions, freezes: readonly Freeze[]): DayRange {
  if (from === undefined) return {};
  const first = toEpochDay(from) - leadDays;
  // A value after a freeze covers all of its days.
  const lasting = freezes.filter(({ until = Infinity }) => until >= first).map((freeze) => freeze.from - 1);
  return { from: fromEpochDay(lasting.reduce((earliest, day) => Math.min(earliest, day), first)) };
}

export interface Drawn {
  readonly kind: ChartKind;
  /** What the values of each day are made of. */
  readonly parts: ReadonlyMap<Day, ValueParts>;
  /** The first day of all history, also before the rows. */
  readonly firstDay: EpochDay;
}

/** The chart of these rows; `order`: the labels of lines, of which those without a row are left out. */
export function drawChart(rows: Iterable<SeriesRow>, order: readonly string[], { kind, parts, firstDay }: Drawn): Chart {
  const values = new Map<string, Map<Day, number>>();
  let [first, last] = ['9999-12-31', ''];
  for (const { day, repo, value } of rows) {
    const line = values.get(repo) ?? new Map<Day, number>();
    values.set(repo, line.set(day, value));
    if (day < first && day >= firstPullDay) first = day;
    if (day > last) last = day;
  }
  const days = last === '' ? [] : daysBetween(first, last, kind);
  const lines = order
    .filter((label) => values.has(label))
    .map((label) => ({ label, values: days.map((day) => values.get(label)?.get(day) ?? null) }));
  return {
    days,
    lines: bySize(lines, kind),
    // An average has no single reading of which anything could be said.
    remarks: kind === 'average' ? new Map() : collectRemarks(parts, { days, lines }),
    // Pulls of the first day need the total of the day before.
    startsPartial: (kind === 'weekly' || kind === 'monthly') && days[0] !== undefined && firstDay >= toEpochDay(days[0]),
  };
}

function toLabel({ registry, repo }: ImageSeries, split: ChartSplit): string {
  return split === 'none' ? sumLabel : split === 'registry' ? registry : repo;
}

function newestTotals(series: readonly ImageSeries[]): ReadonlyMap<string, number> {
  const totals = new Map<string, number>();
  for (const { repo, totals: known } of series) totals.set(repo, (totals.get(repo) ?? 0) + (known[known.length - 1] ?? 0));
  return totals;
}

/** The labels with the largest newest totals, the largest first; one place is left for the others where there are more. `labels`: how many there are. */
export function largest(totals: Iterable<readonly [label: string, total: number]>, labels: number, maxLines: number): ReadonlySet<string> {
  const count = labels <= maxLines ? maxLines : maxLines - 1;
  const first = firstSorted(totals, ([a, x], [b, y]) => y - x || compareText(a, b), count);
  return new Set(first.map(([label]) => label));
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

/** The rows of these series by the names that they have here. */
export function selectRows(
  series: readonly ImageSeries[],
  { kind, from, to }: Pick<ChartOptions, 'kind' | 'from' | 'to'>,
): Iterable<SeriesRow> {
  if (kind === 'total') return totalsByDay(series, { from, to });
  if (kind === 'average') return averagesOf(series, { from, to });
  return kind === 'daily' ? pullsByDay(series, { from, to }) : pullsByPeriod(series, periods[kind], { from, to });
}

function* averagesOf(series: readonly ImageSeries[], range: DayRange): Generator<SeriesRow> {
  for (const label of new Set(series.map(({ repo }) => repo))) {
    const sums = series.filter(({ repo }) => repo === label).flatMap((image) => [...daySumsOf(image)]);
    yield* averageRows(label, sums, range);
  }
}

/** A folder may have a file of the year 26, or 9999: no chart becomes thousands of days wide by it. */
const maxDays = 36_525;

function daysBetween(first: Day, last: Day, kind: ChartKind): Day[] {
  const days: Day[] = [];
  const start = toEpochDay(first);
  const end = Math.min(toEpochDay(last), start + maxDays);
  for (let day = start; day <= end; day = nextDay(day, kind)) days.push(fromEpochDay(day));
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
function collectRemarks(parts: ReadonlyMap<Day, ValueParts>, { days, lines }: Pick<Chart, 'days' | 'lines'>): Map<Day, ValueParts> {
  const remarks = new Map<Day, ValueParts>();
  for (const [at, day] of days.entries()) {
    const found = parts.get(day);
    if (!found || !isRemarkable(found)) continue;
    remarks.set(day, { ...found, value: lines.reduce((sum, { values }) => sum + (values[at] ?? 0), 0) });
  }
  return remarks;
}
